"""Nodes as expressions see them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from planc_runtime.plan.scope import Missing
from planc_runtime.protocols.node import Placement


class NodeView(Protocol):
    """One node with everything a plan may ask of it."""

    @property
    def name(self) -> str: ...
    @property
    def cluster(self) -> str: ...
    @property
    def zone(self) -> str | None: ...
    @property
    def index(self) -> int: ...
    @property
    def running(self) -> bool: ...
    @property
    def spare(self) -> bool: ...
    @property
    def role(self) -> str | None: ...
    @property
    def placement(self) -> Placement: ...
    @property
    def host(self) -> str:
        """The address at which it is asked: IPv6 where its service speaks nothing else."""

    @property
    def status(self) -> Any:
        """The last status; Missing when it is not known."""

    def field(self, name: str) -> Any:
        """name, ip, port, zone, running, ...; Missing for anything else."""


class Each(list[Any]):
    """One value per node: a field of it is again one value per node."""


@dataclass(frozen=True, slots=True)
class NodeSet:
    """Some nodes, in the order of their cluster."""

    nodes: tuple[NodeView, ...] = ()
    single: bool = False
    """Said of one node (`n1`, `leader(C)`): its fields are values, not lists."""
    how: str = "all"
    """`each`: one after the other."""

    def __iter__(self) -> Iterator[NodeView]:
        return iter(self.nodes)

    def __len__(self) -> int:
        return len(self.nodes)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(node.name for node in self.nodes)

    def field(self, name: str) -> Any:
        """Return a field of the one node, or of each; nodes that are down have no status."""
        if self.single:
            return self._only().field(name)
        named = [node for node in self.nodes if node.name == name]
        if named:
            return NodeSet((named[0],), single=True)
        asked = [node for node in self.nodes if node.running or name != "status"]
        if not asked:
            raise Missing(f"no node is running whose {name} could be read")
        return Each(node.field(name) for node in asked)

    def one_by_one(self) -> list[NodeSet]:
        """Return each node as a target of its own."""
        return [NodeSet((node,), single=True) for node in self.nodes]

    def _only(self) -> NodeView:
        if len(self.nodes) != 1:
            raise Missing("there is no such node" if not self.nodes else "there is more than one")
        return self.nodes[0]


def field_of(value: Any, key: Any) -> Any:
    """Return `value.key` or `value[key]`; raises Missing where there is nothing."""
    match value:
        case NodeSet():
            return value.nodes[key] if isinstance(key, int) else value.field(str(key))
        case Each() if isinstance(key, str):
            return Each(field_of(item, key) for item in value)
        case Mapping():
            return _of_mapping(value, key)
        case list() | tuple() | str() if isinstance(key, int):
            if -len(value) <= key < len(value):
                return value[key]
            raise Missing(f"there is no item {key} among {len(value)}")
        case None:
            raise Missing(f"nothing has no {key!r}")
    if isinstance(key, str) and hasattr(value, "field"):
        return value.field(key)
    raise Missing(f"{type(value).__name__} has no {key!r}")


def _of_mapping(value: Mapping[Any, Any], key: Any) -> Any:
    if key in value:
        return value[key]
    if isinstance(key, str) and key.lower() in value:
        return value[key.lower()]
    if {"outcome", "error"} <= value.keys():
        # What a call is known by that did not end ok: why is what its author wants to know.
        raise Missing(f"there is no {key!r}; the call ended {value['outcome']}: {value['error']}")
    raise Missing(f"there is no {key!r}; there is {', '.join(map(str, value)) or 'nothing'}")
