"""What a page's script draws, packed: lanes, faults, operations, logs; and each scenario's share.

A page has an upper size whatever was run: operations are thinned out, logs are cut in their
middle, and where a plan has very many scenarios, as with `--repeat 200`, those that passed are
drawn last, or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from planc_runtime.history.summary import ScenarioSummary
from planc_runtime.report import embed
from planc_runtime.report.lanes import Scene, class_of
from planc_runtime.report.logs import HEAD, TAIL, Log, read_logs
from planc_runtime.report.model import PlanReport, ScenarioReport
from planc_runtime.report.operations import (
    LIMIT,
    Columns,
    bands,
    count_rows,
    encoded,
    read_columns,
)

PAGE = 200_000
"""Operations that one page shows one by one, over all scenarios; a plan's scenarios share them."""
LOGS = 4 * 1024 * 1024
"""Bytes of logs that one page holds before they are packed."""
FEWEST = 1_000
HISTORY = "history.jsonl"
DRAWN = 60
"""Scenarios of one plan whose time lines are in the page: one of a thousand repeats would not open
in a browser. Those that are not green come first; the others keep their tables and their files."""
OPENED = 3
"""Scenarios that are not green and stand open when the page does: the others wait for a click."""


@dataclass(frozen=True)
class Shares:
    """What each scenario gets of the page."""

    operations: float
    logs: float
    opened: frozenset[str]
    drawn: frozenset[str]


def shares_of(plan: PlanReport) -> Shares:
    """Divide the page among a plan's scenarios."""
    gravest = sorted(plan.scenarios, key=lambda each: each.green)
    drawn = gravest[:DRAWN]
    operations = sum(min(count_rows(each.folder / HISTORY), LIMIT) for each in drawn)
    logs = sum(len(each.summary.nodes) for each in drawn) * (HEAD + TAIL)
    opened = [each for each in gravest[:OPENED] if not each.green] or gravest[:1]
    return Shares(
        operations=min(1.0, PAGE / max(1, operations)),
        logs=min(1.0, LOGS / max(1, logs)),
        opened=frozenset(each.name for each in opened),
        drawn=frozenset(each.name for each in drawn),
    )


def drawing(scenario: ScenarioReport, scene: Scene, shares: Shares) -> str:
    """Return the packed data of one time line; everything in it is text or a number."""
    columns = read_columns(scenario.folder / HISTORY)
    limit = max(FEWEST, int(shares.operations * min(len(columns), LIMIT)))
    logs = read_logs(scenario.folder, scenario.summary.nodes, shares.logs)
    return embed.packed(_data(scenario.summary, scene, columns, limit, logs))


def _data(
    summary: ScenarioSummary, scene: Scene, columns: Columns, limit: int, logs: Sequence[Log]
) -> dict[str, Any]:
    """Return what the script draws; everything in it is text or a number."""
    evidence, culprits = _evidence(summary)
    return {
        "length": scene.length,
        "unit": "virtual s" if summary.backend == "sim" else "seconds",
        "alternative": _alternative(summary, scene, len(columns)),
        "lanes": [
            {
                "node": lane.node,
                "service": lane.service,
                "segments": [[s.start, s.end, s.role, s.detail] for s in lane.segments],
            }
            for lane in scene.lanes
        ],
        "faults": [
            fault.model_dump(mode="json") | {"family": class_of(fault)} for fault in summary.faults
        ],
        "moments": [
            {"at": m.at, "kind": m.kind, "text": m.text, "line": m.line} for m in scene.moments
        ],
        "operations": encoded(columns, evidence, limit),
        "bands": bands(columns, scene.length),
        "evidence": sorted(evidence),
        "culprits": sorted(culprits),
        "logs": [
            {
                "node": log.node,
                "lines": log.lines,
                "times": log.times,
                "gap": log.gap,
                "left_out": log.left_out,
            }
            for log in logs
        ],
    }


def _evidence(summary: ScenarioSummary) -> tuple[set[int], set[int]]:
    """Return the indices of all operations that are evidence, and of those to blame."""
    all_of, culprits = set(), set()
    for expectation in summary.expectations:
        data = expectation.data.get("evidence")
        for operation in data.get("operations", ()) if isinstance(data, dict) else ():
            if isinstance(operation.get("id"), int):
                all_of.add(operation["id"])
                if operation.get("culprit"):
                    culprits.add(operation["id"])
    return all_of, culprits


def _alternative(summary: ScenarioSummary, scene: Scene, operations: int) -> str:
    """Say in words what the time line shows, for those who do not see it."""
    nodes = ", ".join(lane.node for lane in scene.lanes) or "no nodes"
    return (
        f"Time line of {summary.title!r}: {scene.length:.1f} s, {nodes},"
        f" {len(summary.faults)} faults, {operations} operations."
    )
