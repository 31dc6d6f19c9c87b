"""What earlier runs measured: one small SQLite file in the reports' folder, never required.

A page says how it is; only several runs say where it goes. Every run of a plan adds its verdicts
and its measured numbers. A run is known by a digest of what its scenarios wrote, so that reports
which are made again add nothing. Whatever is wrong with the file (locked, cut, of another program)
costs the trend lines and nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from planc_runtime.history.summary import FILE_NAME, ScenarioSummary
from planc_runtime.report.model import PlanReport

FILE = "trends.sqlite"
SHOWN = 40
"""Earlier runs that a trend line goes back."""
PATIENCE = 2.0
"""Seconds to wait for another run that writes."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    id TEXT PRIMARY KEY, plan TEXT NOT NULL, at REAL NOT NULL, backend TEXT NOT NULL,
    verdict TEXT NOT NULL, passed INTEGER NOT NULL, scenarios INTEGER NOT NULL, wall REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS runs_of_plan ON runs (plan, at);
CREATE TABLE IF NOT EXISTS numbers (
    run TEXT NOT NULL REFERENCES runs (id), scenario TEXT NOT NULL, text TEXT NOT NULL,
    value REAL NOT NULL, unit TEXT NOT NULL, PRIMARY KEY (run, scenario, text)
);
"""


@dataclass(frozen=True, slots=True)
class Run:
    at: float
    """Seconds since 1970."""
    verdict: str
    passed: int
    scenarios: int
    wall: float


@dataclass(frozen=True, slots=True)
class Series:
    """What one expectation of one scenario measured, run after run."""

    scenario: str
    text: str
    unit: str
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class Trend:
    runs: Sequence[Run] = ()
    series: Sequence[Series] = ()


def remember(reports: Path, plans: Sequence[PlanReport]) -> dict[str, Trend]:
    """Add these runs to the file and return the trend of each plan, by its key.

    Returns nothing for what could not be read; never raises for the file's sake.
    """
    try:
        with contextlib.closing(sqlite3.connect(reports / FILE, timeout=PATIENCE)) as db:
            _add(db, plans)
            return {plan.key: _trend(db, plan) for plan in plans}
    except (sqlite3.Error, OSError):
        return {}


def _add(db: sqlite3.Connection, plans: Sequence[PlanReport]) -> None:
    db.executescript(SCHEMA)
    for plan in plans:
        run = _digest(plan)
        if db.execute("SELECT 1 FROM runs WHERE id = ?", (run,)).fetchone():
            continue
        wall = sum(each.summary.wall for each in plan.scenarios)
        backend = ", ".join(sorted({each.summary.backend for each in plan.scenarios}))
        green = sum(each.green for each in plan.scenarios)
        row = (
            run,
            plan.key,
            _moment(plan),
            backend,
            plan.verdict.value,
            green,
            len(plan.scenarios),
        )
        with db:
            db.execute("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*row, wall))
            db.executemany(
                "INSERT OR REPLACE INTO numbers VALUES (?, ?, ?, ?, ?)",
                ((run, each.name, *number) for each in plan.scenarios
                 for number in _numbers(each.summary)),
            )  # fmt: skip


def _digest(plan: PlanReport) -> str:
    digest = hashlib.sha256(plan.key.encode())
    for scenario in plan.scenarios:
        digest.update(scenario.name.encode())
        with contextlib.suppress(OSError):
            digest.update((scenario.folder / FILE_NAME).read_bytes())
    return digest.hexdigest()[:24]


def _moment(plan: PlanReport) -> float:
    """Return when the run ended: when its last scenario's record was written."""
    times = [0.0]
    for scenario in plan.scenarios:
        with contextlib.suppress(OSError):
            times.append((scenario.folder / FILE_NAME).stat().st_mtime)
    return max(times)


def _numbers(summary: ScenarioSummary) -> Iterator[tuple[str, float, str]]:
    for expectation in summary.expectations:
        value, unit = expectation.data.get("value"), expectation.data.get("unit")
        if isinstance(value, int | float) and isinstance(unit, str):
            yield expectation.text, float(value), unit


def _trend(db: sqlite3.Connection, plan: PlanReport) -> Trend:
    """Read the last runs on the same backend as this one: others are no measure for it."""
    backend = ", ".join(sorted({each.summary.backend for each in plan.scenarios}))
    rows = db.execute(
        "SELECT id, at, verdict, passed, scenarios, wall FROM runs"
        " WHERE plan = ? AND backend = ? ORDER BY at DESC, id LIMIT ?",
        (plan.key, backend, SHOWN),
    ).fetchall()[::-1]
    ids = json.dumps([row[0] for row in rows])
    found: dict[tuple[str, str, str], list[float]] = {}
    for scenario, text, unit, value in db.execute(
        "SELECT scenario, text, unit, value FROM numbers JOIN runs ON runs.id = run"
        " WHERE run IN (SELECT value FROM json_each(?)) ORDER BY at, runs.id",
        (ids,),
    ):
        found.setdefault((scenario, text, unit), []).append(value)
    present = {(each.name, text) for each in plan.scenarios
               for text, _, _ in _numbers(each.summary)}  # fmt: skip
    series = [
        Series(s, t, u, v) for (s, t, u), v in found.items() if len(v) > 1 and (s, t) in present
    ]
    return Trend([Run(*row[1:]) for row in rows], series)
