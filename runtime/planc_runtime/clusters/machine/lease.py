"""One trouble of a machine as a lease, whoever lays it: a keeper, a lab or an engine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from planc_runtime.protocols.evidence import Evidence

Undo = Callable[[], Awaitable[Evidence]]


class MachineLease:
    """Undone by `heal`; a second heal changes nothing and repeats the evidence of the first."""

    def __init__(self, evidence: Evidence, undo: Undo) -> None:
        self._evidence = evidence
        self._undo = undo
        self._healed: Evidence | None = None

    @property
    def evidence(self) -> Evidence:
        return self._evidence

    async def heal(self) -> Evidence:
        if self._healed is None:
            self._healed = await self._undo()
        return self._healed


def on_nothing(evidence: Evidence) -> MachineLease:
    """Return the lease of a trouble that could not be laid: its heal repeats why."""

    async def undo() -> Evidence:
        return evidence

    return MachineLease(evidence, undo)


async def lay(
    rules: list[Any],
    rule: object,
    begin: Callable[[], Awaitable[Evidence]],
    end: Undo | None = None,
) -> MachineLease:
    """Add a rule to those in force, tell them, and make the lease that takes it away again.

    `begin` and `end` tell whoever lays troubles what is in force by then; `end` is `begin` where
    that is all there is to it.
    """
    rules.append(rule)

    async def undo() -> Evidence:
        rules.remove(rule)
        return await (end or begin)()

    try:
        return MachineLease(await begin(), undo)
    except BaseException:
        await undo()
        raise
