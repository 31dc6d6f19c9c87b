"""A history as columns of small numbers: what a page can hold, draw and search.

A history of a million operations is hundreds of megabytes as text. A page shows at most `LIMIT` of
them one by one: all that were not ok, all that are evidence, the slowest, and of the rest every
n-th. The bands of throughput, errors and percentiles are counted here from all of them, so that
nothing that a band shows depends on what was left out.
"""

from __future__ import annotations

import json
import math
from array import array
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from planc_runtime.report.records import read_records

LIMIT = 100_000
"""Operations of one scenario that are shown one by one."""
FEWEST_SLICES, PER_SLICE = 30, 25
"""Slices of time that percentiles are drawn by, and operations that each should have."""
BINS = 600
"""Slices of time that the bands are counted in."""
SLOWEST = 0.02
"""Share of the places that is kept for the slowest operations."""
LONGEST = 200
"""Characters of an argument, a value or an error."""
OUTCOMES = ("ok", "fail", "unknown")
MICRO = 1_000_000
NEVER = -1


@dataclass(slots=True)
class Words:
    """Texts by number, each once."""

    texts: list[str] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)

    def number(self, text: str) -> int:
        found = self._numbers.get(text)
        if found is None:
            found = self._numbers[text] = len(self.texts)
            self.texts.append(text)
        return found


@dataclass(slots=True)
class Columns:
    """Operations in order of their intended start; times in microseconds."""

    index: array[int] = field(default_factory=lambda: array("q"))
    due: array[int] = field(default_factory=lambda: array("q"))
    lag: array[int] = field(default_factory=lambda: array("q"))
    """From the intended start to the sending."""
    took: array[int] = field(default_factory=lambda: array("q"))
    """From the intended start to the answer; NEVER without one."""
    outcome: array[int] = field(default_factory=lambda: array("b"))
    process: array[int] = field(default_factory=lambda: array("q"))
    node: array[int] = field(default_factory=lambda: array("l"))
    call: array[int] = field(default_factory=lambda: array("l"))
    answer: array[int] = field(default_factory=lambda: array("l"))
    workload: array[int] = field(default_factory=lambda: array("l"))
    words: Words = field(default_factory=Words)

    def __len__(self) -> int:
        return len(self.due)


NAMES = (
    "index", "due", "lag", "took", "outcome", "process", "node", "call", "answer", "workload",
)  # fmt: skip
SORTED = ("index", "due")
"""Columns that are written as differences: they grow slowly, and small numbers pack well."""


def read_columns(path: Path) -> Columns:
    """Read `history.jsonl`, line by line; what can't be read is left out."""
    columns = Columns()
    for row in read_records(path, "intended"):
        due = float(row["intended"])
        completed = row.get("completed")
        took = NEVER if completed is None else round((float(completed) - due) * MICRO)
        outcome = row.get("outcome")
        columns.index.append(int(row.get("index", len(columns))))
        columns.due.append(round(due * MICRO))
        columns.lag.append(max(0, round((float(row.get("invoked", due)) - due) * MICRO)))
        columns.took.append(took)
        columns.outcome.append(OUTCOMES.index(outcome) if outcome in OUTCOMES else 2)
        columns.process.append(int(row.get("process", 0)))
        number = columns.words.number
        columns.node.append(number(str(row.get("node") or "")))
        columns.call.append(number(_call(row)))
        columns.answer.append(number(_answer(row)))
        columns.workload.append(number(str(row.get("workload") or "")))
    return columns


def count_rows(path: Path) -> int:
    """Return how many lines a history has, without reading what is in them."""
    try:
        with path.open("rb") as file:
            return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
    except OSError:
        return 0


def _call(row: dict[str, Any]) -> str:
    args = ", ".join(_shown(each) for each in row.get("args") or ())
    return f"{row.get('f', '')}({args})"[:LONGEST]


def _answer(row: dict[str, Any]) -> str:
    if row.get("error"):
        return str(row["error"])[:LONGEST]
    return _shown(row.get("value"))


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def chosen(columns: Columns, evidence: Collection[int], limit: int) -> Sequence[int]:
    """Return which operations are shown, in order of their intended start."""
    order = sorted(range(len(columns)), key=lambda i: (columns.due[i], columns.index[i]))
    if len(order) <= limit:
        return order
    kept = {i for i in order if columns.index[i] in evidence}
    notable = [i for i in order if columns.outcome[i] != 0 and i not in kept]
    kept.update(_spread(notable, max(0, limit // 2 - len(kept))))
    slowest = sorted(order, key=lambda i: columns.took[i], reverse=True)
    kept.update(slowest[: math.ceil(limit * SLOWEST)])
    rest = [i for i in order if i not in kept]
    kept.update(_spread(rest, max(0, limit - len(kept))))
    return [i for i in order if i in kept]


def _spread(positions: Sequence[int], most: int) -> Sequence[int]:
    """Return every n-th, evenly over all."""
    if len(positions) <= most:
        return positions
    return [positions[i * len(positions) // most] for i in range(most)]


def encoded(columns: Columns, evidence: Collection[int], limit: int = LIMIT) -> dict[str, Any]:
    """Return the operations that are shown, as plain lists for JSON."""
    rows = chosen(columns, evidence, limit)
    words = Words()
    found: dict[str, Any] = {"total": len(columns), "shown": len(rows)}
    for name in NAMES:
        column: Sequence[int] = getattr(columns, name)
        values = [column[i] for i in rows]
        if name in ("node", "call", "answer", "workload"):
            values = [words.number(columns.words.texts[value]) for value in values]
        found[name] = _differences(values) if name in SORTED else values
    return {**found, "words": words.texts}


def _differences(values: Sequence[int]) -> list[int]:
    return [b - a for a, b in zip([0, *values], values, strict=False)]


def bands(columns: Columns, length: float) -> dict[str, Any]:
    """Count all operations by slices of the time they were due in.

    `p50` and `p99` are microseconds of those that were ok, None where none was, by slices of their
    own (`slice`, seconds) that are wide enough for a percentile to say something.
    """
    width = max(length, 1e-6) / BINS
    slices = min(BINS, max(FEWEST_SLICES, len(columns) // PER_SLICE))
    counts = [[0] * BINS for _ in OUTCOMES]
    took: list[list[int]] = [[] for _ in range(slices)]
    for i in range(len(columns)):
        place = min(BINS - 1, max(0, int(columns.due[i] / MICRO / width)))
        counts[columns.outcome[i]][place] += 1
        if columns.took[i] != NEVER and columns.outcome[i] == 0:
            took[place * slices // BINS].append(columns.took[i])
    for slice_ in took:
        slice_.sort()
    return {
        "width": width,
        "slice": width * BINS / slices,
        **dict(zip(OUTCOMES, counts, strict=True)),
        "p50": [_rank(slice_, 0.5) for slice_ in took],
        "p99": [_rank(slice_, 0.99) for slice_ in took],
    }


def _rank(values: Sequence[int], share: float) -> int | None:
    return values[min(len(values) - 1, int(share * len(values)))] if values else None
