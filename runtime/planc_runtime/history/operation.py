"""One operation of a client: what was asked, what came back, and when."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from planc_runtime.protocols.outcome import Outcome as Outcome

REFUSALS = frozenset({None, "the plan calls it failed", "409", "412"})
"""Errors of failed operations by which a service in good health says no: what the plan's own
`fails when` matched, a conflict, a precondition that did not hold."""


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
    began: int = -1
    """Ordinal of the invocation among all events of the history; -1 where nobody recorded it."""
    ended: int = -1
    """Ordinal of the completion. Virtual time stands still between two events of one instant, so
    that only these tell which of them came first."""

    @property
    def key(self) -> Any:
        return self.args[0] if self.args else None

    @property
    def latency(self) -> float | None:
        """Seconds from the intended start: no coordinated omission."""
        return None if self.completed is None else self.completed - self.intended

    @property
    def served(self) -> bool:
        """Say whether the system did its work: it said ok, or refused for a reason of its own.

        A cas that found another value was refused, and so served; a connection that was refused,
        or a 503, was not.
        """
        return self.outcome is Outcome.OK or (
            self.outcome is Outcome.FAIL and self.error in REFUSALS
        )
