"""Log lines that must not be: a panic, a data race, an assertion, on any node at any time.

A line belongs to a part of the run by the moment at which the engine saw that it was there, some
tenths of a second after it was written. So an exception lasts a second longer than its window: what
a fault brought about is often told when it is over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from planc_runtime.checkers.words import plural, seconds
from planc_runtime.history.arrivals import Noted
from planc_runtime.history.verdict import Result, Verdict
from planc_runtime.history.windows import Intervals

SETTLE = 1.0
"""Seconds that an exception lasts longer than its window."""
_SHOWN = 20
"""Lines that stand in the evidence."""
_WIDEST = 20_000
"""Bytes of a line that are looked at."""
_WIDEST_SHOWN = 300
_BEFORE = 100
"""Characters of a long line that are shown before what matches."""
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Log:
    """One node's log: its file, and what is known of when it grew."""

    node: str
    path: Path
    noted: Noted


@dataclass(frozen=True, slots=True)
class Line:
    node: str
    number: int
    moment: float | None
    text: str

    @property
    def shown(self) -> str:
        when = "" if self.moment is None else f" at {seconds(self.moment)} s"
        return f"{self.node}, line {self.number}{when}: {self.text}"

    def around(self, place: int) -> Line:
        """Return the line with no more of its text than what stands around a place."""
        if len(self.text) <= _WIDEST_SHOWN:
            return self
        start = max(min(place - _BEFORE, len(self.text) - _WIDEST_SHOWN), 0)
        part = self.text[start : start + _WIDEST_SHOWN]
        more = "…" if start + _WIDEST_SHOWN < len(self.text) else ""
        return replace(self, text=f"{'…' if start else ''}{part}{more}")

    def data(self) -> dict[str, Any]:
        return {"node": self.node, "line": self.number, "t": self.moment, "text": self.text}


def no_line_matches(
    pattern: str,
    logs: Sequence[Log],
    *,
    ignoring_case: bool = False,
    window: Intervals | None = None,
    excepted: Sequence[Intervals] = (),
    wanted: str = "",
) -> Verdict:
    """Judge that no line, over a window and outside the excepted ones, matches a pattern.

    Without a window every line counts. A log that cannot be read leaves the verdict open, unless
    another one holds such a line.
    """
    try:
        matches = re.compile(pattern, re.IGNORECASE if ignoring_case else 0).search
    except (re.error, OverflowError, RecursionError) as error:
        reason = f"the pattern {pattern!r} cannot be read: {error}"
        return Verdict(Result.INCONCLUSIVE, reason, wanted)
    wider = [_wider(spans) for spans in excepted]
    found: list[Line] = []
    undated: list[Line] = []
    unread: list[str] = []
    count = 0
    for log in logs:
        try:
            for line in lines_of(log):
                known = line.moment is not None or window is None
                if not known or _counts(line, window, wider):
                    count += known
                    if match := matches(line.text):
                        (found if known else undated).append(line.around(match.start()))
        except OSError as trouble:
            unread.append(f"the log of {log.node} could not be read: {trouble.strerror or trouble}")
    unread += [f"nobody knows when this line came: {line.shown}" for line in undated[:_SHOWN]]
    return _verdict(found, unread, count, len(logs), wanted)


def _verdict(
    found: Sequence[Line], unread: Sequence[str], count: int, logs: int, wanted: str
) -> Verdict:
    looked = f"{plural(count, 'line')} of {plural(logs, 'log')}"
    if not found:
        if unread:
            return Verdict(Result.INCONCLUSIVE, unread[0], wanted, unread)
        if not logs:
            return Verdict(Result.INCONCLUSIVE, "there is no log to be read", wanted)
        if not count:
            return Verdict(Result.PASSED, f"no line was written to {plural(logs, 'log')}", wanted)
        return Verdict(Result.PASSED, f"none of {looked} matches", wanted)
    found = sorted(found, key=lambda line: (line.moment is None, line.moment or 0.0))
    evidence = [line.shown for line in found[:_SHOWN]]
    if len(found) > _SHOWN:
        evidence.append(f"and {plural(len(found) - _SHOWN, 'more line')}")
    nodes = list(dict.fromkeys(line.node for line in found))
    verb = "matches" if len(found) == 1 else "match"
    text = f"{len(found):,} of {looked} {verb}, of {', '.join(nodes)}; the first: {found[0].shown}"
    data = {"count": len(found), "lines": [line.data() for line in found[:_SHOWN]]}
    return Verdict(Result.FAILED, text, wanted, [*evidence, *unread], data)


def lines_of(log: Log) -> Iterator[Line]:
    """Yield the lines of a log as people see them, without colours; raises OSError."""
    offset = 0
    with log.path.open("rb") as file:
        for number, raw in enumerate(_rows(file.readline), 1):
            offset += raw[1]
            text = raw[0].decode("utf-8", "replace").rstrip("\r\n")
            yield Line(log.node, number, log.noted.when(offset), _ESCAPES.sub("", text))


def _rows(read: Callable[[int], bytes]) -> Iterator[tuple[bytes, int]]:
    """Yield each line's beginning and its whole length; a line without end fills no memory."""
    while row := read(_WIDEST):
        length = len(row)
        while not row.endswith(b"\n") and (more := read(_WIDEST)):
            length += len(more)
            if more.endswith(b"\n"):
                break
        yield row, length


def _counts(line: Line, window: Intervals | None, excepted: Sequence[Intervals]) -> bool:
    if line.moment is None:
        return window is None
    moment = line.moment
    if window is not None and not window.contains(moment):
        return False
    return not any(spans.contains(moment) for spans in excepted)


def _wider(spans: Intervals) -> Intervals:
    return Intervals.union((start, end + SETTLE) for start, end in spans.spans)
