"""Figures from a page in the Prometheus text exposition format, version 0.0.4.

Only samples are read: `name{label="value",...} figure [timestamp]`. Values of labels may hold
anything, braces and commas too, and escape a backslash, a quote and the end of a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL = re.compile(r'\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\\n]|\\.)*)"\s*(,|(?=\}))')
_ESCAPE = re.compile(r"\\(.)")
_UNESCAPED = {"n": "\n", "\\": "\\", '"': '"'}


@dataclass(frozen=True, slots=True)
class Sample:
    name: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


def samples(page: str) -> Iterator[Sample]:
    """Yield the samples of a page; lines that are none, comments among them, are passed over."""
    for line in page.split("\n"):
        found = _series(line.strip())
        if found is None:
            continue
        name, labels, rest = found
        words = rest.split()
        try:
            yield Sample(name, float(words[0]), labels)
        except (IndexError, ValueError):
            continue


def figure(page: str, wanted: str) -> float | None:
    """Return the sum of a metric's samples, of those with all labels that are named.

    `wanted` is a name, or `name{label="value"}` as in PromQL. None where no sample fits.
    """
    series = _series(wanted.strip())
    if series is None or series[2].strip():
        return None
    name, labels, _ = series
    found = [
        sample.value
        for sample in samples(page)
        if sample.name == name and labels.items() <= sample.labels.items()
    ]
    return sum(found) if found else None


def _series(text: str) -> tuple[str, dict[str, str], str] | None:
    """Cut a name and its labels off; None when there are none."""
    name = _NAME.match(text)
    if name is None:
        return None
    rest = text[name.end() :].lstrip()
    labels: dict[str, str] = {}
    if rest.startswith("{"):
        at = 1
        while (label := _LABEL.match(rest, at)) is not None:
            labels[label[1]] = _ESCAPE.sub(_unescaped, label[2])
            at = label.end()
        closing = re.compile(r"\s*\}").match(rest, at)
        if closing is None:
            return None
        rest = rest[closing.end() :]
    return name[0], labels, rest


def _unescaped(found: re.Match[str]) -> str:
    return _UNESCAPED.get(found[1], found[0])
