"""How the engine and the workloads talk to a client, whatever its protocol."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from planc_runtime.protocols.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Reply:
    outcome: Outcome
    value: Any = None
    error: str | None = None
    """Why it is not ok, in a few words: "timeout", "503", "not leader"."""
    node: str | None = None
    """The node that was asked last."""
    fields: dict[str, Any] = field(default_factory=dict)
    """What a step may look at: status, headers, json, text; reply; output, exit."""


class Connection(Protocol):
    """One logical client: at most one operation at a time; reconnects by itself."""

    async def invoke(self, operation: str, args: Sequence[Any]) -> Reply:
        """Run one operation. Never raises for what the network or the server does."""

    async def close(self) -> None: ...
