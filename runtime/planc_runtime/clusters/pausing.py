"""Pauses as leases: a node is frozen as long as at least one of them is open.

How processes are frozen and let go on is the backend's; what an open pause means is the same for
all backends of real processes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from planc_runtime.protocols.evidence import Evidence, skipped
from planc_runtime.protocols.node import Placement


class Paused(Protocol):
    """What a pause knows of a node."""

    pauses: int
    """How many pauses are in force."""

    @property
    def placement(self) -> Placement: ...

    @property
    def life(self) -> object | None:
        """The incarnation that runs now."""


class PauseLease:
    """One pause of the incarnation that runs when it is made; of nothing, when none runs.

    `resume` lets the node go on when the last pause is healed; None says that it had ended.
    """

    def __init__(
        self, node: Paused, evidence: Evidence, resume: Callable[[], Awaitable[Evidence | None]]
    ) -> None:
        self._node = node
        self._evidence = evidence
        self._resume = resume
        self._life = node.life
        self._open = self._life is not None

    @property
    def evidence(self) -> Evidence:
        return self._evidence

    async def heal(self) -> Evidence:
        """Let the node go on, unless another pause holds it or the incarnation has ended."""
        name = self._node.placement.name
        ended = skipped(f"{name} ended while it was paused")
        if not self._open:
            return skipped(f"{name} is not held by this pause")
        self._open = False
        if self._life is None or self._life is not self._node.life:
            return ended
        self._node.pauses -= 1
        if self._node.pauses:
            return skipped(f"{name} is still held by another pause")
        return await self._resume() or ended
