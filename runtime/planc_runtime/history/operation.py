"""One operation of a client: what was asked, what came back, and when."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from planc_runtime.protocols.outcome import Outcome as Outcome


@dataclass(slots=True)
class Operation:
    index: int
    """Dense, in order of invocation, over all workloads of the scenario."""
    process: int
    """A logical client; it never has two operations open, and ends with its first unknown one."""
    f: str
    """What it does: "read", "write", "cas", or a name of the plan's own client."""
    args: tuple[Any, ...]
    """As the client declares them: (key,), (key, value), (key, old, new)."""
    intended: float
    """When it should have been sent (open loop), seconds since the scenario began."""
    invoked: float
    completed: float | None = None
    """None while open, and for ever where no answer came."""
    outcome: Outcome = Outcome.UNKNOWN
    value: Any = None
    """What an ok operation returned."""
    error: str | None = None
    workload: str = ""
    node: str | None = None
    """The node it was sent to."""
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> Any:
        return self.args[0] if self.args else None

    @property
    def latency(self) -> float | None:
        """Seconds from the intended start: no coordinated omission."""
        return None if self.completed is None else self.completed - self.intended
