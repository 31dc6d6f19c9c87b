"""Who was what, when: the event log as one lane per node, and what the plan did meanwhile.

The observer tells of a role when it changes, the engine of a node's life and of faults. A lane puts
them together without gaps, so that a picture and a table of who was hit need not do it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from planc_runtime.history.summary import FaultSummary, ScenarioSummary
from planc_runtime.protocols.evidence import Hold
from planc_runtime.report.records import read_records

ROUNDED = 1e-6
"""Seconds by which a time in the event log may differ from the same one in a summary."""
DOWN = "down"
PAUSED = "paused"
UNKNOWN = "unknown"
"""It runs, and nobody knows as what: it has no roles, or does not answer."""

CLOCK = frozenset({"skew", "jump", "drift"})
DISK = frozenset({"fill_disk", "slow_disk", "fail_fsync", "flip_bits", "lose_unsynced"})
PROCESS = frozenset({"crash", "stop", "restart", "start", "pause"})
RESOURCE = frozenset({"limit_memory", "throttle_cpu", "exhaust_files", "fail_names"})
HONESTY = frozenset({"lie", "equivocate", "replay", "silence", "corrupt_messages"})


@dataclass(frozen=True, slots=True)
class Segment:
    """A node was one thing from `start` to `end`, in seconds on the controller's clock."""

    start: float
    end: float
    role: str
    detail: str = ""
    """What is known of it: its term, the proof of its death."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that the plan did at one instant."""

    at: float
    kind: str
    """"step", "mark", "workload", "passed", "failed" or "inconclusive"."""
    text: str
    line: str = ""


@dataclass(slots=True)
class Lane:
    node: str
    service: str = ""
    segments: list[Segment] = field(default_factory=list)

    def at(self, time: float) -> Segment | None:
        """Return what the node was just before a moment."""
        before = time - ROUNDED
        return next((s for s in self.segments if s.start < before <= s.end), None)


@dataclass(slots=True)
class Scene:
    """All that the event log tells, in the form in which it is drawn."""

    length: float
    lanes: list[Lane] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)
    """Lines of the plan that something happened at."""

    def lane(self, node: str | None) -> Lane | None:
        return next((lane for lane in self.lanes if lane.node == node), None)


def class_of(fault: FaultSummary) -> str:
    """Return what a fault troubles: process, network, clock, disk, resource or honesty."""
    kind = fault.kind or fault.name.split(" ", 1)[0]
    families = (
        ("process", PROCESS), ("clock", CLOCK), ("disk", DISK),
        ("resource", RESOURCE), ("honesty", HONESTY),
    )  # fmt: skip
    return next((name for name, kinds in families if kind in kinds), "network")


def read_scene(folder: Path, summary: ScenarioSummary) -> Scene:
    """Read `events.jsonl`; what is missing or cut short leaves a shorter scene."""
    events = list(read_records(folder / "events.jsonl", "t"))
    times = [float(event["t"]) for event in events]
    ends = [fault.end or fault.start for fault in summary.faults]
    scene = Scene(max([summary.duration, *times, *ends], default=0.0))
    named = {node.name: node.service for node in summary.nodes}
    spoken_of = {e["node"]: "" for e in events if isinstance(e.get("node"), str)}
    pauses = [f for f in summary.faults if _is_pause(f)]
    for name, service in {**spoken_of, **named}.items():
        own = [e for e in events if e.get("node") == name]
        scene.lanes.append(Lane(name, service, _segments(own, pauses, name, scene.length)))
    scene.lanes.sort(key=lambda lane: list({**named, **spoken_of}).index(lane.node))
    scene.moments = [moment for event in events if (moment := _moment(event)) is not None]
    scene.reached = {e["line"] for e in events if isinstance(e.get("line"), str)}
    return scene


def _is_pause(fault: FaultSummary) -> bool:
    return fault.hold is Hold.INSTALLED and (fault.kind or fault.name.split(" ")[0]) == "pause"


def _segments(
    events: Sequence[dict[str, Any]], pauses: Sequence[FaultSummary], node: str, length: float
) -> list[Segment]:
    """Follow a node through its life: state first, then role, and a pause over both."""
    changes: list[tuple[float, str, str, str]] = []
    for event in events:
        at = float(event["t"])
        if event.get("kind") == "node":
            down = "" if event.get("state") in ("running", "paused") else DOWN
            changes.append((at, "state", down, str(event.get("proof", ""))))
        elif event.get("kind") == "status":
            role = event.get("role") or ""
            changes.append((at, "role", str(role), _fields(event.get("fields"))))
    for fault in pauses:
        if node in fault.targets:
            changes.append((fault.start, "pause", PAUSED, fault.proof))
            changes.append((length if fault.end is None else fault.end, "pause", "", ""))
    return _merged(sorted(changes, key=lambda change: change[0]), length)


def _merged(changes: Sequence[tuple[float, str, str, str]], length: float) -> list[Segment]:
    now = {"state": DOWN, "role": "", "pause": ""}
    detail = dict.fromkeys(now, "")
    found: list[Segment] = []
    since, shown, said = 0.0, DOWN, ""
    for at, what, value, words in [*changes, (length, "", "", "")]:
        if what:
            if what == "state":
                now["role"] = detail["role"] = ""
            now[what], detail[what] = value, words
        by = next((key for key in ("state", "pause", "role") if now[key]), "role")
        role = now[by] or UNKNOWN
        if role != shown or not what:
            if at > since:
                found.append(Segment(since, at, shown, said))
            since, shown, said = at, role, detail[by]
    return found


def _fields(fields: Any) -> str:
    """Show the small fields of a status on one line."""
    if not isinstance(fields, dict):
        return ""
    simple = {k: v for k, v in fields.items() if isinstance(v, int | float | str | bool)}
    return ", ".join(f"{key} {str(value)[:40]}" for key, value in list(simple.items())[:8])


def _moment(event: dict[str, Any]) -> Moment | None:
    at, line = float(event["t"]), str(event.get("line", ""))
    match event.get("kind"):
        case "step":
            return Moment(at, "step", str(event.get("text", "")), line)
        case "mark":
            return Moment(at, "mark", str(event.get("name", "")), line)
        case "workload":
            return Moment(at, "workload", f"{event.get('name')}: {event.get('phase')}", line)
        case "expectation":
            text = f"{event.get('text', '')}: {event.get('measured', '')}"
            return Moment(at, str(event.get("result", "")), text, line)
    return None
