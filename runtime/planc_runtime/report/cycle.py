"""A dependency cycle as a graph: transactions on a circle, arrows that say why one came first."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

WIDTH, LINE, LETTER = 250.0, 17.0, 6.9
LETTERS, LINES = 34, 5
LONGEST_KEY = 26
EDGE = 22.0
WIDEST = 440.0
"""Half of what a page has room for, which six transactions fit into."""
"""Of a transaction's words in its box; all stand in its title."""
MEANING = {
    "ww": "wrote first",
    "wr": "wrote what was read",
    "rw": "read before the overwrite",
    "session": "same client, earlier",
    "realtime": "ended before it began",
}


@dataclass(frozen=True, slots=True)
class Box:
    id: int
    x: float
    y: float
    width: float
    height: float
    label: str
    head: str
    lines: list[str]
    title: str
    culprit: bool


@dataclass(frozen=True, slots=True)
class Arrow:
    path: str
    x: float
    y: float
    kind: str
    label: str
    """Its kind and the key that it is about."""
    wide: float
    meaning: str
    text: str
    source: str
    target: str


@dataclass(slots=True)
class Graph:
    width: float
    height: float
    boxes: list[Box] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)


def draw(evidence: Mapping[str, Any]) -> Graph | None:
    """Lay out a cycle; None when the evidence is none."""
    operations = list(evidence.get("operations", ()))
    edges = list(evidence.get("edges", ()))
    if evidence.get("kind") != "cycle" or not operations or not edges:
        return None
    graph = _laid(operations, edges, 0.0)
    top = min([each.y for each in graph.boxes] + [each.y - EDGE for each in graph.arrows])
    below = [box.y + box.height for box in graph.boxes] + [each.y for each in graph.arrows]
    graph = _laid(operations, edges, EDGE - top)
    graph.height = max(below) - top + 2 * EDGE
    return graph


def _laid(operations: Sequence[Any], edges: Sequence[Any], middle: float) -> Graph:
    """Put the boxes on an ellipse around a height, and the arrows between them."""
    number = len(operations)
    # Between two boxes is room for an arrow and the words on it.
    words = max(len(f"{edge.get('kind', '')} {edge.get('key', '')}") for edge in edges)
    apart = (WIDTH + min(words, LONGEST_KEY) * LETTER + 100) / 2
    across = max(apart, 84.0 * number if number > 6 else min(84.0 * number, WIDEST))
    longest = max(len(_lines(operation)) for operation in operations)
    height = LINE * (longest + 1) + 18
    down = max(height, 44.0 * number) if number > 2 else 0.0
    graph = Graph(2 * across + WIDTH + 40, 0.0)
    for place, operation in enumerate(operations):
        angle = 2 * math.pi * place / number - (math.pi if number == 2 else math.pi / 2)
        x = graph.width / 2 + across * math.cos(angle)
        y = middle + down * math.sin(angle)
        graph.boxes.append(_box(operation, place, x, y, height))
    by_id = {box.id: box for box in graph.boxes}
    for edge in edges:
        source, target = by_id.get(edge.get("source")), by_id.get(edge.get("target"))
        if source is not None and target is not None:
            graph.arrows.append(_arrow(edge, source, target, len(graph.arrows)))
    return graph


def _lines(operation: Mapping[str, Any]) -> list[str]:
    """Return what a transaction did as the lines of its box."""
    steps = str(operation.get("text", "")).split("; ")
    lines = [line for step in steps for line in textwrap.wrap(step, LETTERS)] or [""]
    return lines if len(lines) <= LINES else [*lines[: LINES - 1], "…"]


def _box(operation: Mapping[str, Any], place: int, x: float, y: float, height: float) -> Box:
    text = str(operation.get("text", ""))
    start = operation.get("start")
    on = f" on {operation['node']}" if operation.get("node") else ""
    at = "" if start is None else f" · {float(start):.3f} s"
    return Box(
        id=int(operation.get("id", -1)),
        x=x - WIDTH / 2,
        y=y - height / 2,
        width=WIDTH,
        height=height,
        label=str(operation.get("label") or f"T{place + 1}"),
        head=f"client {operation.get('process')}{at}",
        lines=_lines(operation),
        title=f"client {operation.get('process')}{on}: {text}",
        culprit=bool(operation.get("culprit")),
    )


def _arrow(edge: Mapping[str, Any], source: Box, target: Box, number: int) -> Arrow:
    """Bend an arrow to its left, so that two between the same boxes lie apart."""
    ax, ay = source.x + source.width / 2, source.y + source.height / 2
    bx, by = target.x + target.width / 2, target.y + target.height / 2
    length = math.hypot(bx - ax, by - ay) or 1.0
    bend = 0.22 * length + (14 if source is target else 0)
    cx = (ax + bx) / 2 + bend * (by - ay) / length
    cy = (ay + by) / 2 - bend * (bx - ax) / length
    start, end = _border(source, cx, cy), _border(target, cx, cy)
    kind = str(edge.get("kind", ""))
    label = f"{kind} {edge.get('key', '')}".strip()
    label = label if len(label) <= LONGEST_KEY else label[: LONGEST_KEY - 1] + "…"
    return Arrow(
        path=f"M{start[0]:.1f},{start[1]:.1f} Q{cx:.1f},{cy:.1f} {end[0]:.1f},{end[1]:.1f}",
        x=round(0.25 * start[0] + 0.5 * cx + 0.25 * end[0], 1),
        y=round(0.25 * start[1] + 0.5 * cy + 0.25 * end[1], 1),
        kind=kind,
        label=label,
        wide=round(len(label) * 6.6 + 22, 1),
        meaning=MEANING.get(kind, kind),
        text=named(str(edge.get("text", "")), target.label),
        source=source.label,
        target=target.label,
    )


def named(text: str, target: str) -> str:
    """Return why one came before another, with the other's name."""
    return text.replace("the next one", target).replace("the other one", target)


def _border(box: Box, toward_x: float, toward_y: float) -> tuple[float, float]:
    """Return where the way from a box's middle to a point leaves the box."""
    x, y = box.x + box.width / 2, box.y + box.height / 2
    dx, dy = toward_x - x, toward_y - y
    gap = 5
    share = min(
        (box.width / 2 + gap) / abs(dx) if dx else math.inf,
        (box.height / 2 + gap) / abs(dy) if dy else math.inf,
        1.0,
    )
    return x + dx * share, y + dy * share
