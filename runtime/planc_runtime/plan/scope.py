"""What an expression is evaluated against: names around it, and the system as it was last seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from planc_runtime.errors import PlancError

if TYPE_CHECKING:
    from random import Random

    from planc_runtime.plan.nodeset import NodeSet, NodeView


class Missing(PlancError, LookupError):
    """A value that is not there (yet): a field, a status, a leader. `or none` stands in for it."""


class View(Protocol):
    """The system as the engine's observer knows it at this moment."""

    def cluster(self, name: str) -> NodeSet:
        """All nodes of a cluster, spare ones included; Missing when there is no such cluster."""

    def with_role(self, cluster: str, role: str) -> NodeSet:
        """Running nodes that were last seen in a role."""

    def most_seen(self, cluster: str, role: str, by: str, since: float) -> tuple[Any, NodeSet]:
        """The value of a status field with the most different nodes ever seen in that role."""

    def mock(self, name: str) -> Any: ...

    async def read(self, what: str, arguments: tuple[Any, ...]) -> Any:
        """Ask the system for what is not observed all the time: metric, memory, python, ..."""


@dataclass(slots=True)
class Scope:
    names: Mapping[str, Any] = field(default_factory=dict)
    view: View | None = None
    since: float = 0.0
    """When the statement began, for what counts over time."""
    rng: Random | None = None
    """Source of the draws of `any`, `minority`, `majority`."""
    taken: tuple[NodeView, ...] = ()
    """Nodes that other parts of the same statement have named: `others` and draws avoid them."""
    readings: dict[int, Any] = field(default_factory=dict)
    """Values that had to be waited for, by the identity of their expression."""

    def with_names(self, **names: Any) -> Scope:
        """Return a scope with more names, and readings of its own."""
        return replace(self, names={**self.names, **names}, readings={})

    def seen(self) -> View:
        if self.view is None:
            raise Missing("no cluster is running here")
        return self.view
