"""The plan's text with what became of each line: passed, failed, inconclusive, not reached."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from planc_runtime.history.summary import ScenarioSummary, ScenarioVerdict
from planc_runtime.history.verdict import Result
from planc_runtime.protocols.evidence import Hold

KEPT = "source.plan"
NOT_REACHED = "not reached"
GRAVEST = ("failed", "inconclusive", NOT_REACHED, "passed")
WAITS_FOR_ITS_TIME = re.compile(r"\s*(at|when|after|every)\b")
"""A statement that may never be due although its block was run to its end."""
ENDED = frozenset({ScenarioVerdict.PASSED, ScenarioVerdict.FAILED, ScenarioVerdict.INCONCLUSIVE})

TOKENS = re.compile(
    r"""(?P<comment>\#.*$)|(?P<string>"(?:[^"\\]|\\.)*"?)|(?P<number>\b\d+(?:\.\d+)?(?:%|[a-zA-Z]+(?:/s)?|/s)?)
    |(?P<word>\b(?:plan|use|service|cluster|workload|client|fault|scenario|mock|covers|catches|timeout|tags|owner|
    severity|nodes|of|on|for|in|run|over|at|when|every|always|never|expect|eventually|stays|within|wait|until|let|
    repeat|within|is|and|or|not|during|outside|after|before|between|if)\b)""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    kind: str = ""


@dataclass(slots=True)
class Line:
    number: int
    pieces: Sequence[Piece]
    state: str = ""
    """Empty for what is no statement of a scenario."""
    notes: list[str] = field(default_factory=list)
    """What was measured there."""


def states(summary: ScenarioSummary, reached: Iterable[str]) -> dict[str, str]:
    """Return what became of each statement of a scenario, by its line ("first.plan:27")."""
    found: dict[str, str] = {}
    seen = set(reached)
    missed = {each.line for each in summary.not_reached}
    last = max((number_of(line) for line in seen), default=0)
    for statement in summary.statements:
        line = statement.line
        done = line in seen or _passed_by(line, statement.text, last, summary)
        found[line] = "passed" if done and line not in missed else NOT_REACHED
    for fault in summary.faults:
        if fault.hold is not Hold.INSTALLED and fault.line:
            found[fault.line] = "inconclusive"
    for expectation in summary.expectations:
        here = found.get(expectation.line, "passed")
        graver = expectation.result.value
        found[expectation.line] = (
            min(here, graver, key=GRAVEST.index) if (here != NOT_REACHED) else graver
        )
    found.update({line: NOT_REACHED for line in missed if not _judged(summary, line)})
    return found


def _passed_by(line: str, text: str, last: int, summary: ScenarioSummary) -> bool:
    """Say whether a statement that leaves no event was passed: what comes after it was reached."""
    if WAITS_FOR_ITS_TIME.match(text):
        return False
    return number_of(line) < last or (summary.verdict in ENDED and not summary.not_reached)


def _judged(summary: ScenarioSummary, line: str) -> bool:
    return any(e.line == line and e.result is not Result.PASSED for e in summary.expectations)


def number_of(line: str) -> int:
    """Return the number in "first.plan:27", or 0."""
    _, _, number = line.rpartition(":")
    return int(number) if number.isdecimal() else 0


def worst(parts: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return the gravest state of each line over several scenarios.

    A case that did not get there says nothing against another that did.
    """
    found: dict[str, str] = {}
    for part in parts:
        for line, state in part.items():
            found[line] = min(found.get(line, state), state, key=GRAVEST.index)
    return found


def read_source(folder: Path) -> list[str]:
    """Return the lines of the plan as it was when the scenario was run; empty without it."""
    try:
        text = (folder / KEPT).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return text.splitlines()


def marked(
    lines: Sequence[str],
    name: str,
    found: Mapping[str, str],
    notes: Mapping[str, Sequence[str]],
) -> list[Line]:
    """Return all lines of a plan; `name` is its file's, as its lines are called by."""
    return [
        Line(
            number,
            pieces(text),
            found.get(f"{name}:{number}", ""),
            list(notes.get(f"{name}:{number}", ())),
        )
        for number, text in enumerate(lines, start=1)
    ]


def pieces(text: str) -> list[Piece]:
    """Tell comments, strings, numbers and words of the language apart, for the eye."""
    found, end = [], 0
    for match in TOKENS.finditer(text):
        if match.start() > end:
            found.append(Piece(text[end : match.start()]))
        found.append(Piece(match.group(), match.lastgroup or ""))
        end = match.end()
    return [*found, Piece(text[end:])] if end < len(text) else found


def extent(lines: Sequence[str], first: int) -> tuple[int, int]:
    """Return first and last line of the block that begins in a line, by its braces."""
    depth = 0
    for number in range(first, len(lines) + 1):
        plain = "".join(p.text for p in pieces(lines[number - 1]) if p.kind in ("", "word"))
        depth += plain.count("{") - plain.count("}")
        if depth <= 0 and number > first:
            return first, number
    return first, len(lines)
