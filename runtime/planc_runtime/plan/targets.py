"""Which nodes a statement speaks of; found out at the moment the statement is carried out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from planc_runtime.plan.expr import Expr, describe, only_expressions, value_of
from planc_runtime.plan.nodeset import NodeSet, NodeView
from planc_runtime.plan.scope import Missing, Scope

Target = Expr


def nodes_in(thing: Any, scope: Scope) -> NodeSet:
    """Return the nodes that a target stands for; raises Missing for what is not a node."""
    found = value_of(thing, scope)
    match found:
        case NodeSet():
            return found
        case list() | tuple():
            return NodeSet(tuple(node for item in found for node in nodes_in(item, scope)))
        case _ if hasattr(found, "placement"):
            return NodeSet((found,), single=True)
    raise Missing(f"{describe(thing)} is not a node")


def draw(population: Sequence[NodeView], count: int, scope: Scope) -> tuple[NodeView, ...]:
    """Draw nodes from the seed, in cluster order; fewer where there are fewer."""
    if scope.rng is None:
        raise Missing("a draw from the seed has no meaning here")
    free = [node for node in population if node not in scope.taken] or list(population)
    chosen = scope.rng.sample(range(len(free)), min(count, len(free)))
    return tuple(free[position] for position in sorted(chosen))


@dataclass(frozen=True, eq=False, slots=True)
class OneNode(Expr):
    """`n1`."""

    cluster: Expr
    name: str

    def value(self, scope: Scope) -> NodeSet:
        found = [node for node in nodes_in(self.cluster, scope) if node.name == self.name]
        if not found:
            raise Missing(f"{describe(self.cluster)} has no node {self.name}")
        return NodeSet(tuple(found), single=True)

    def describe(self) -> str:
        return self.name

    def parts(self) -> Iterable[Expr]:
        return (self.cluster,)


@dataclass(frozen=True, eq=False, slots=True)
class InRole(Expr):
    """`leaders(C)`, `followers(C)`: who was last seen in the role and is running."""

    cluster: Expr
    role: str

    def value(self, scope: Scope) -> NodeSet:
        clusters = dict.fromkeys(node.cluster for node in nodes_in(self.cluster, scope))
        found = [n for name in clusters for n in scope.seen().with_role(name, self.role)]
        return NodeSet(tuple(found))

    def describe(self) -> str:
        return f"{self.role}s({describe(self.cluster)})"

    def parts(self) -> Iterable[Expr]:
        return (self.cluster,)


@dataclass(frozen=True, eq=False, slots=True)
class TheLeader(InRole):
    """`leader(C)`: of several that claim it, the one of the highest term."""

    def value(self, scope: Scope) -> NodeSet:
        found = InRole.value(self, scope).nodes
        if not found:
            raise Missing(f"{describe(self.cluster)} has no {self.role}")
        return NodeSet((max(found, key=_term),), single=True)

    def describe(self) -> str:
        return f"{self.role}({describe(self.cluster)})"


def _term(node: NodeView) -> float:
    status = node.status
    term = status.get("term") if isinstance(status, dict) else None
    return float(term) if isinstance(term, int | float) else 0.0


@dataclass(frozen=True, eq=False, slots=True)
class Part(Expr):
    """`minority(C)`, `majority(C)`: drawn from the seed."""

    cluster: Expr
    which: str

    def value(self, scope: Scope) -> NodeSet:
        placed = [node for node in nodes_in(self.cluster, scope) if not node.spare]
        majority = len(placed) // 2 + 1
        size = majority if self.which == "majority" else len(placed) - majority
        return NodeSet(draw(placed, size, scope))

    def describe(self) -> str:
        return f"{self.which}({describe(self.cluster)})"

    def parts(self) -> Iterable[Expr]:
        return (self.cluster,)


@dataclass(frozen=True, eq=False, slots=True)
class Among(Expr):
    """`nodes(C)`, `running(C)`, `spares(C)`, `zone east of C`."""

    cluster: Expr
    which: str
    zone: Any = None

    def value(self, scope: Scope) -> NodeSet:
        zone = value_of(self.zone, scope)
        chosen = [n for n in nodes_in(self.cluster, scope) if self._belongs(n, zone)]
        return NodeSet(tuple(chosen))

    def _belongs(self, node: NodeView, zone: str | None) -> bool:
        match self.which:
            case "running":
                return node.running
            case "spares":
                return node.spare
            case "zone":
                return node.zone == zone
            case _:
                return not node.spare or node.running

    def describe(self) -> str:
        if self.which == "zone":
            return f"zone {describe(self.zone)} of {describe(self.cluster)}"
        return f"{self.which}({describe(self.cluster)})"

    def parts(self) -> Iterable[Expr]:
        return only_expressions(self.cluster, self.zone)


@dataclass(frozen=True, eq=False, slots=True)
class AnyOf(Expr):
    """`any 2 of T`: drawn from the seed, running ones first."""

    count: Any
    target: Expr

    def value(self, scope: Scope) -> NodeSet:
        population = nodes_in(self.target, scope).nodes
        running = [node for node in population if node.running]
        wanted = int(value_of(self.count, scope))
        chosen = draw(running if len(running) >= wanted else population, wanted, scope)
        return NodeSet(chosen, single=wanted == 1 and len(chosen) == 1)

    def describe(self) -> str:
        return f"any {describe(self.count)} of {describe(self.target)}"

    def parts(self) -> Iterable[Expr]:
        return only_expressions(self.count, self.target)


@dataclass(frozen=True, eq=False, slots=True)
class Several(Expr):
    """`each of T` (one after the other, with `every`), `all of T`, `n1, n2`."""

    targets: tuple[Expr, ...]
    how: str

    def value(self, scope: Scope) -> NodeSet:
        found = [node for target in self.targets for node in nodes_in(target, scope)]
        return NodeSet(tuple(dict.fromkeys(found)), how=self.how)

    def describe(self) -> str:
        inner = ", ".join(map(describe, self.targets))
        return inner if self.how == "group" else f"{self.how} of {inner}"

    def parts(self) -> Iterable[Expr]:
        return self.targets


@dataclass(frozen=True, eq=False, slots=True)
class Others(Expr):
    """`others`: the nodes of the same clusters that no other side of the statement names."""

    def value(self, scope: Scope) -> NodeSet:
        clusters = dict.fromkeys(node.cluster for node in scope.taken)
        everyone = [node for name in clusters for node in scope.seen().cluster(name)]
        return NodeSet(tuple(n for n in everyone if n not in scope.taken))

    def describe(self) -> str:
        return "others"


def node(cluster: Expr, name: str) -> Expr:
    """Name one node of a cluster."""
    return OneNode(cluster, name)


def leader(cluster: Expr) -> Expr:
    """Name the node that leads a cluster; none leading is Missing."""
    return TheLeader(cluster, "leader")


def leaders(cluster: Expr) -> Expr:
    """Name every running node last seen as leader."""
    return InRole(cluster, "leader")


def followers(cluster: Expr) -> Expr:
    """Name every running node last seen, and not as leader."""
    return InRole(cluster, "follower")


def minority(cluster: Expr) -> Expr:
    """Name the largest minority, drawn from the seed."""
    return Part(cluster, "minority")


def majority(cluster: Expr) -> Expr:
    """Name the smallest majority, drawn from the seed."""
    return Part(cluster, "majority")


def running(cluster: Expr) -> Expr:
    """Name every node that runs now."""
    return Among(cluster, "running")


def nodes_of(cluster: Expr) -> Expr:
    """Name every node of a cluster; spare ones once they run."""
    return Among(cluster, "nodes")


def spares(cluster: Expr) -> Expr:
    """Name the nodes that are placed but were not started with the cluster."""
    return Among(cluster, "spares")


def any_of(count: Any, target: Expr) -> Expr:
    """Name some nodes of a target, drawn from the seed."""
    return AnyOf(count, target)


def each(target: Expr) -> Expr:
    """Name the nodes of a target, one after the other."""
    return Several((target,), "each")


def all_of(target: Expr) -> Expr:
    """Name the nodes of a target, all at once."""
    return Several((target,), "all")


def zone(name: Any, target: Expr) -> Expr:
    """Name the nodes of a target that are placed in a zone."""
    return Among(target, "zone", name)


def others() -> Expr:
    """Name the nodes of the same clusters that the statement does not name elsewhere."""
    return Others()


def group(*targets: Expr) -> Expr:
    """Name several nodes together."""
    return Several(targets, "group")
