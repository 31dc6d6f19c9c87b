"""Everything of a plan that can be drawn: its clusters, its scenarios in time, its machines."""

from __future__ import annotations

from dataclasses import dataclass

from planc import model as m
from planc.show.timelines import Timeline, timeline
from planc.show.words import Words, seconds, share


@dataclass(frozen=True)
class Node:
    name: str
    service: str
    zone: str = ""
    spare: bool = False


@dataclass(frozen=True)
class Load:
    """A workload, and the client through which it talks to the cluster."""

    name: str
    client: str
    pace: str


@dataclass(frozen=True)
class Topology:
    """A cluster with its nodes, its network when nothing is broken, and who drives it."""

    name: str
    nodes: tuple[Node, ...]
    network: str
    loads: tuple[Load, ...]
    more: bool = False
    """Whether there may be further nodes: how many is known only when the test runs."""

    @property
    def size(self) -> str:
        number = len(self.nodes)
        return f"{number} node{'s' * (number != 1)}{' at most' * self.more}"


@dataclass(frozen=True)
class Edge:
    source: str
    target: str
    event: str


@dataclass(frozen=True)
class StateMachine:
    name: str
    initial: str
    edges: tuple[Edge, ...]

    @property
    def states(self) -> tuple[str, ...]:
        ends = [end for edge in self.edges for end in (edge.source, edge.target)]
        return tuple(dict.fromkeys([*([self.initial] if self.initial else []), *ends]))


@dataclass(frozen=True)
class Pictures:
    title: str
    path: str
    clusters: tuple[Topology, ...]
    timelines: tuple[Timeline, ...]
    machines: tuple[StateMachine, ...]


def pictures_of(plan: m.Plan, words: Words) -> Pictures:
    """Collect what can be drawn of a plan, in its own order."""
    own = [each for scene in plan.scenarios for each in scene.own_clusters]
    shared = [each for each in plan.declarations if isinstance(each, m.Cluster)]
    return Pictures(
        plan.title,
        plan.path,
        tuple(_topology(plan, each, words) for each in [*shared, *own]),
        tuple(timeline(plan, each, words) for each in plan.scenarios),
        tuple(_machine(each) for each in plan.declarations if isinstance(each, m.Machine)),
    )


def _topology(plan: m.Plan, cluster: m.Cluster, words: Words) -> Topology:
    nodes = []
    names = iter(cluster.node_names)
    for member in cluster.members:
        for _ in range(_count(member, cluster, words)):
            name = next(names, None)
            if name is not None:
                nodes.append(Node(name, member.service.name, member.zone or "", member.spare))
    loads = tuple(
        Load(each.name, each.client.name, _pace(each, words))
        for each in plan.declarations
        if isinstance(each, m.Workload) and each.cluster.key == cluster.key
    )
    return Topology(cluster.name, tuple(nodes), _network(cluster), loads, not cluster.counted)


def _count(member: m.Nodes, cluster: m.Cluster, words: Words) -> int:
    match member.count:
        case m.Constant(value=int() as count) | m.Reference(known=True, value=int() as count):
            return count
    return len(cluster.node_names)


def _pace(workload: m.Workload, words: Words) -> str:
    clients = words.of(workload.clients.span) if workload.clients else "1"
    rate = words.of(workload.rate.span).removeprefix("rate ") if workload.rate else "closed loop"
    return f"{clients} clients, {rate}"


def _network(cluster: m.Cluster) -> str:
    """Return the normal network as a plan writes it, with its numbers."""
    links = cluster.links
    if links is None:
        return ""
    parts = [f"{seconds(links.delay)}"]
    parts += [f"+/- {seconds(links.jitter)}"] if links.jitter else []
    parts += [f"loss {share(links.loss)}"] if links.loss else []
    parts += [f"rate {links.rate / 1e6:.6g}Mbit/s"] if links.rate else []
    return " ".join(parts)


def _machine(machine: m.Machine) -> StateMachine:
    edges = [
        Edge(source, each.target, each.event)
        for each in machine.transitions
        for source in each.sources
    ]
    return StateMachine(machine.name, machine.initial or "", tuple(edges))
