"""Pictures as one SVG file that needs nothing else: for reports, wikis, slides."""

from __future__ import annotations

from collections.abc import Sequence

from planc.show.canvas import WIDTH, Canvas, cut, wide
from planc.show.pictures import Node, Pictures, StateMachine, Topology
from planc.show.timelines import Bar, Timeline, span_text
from planc.show.words import seconds

_LEFT, _RIGHT = 24.0, WIDTH - 24.0
_ROW = 22.0
_NODE = (92.0, 40.0)
_STATE = (112.0, 34.0)
_LABELS = 430.0
"""Where the scale of a timeline begins; its labels stand left of it."""


def render(pictures: Sequence[Pictures]) -> str:
    canvas = Canvas()
    for each in pictures:
        canvas.y += 12
        canvas.text(_LEFT, canvas.y, cut(each.title, WIDTH - 48, 8.5), "h")
        canvas.text(_LEFT, canvas.y + 18, each.path, "q m")
        canvas.y += 36
        for cluster in each.clusters:
            topology(canvas, cluster)
        for timeline in each.timelines:
            scenario(canvas, timeline)
        for machine in each.machines:
            states(canvas, machine)
    return canvas.svg(", ".join(each.title for each in pictures))


# --- clusters -----------------------------------------------------------------------------------


def topology(canvas: Canvas, cluster: Topology) -> None:
    """Draw the workloads on the left, the nodes in their zones on the right."""
    top = canvas.y
    left = 300.0 if cluster.loads else _LEFT
    network = f", network {cluster.network}" if cluster.network else ""
    head = f"{cluster.name}: {cluster.size}{network}"
    canvas.text(left + 12, top + 20, cut(head, _RIGHT - left - 24, 7.2), "s")
    bottom = top + 34
    zones = dict.fromkeys(node.zone for node in cluster.nodes)
    first = len(canvas.elements)
    for zone in zones:
        nodes = [node for node in cluster.nodes if node.zone == zone]
        bottom = _nodes(canvas, nodes, zone, left + 12, bottom) + 10
    bottom = max(bottom, top + 40 + 40 * len(cluster.loads))
    canvas.box(left, top, _RIGHT - left, bottom - top, "box")
    canvas.elements.insert(first - 1, canvas.elements.pop())
    for number, load in enumerate(cluster.loads):
        y = top + 8 + 40 * number
        canvas.box(_LEFT, y, 190, 34, "node")
        canvas.text(_LEFT + 8, y + 14, cut(load.name, 176))
        canvas.text(_LEFT + 8, y + 28, cut(load.pace, 176, 6.2), "q m")
        canvas.path(f"M{_LEFT + 190} {y + 17} L{left - 2} {y + 17}", arrow=True)
        canvas.text((_LEFT + 190 + left) / 2, y + 12, cut(load.client, 80, 6.2), "q m", "middle")
    canvas.y = bottom + 20


def _nodes(canvas: Canvas, nodes: list[Node], zone: str, left: float, top: float) -> float:
    """Draw nodes in rows; return how far down they go."""
    width, height = _NODE
    room = int((_RIGHT - left - 12) // (width + 8))
    rows = -(-len(nodes) // room)
    inset = 16 if zone else 0
    for index, node in enumerate(nodes):
        x = left + 6 + (index % room) * (width + 8)
        y = top + inset + (index // room) * (height + 8)
        canvas.box(x, y, width, height, "spare" if node.spare else "node")
        canvas.text(x + width / 2, y + 17, cut(node.name, width - 8), "s", "middle")
        canvas.text(x + width / 2, y + 31, cut(node.service, width - 8, 6.2), "q m", "middle")
    bottom = top + inset + rows * (height + 8)
    if zone:
        across = min(len(nodes), room) * (width + 8) + 6
        canvas.box(left, top - 2, across, bottom - top + 4, "zone")
        canvas.text(left + 8, top + 10, f"zone {zone}", "q m")
    return bottom


# --- time ---------------------------------------------------------------------------------------


def scenario(canvas: Canvas, timeline: Timeline) -> None:
    """Draw one row for each bar, in the order of time, below a scale."""
    canvas.text(_LEFT, canvas.y + 14, cut(timeline.title, WIDTH - 48, 7.2), "s")
    canvas.y += 26
    if not timeline.bars:
        canvas.text(_LEFT, canvas.y + 10, "nothing of it takes time", "q")
        canvas.y += 30
        return
    bars = sorted(timeline.bars, key=lambda bar: (bar.start, bar.end))
    bottom = canvas.y + 18 + _ROW * len(bars)
    takes_time = any(not bar.is_moment for bar in bars)
    for tick in ticks(timeline.length) if takes_time else ():
        x = place(tick, timeline.length)
        canvas.path(f"M{x:.1f} {canvas.y + 14} L{x:.1f} {bottom:.1f}", "grid")
        canvas.text(x, canvas.y + 10, seconds(tick), "q m", "middle")
    canvas.y += 18
    for bar in bars:
        _row(canvas, bar, timeline.length)
    canvas.y += 22


def _row(canvas: Canvas, bar: Bar, length: float) -> None:
    y = canvas.y
    left, right = place(bar.start, length), place(bar.end, length)
    text = bar.label if bar.certain else f"{bar.label} (until done)"
    canvas.text(_LEFT, y + 15, cut(text, _LABELS - _LEFT - 12, 6.7), "m")
    tip = f"{span_text(bar.start, bar.end)}: {text} (line {bar.line})"
    if bar.is_moment:
        x = left
        canvas.path(f"M{x - 6:.1f} {y + 11} L{x:.1f} {y + 5} L{x + 6:.1f} {y + 11} "
                    f"L{x:.1f} {y + 17} Z", bar.kind)  # fmt: skip
    else:
        canvas.box(left, y + 4, max(right - left, 3), 14, bar.kind, tip)
    canvas.y += _ROW


def place(at: float, length: float) -> float:
    return _LABELS + (at / length) * (_RIGHT - _LABELS - 14)


def ticks(length: float) -> list[float]:
    """Return about six round moments from 0 to the end."""
    raw = length / 6
    base = 10.0 ** len(str(int(raw))) / 10 if raw >= 1 else 0.1
    while base * 10 < raw:
        base *= 10
    while base > raw:
        base /= 10
    step = next(base * factor for factor in (1, 2, 5, 10) if base * factor >= raw)
    return [step * number for number in range(int(length / step + 1e-9) + 1)]


# --- machines -----------------------------------------------------------------------------------


def states(canvas: Canvas, machine: StateMachine) -> None:
    """Draw the states in a row: transitions forwards run above them, those back below."""
    names = machine.states
    width, height = _STATE
    gap = max((_RIGHT - _LEFT - width * len(names)) / max(len(names), 1), 24.0)
    across = {name: _LEFT + 20 + index * (width + gap) for index, name in enumerate(names)}
    depth = 26.0 + 22.0 * max(len(names) - 1, 1)
    canvas.text(_LEFT, canvas.y + 14, f"machine {machine.name}", "s")
    top = canvas.y + 24 + depth
    for name, x in across.items():
        canvas.box(x, top, width, height, "node")
        canvas.text(x + width / 2, top + 21, cut(name, width - 8), "", "middle")
    if machine.initial:
        x = across[machine.initial]
        canvas.path(f"M{x - 18:.1f} {top + height / 2} L{x - 2:.1f} {top + height / 2}", arrow=True)
    merged: dict[tuple[str, str], list[str]] = {}
    for edge in machine.edges:
        merged.setdefault((edge.source, edge.target), []).append(edge.event)
    for (source, target), events in merged.items():
        _edge(canvas, across[source], across[target], top, ", ".join(events))
    canvas.y = top + height + depth + 10


def _edge(canvas: Canvas, source: float, target: float, top: float, label: str) -> None:
    width, height = _STATE
    forward = target >= source
    steps = max(round(abs(target - source) / (width + 24)), 1)
    rise = 18.0 + 20.0 * min(steps, 5)
    y = top if forward else top + height
    bend = y - rise if forward else y + rise
    x1, x2 = source + width * 0.62, target + width * 0.38
    if target == source:
        x1, x2 = source + width * 0.35, source + width * 0.65
    canvas.path(f"M{x1:.1f} {y:.1f} C{x1:.1f} {bend:.1f} {x2:.1f} {bend:.1f} {x2:.1f} {y:.1f}",
                arrow=True)  # fmt: skip
    middle = y + (bend - y) * 0.75
    half = wide(label, 6.2) / 2
    canvas.elements.append(
        f'<rect x="{(x1 + x2) / 2 - half - 2:.1f}" y="{middle - 8:.1f}" '
        f'width="{2 * half + 4:.1f}" height="13" fill="#fff"/>'
    )
    canvas.text((x1 + x2) / 2, middle + 2, label, "m", "middle")
