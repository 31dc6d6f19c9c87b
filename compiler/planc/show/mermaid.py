"""Pictures as Mermaid, which GitHub and GitLab draw by themselves in any Markdown.

Mermaid gives meaning to `:`, `;`, `#`, `%%` and quotes, also inside of labels; a plan may come from
a stranger's fork. So labels are made of what no part of Mermaid reads as its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from planc.show.pictures import Pictures, StateMachine, Topology
from planc.show.timelines import Bar, Timeline

_INSTEAD = str.maketrans(
    {":": "꞉", ";": ",", "#": "＃", '"': "'", "`": "'", "<": "‹", ">": "›",
     "{": "(", "}": ")", "[": "(", "]": ")", "\\": "/", "&": "＆"}
)  # fmt: skip
_BEGINS = re.compile(
    r"(call|click|href|title|section|dateformat|axisformat|tickinterval|todaymarker|inclusive|top|"
    r"includes|excludes|weekday|weekend|gantt|vert|acc|[0-9%])",
    re.IGNORECASE,
)
"""With what a line of a gantt diagram begins that is no task."""
_SECTIONS = (("load", "load"), ("fault", "faults"), ("check", "expectations"), ("step", "steps"))
_STEPS = (0.01, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600)
"""Seconds between two marks of an axis."""
_PADDING = 75
_CHART = 884 - 2 * _PADDING
"""Pixels of Mermaid's margins, and of the chart between them where GitHub shows a comment."""
_MOMENT = 20
"""Pixels of the sign for what happens at once."""
_LETTER = 6.3
"""Pixels of a letter, rather too many than too few."""
_TAGS = {"load": "active", "fault": "crit", "check": "done", "step": "active"}


def render(pictures: Pictures) -> str:
    """Return a Markdown document: a heading and a diagram for everything there is."""
    parts = [f"## {label(pictures.title)}", ""]
    if pictures.clusters:
        parts += ["### Clusters", "", *fenced(topologies(pictures.clusters))]
    for each in pictures.timelines:
        parts += [f"### {label(each.title)}", ""]
        parts += fenced(gantt(each)) if each.bars else ["Nothing of it takes time.", ""]
    for machine in pictures.machines:
        parts += [f"### The machine {label(machine.name)}", "", *fenced(states(machine))]
    return "\n".join(parts)


def fenced(lines: list[str]) -> list[str]:
    return ["```mermaid", *lines, "```", ""]


def label(text: str) -> str:
    """Return a text that no diagram takes for more than text."""
    shown = "".join(c if c.isprintable() else " " for c in text).translate(_INSTEAD)
    return " ".join(shown.split()) or "-"


# --- clusters -----------------------------------------------------------------------------------


def topologies(clusters: tuple[Topology, ...]) -> list[str]:
    lines = ["flowchart LR"]
    for number, each in enumerate(clusters):
        lines += topology(each, f"c{number}")
    return lines


def topology(cluster: Topology, name: str) -> list[str]:
    title = ", ".join(part for part in (label(cluster.name), cluster.size, label(cluster.network))
                      if part != "-")  # fmt: skip
    lines = [f'  subgraph {name}["{title}"]']
    zones = list(dict.fromkeys(node.zone for node in cluster.nodes))
    for index, zone in enumerate(zones):
        if zone:
            lines.append(f'    subgraph {name}z{index}["zone {label(zone)}"]')
        for number, node in enumerate(cluster.nodes):
            if node.zone == zone:
                spare = "<br/>spare" if node.spare else ""
                text = f"{label(node.name)}<br/>{label(node.service)}{spare}"
                lines.append(f'      {name}n{number}["{text}"]')
        if zone:
            lines.append("    end")
    lines.append("  end")
    for number, load in enumerate(cluster.loads):
        text = f"{label(load.name)}<br/>{label(load.pace)}"
        lines.append(f'  {name}w{number}(["{text}"]) -- "{label(load.client)}" --> {name}')
    return lines


# --- time ---------------------------------------------------------------------------------------


def gantt(timeline: Timeline) -> list[str]:
    """Draw a scenario; the axis counts from its first statement.

    Moments are times of a day that begins with it: what counts from 1970 would be shown in the
    reader's time zone, and some of those are off by half an hour.
    """
    lines = ["gantt", f"  title {label(timeline.title)}", "  dateFormat HH:mm:ss.SSS"]
    lines += [*axis(timeline.length), "  todayMarker off"]
    for kind, title in _SECTIONS:
        bars = [bar for bar in timeline.bars if bar.kind == kind]
        if bars:
            lines.append(f"  section {title}")
            lines += [
                task(bar, f"{kind}{number}", timeline.bars) for number, bar in enumerate(bars)
            ]
    return lines


def axis(seconds: float) -> list[str]:
    """Return how the axis is marked: in steps that read well, five to ten of them."""
    step = next((each for each in _STEPS if seconds <= each * 10), _STEPS[-1])
    shown = "%S.%L" if step < 1 else "%M:%S" if seconds < 3600 else "%H:%M:%S"
    every = f"{step:g}second" if step >= 1 else f"{step * 1000:g}millisecond"
    return [f"  axisFormat {shown}", f"  tickInterval {every}"]


def moment(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}.{rest:03}"


def task(bar: Bar, name: str, among: Sequence[Bar]) -> str:
    start, end = round(bar.start * 1000), round(bar.end * 1000)
    text = label(bar.label)
    text = f"· {text}" if _BEGINS.match(text) else text
    text += "" if bar.certain else " (until done)"
    text = _fitting(text, bar, among)
    if bar.is_moment:
        return f"    {text} :milestone, {name}, {moment(start)}, 0ms"
    end = max(end, start + 1)
    return f"    {text} :{_TAGS[bar.kind]}, {name}, {moment(start)}, {moment(end)}"


def _fitting(text: str, bar: Bar, among: Sequence[Bar]) -> str:
    """Shorten what would run past an edge of the picture.

    Mermaid writes a label into its bar, else to the right of it, else to the left, whatever room
    there is. The whole line is in the plan, and in `planc explain`.
    """
    first, last = min(each.start for each in among), max(each.end for each in among)
    start, end = (_CHART * (each - first) / ((last - first) or 1) for each in (bar.start, bar.end))
    rooms = (end - start, _CHART - _PADDING / 2 - end, start + _PADDING - _MOMENT)
    most = int(max(rooms) / _LETTER)
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


# --- machines -----------------------------------------------------------------------------------


def states(machine: StateMachine) -> list[str]:
    names = {state: f"s{number}" for number, state in enumerate(machine.states)}
    lines = ["stateDiagram-v2", "  direction LR"]
    lines += [f'  state "{label(state)}" as {name}' for state, name in names.items()]
    if machine.initial:
        lines.append(f"  [*] --> {names[machine.initial]}")
    lines += [f"  {names[e.source]} --> {names[e.target]} : {label(e.event)}"
              for e in machine.edges]  # fmt: skip
    return lines
