"""Read the scenarios' folders back. What was not finished is shown as interrupted, never lost."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

from planc_runtime.history.summary import ScenarioSummary, ScenarioVerdict
from planc_runtime.report.model import PlanReport, RunReport, ScenarioReport

SCENARIOS = "scenarios"
TAIL = 64 * 1024
"""Bytes at the end of an event log in which its last whole line is looked for."""


def read_run(reports: Path) -> RunReport:
    """Return everything that stands below a reports' folder, plans in order of their keys."""
    return RunReport(reports, tuple(read_plan(reports, folder) for folder in plan_folders(reports)))


def plan_folders(reports: Path) -> Iterator[Path]:
    """Find the folders that hold scenarios, without a walk through what the scenarios left."""
    for here, folders, _ in os.walk(reports):
        folders.sort()
        if SCENARIOS in folders:
            folders.remove(SCENARIOS)
            if any(each.is_dir() for each in (Path(here) / SCENARIOS).iterdir()):
                yield Path(here)


def read_plan(reports: Path, folder: Path) -> PlanReport:
    key = folder.relative_to(reports).as_posix()
    folders = sorted(each for each in (folder / SCENARIOS).iterdir() if each.is_dir())
    scenarios = [ScenarioReport(read_scenario(key, each), each) for each in folders]
    scenarios.sort(key=_plan_order)
    return PlanReport(key, folder, tuple(scenarios))


def read_scenario(key: str, folder: Path) -> ScenarioSummary:
    """Return the scenario's own record, or what can be said of one that has none."""
    try:
        summary = ScenarioSummary.read(folder)
    except (OSError, ValueError):
        summary = ScenarioSummary(plan=key, source=key, title=folder.name, test=folder.name)
    if summary.verdict is ScenarioVerdict.INTERRUPTED and not summary.because:
        summary.because = f"the run ended before the scenario did{_last_sign(folder)}"
    return summary


def _last_sign(folder: Path) -> str:
    """Say what happened last, as far as the event log was written."""
    try:
        with (folder / "events.jsonl").open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return ""
    for line in reversed(lines):
        try:
            event = json.loads(line)
            return f"; its last event was {event['kind']} at {float(event['t']):.1f} s"
        except (KeyError, TypeError, ValueError):
            continue
    return ""


def _plan_order(scenario: ScenarioReport) -> tuple[int, str]:
    _, _, line = scenario.summary.line.rpartition(":")
    return (int(line) if line.isdecimal() else 0, scenario.name)
