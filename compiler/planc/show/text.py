"""Pictures for the terminal: bars of characters on a scale of seconds."""

from __future__ import annotations

from planc.show.pictures import Pictures, StateMachine, Topology
from planc.show.timelines import Bar, Timeline, span_text
from planc.show.words import seconds

_WIDTH = 44
"""Columns of the scale."""
_SIGNS = {"load": "=", "fault": "#", "check": "-", "step": "."}


def render(pictures: Pictures) -> str:
    lines = [f"{pictures.path}  {pictures.title}", ""]
    for cluster in pictures.clusters:
        lines += [*topology(cluster), ""]
    for each in pictures.timelines:
        lines += [*timeline(each), ""]
    for machine in pictures.machines:
        lines += [*states(machine), ""]
    return "\n".join(visible(line) for line in lines)


def visible(text: str) -> str:
    return "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in text)


def topology(cluster: Topology) -> list[str]:
    network = f", network {cluster.network}" if cluster.network else ""
    lines = [f"cluster {cluster.name}: {cluster.size}{network}"]
    for service, zone, spare in dict.fromkeys((n.service, n.zone, n.spare) for n in cluster.nodes):
        names = [n.name for n in cluster.nodes if (n.service, n.zone, n.spare) ==
                 (service, zone, spare)]  # fmt: skip
        where = f" in zone {zone}" if zone else ""
        lines.append(f"  {' '.join(names)}  {service}{where}{', spare' if spare else ''}")
    for load in cluster.loads:
        lines.append(f"  <- {load.name} through {load.client}: {load.pace}")
    return lines


def timeline(made: Timeline) -> list[str]:
    lines = [f'"{made.title}"']
    if not made.bars:
        return [*lines, "  nothing of it takes time"]
    length = made.length
    end = seconds(length) if made.certain else f"about {seconds(length)}"
    lines.append(f"  0{end:>{_WIDTH - 1}}")
    for bar in sorted(made.bars, key=lambda bar: (bar.start, bar.end)):
        lines.append(f"  {scale(bar, length)}  {span_text(bar.start, bar.end)}  {bar.label}")
    return lines


def scale(bar: Bar, length: float) -> str:
    first = min(round(bar.start / length * _WIDTH), _WIDTH - 1)
    last = min(max(round(bar.end / length * _WIDTH), first + 1), _WIDTH)
    inner = "|" if bar.is_moment else _SIGNS[bar.kind] * (last - first)
    return (" " * first + inner).ljust(_WIDTH)


def states(machine: StateMachine) -> list[str]:
    start = f", begins as {machine.initial}" if machine.initial else ""
    lines = [f"machine {machine.name}{start}"]
    lines += [f"  {edge.source} -> {edge.target} by {edge.event}" for edge in machine.edges]
    return lines
