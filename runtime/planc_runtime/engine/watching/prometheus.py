"""Figures from a page in the Prometheus text format, read by the parser of its own project.

That parser reads a page sign by sign, and a page may have thousands of samples of which a plan
wants one: only the lines of that one are given to it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_NAME = re.compile(r"\s*([a-zA-Z_:][a-zA-Z0-9_:]*)")
Labels = tuple[tuple[str, str], ...]
"""Sorted (name, value) pairs."""


class Unreadable(Exception):
    """The lines of a metric, or a selector, do not keep to the format; the text says which."""


def series(page: str, name: str, labels: Mapping[str, str] | None = None) -> dict[Labels, float]:
    """Return the samples of a metric by their labels, of those with all `labels`.

    `name` is that of the samples: `x_total`, `x_bucket`, `x_count`. Raises Unreadable.
    """
    lines = [line for line in page.split("\n") if name in line and _name(line) == name]
    found: dict[Labels, float] = {}
    for sample_labels, value in _parsed(lines):
        if (labels or {}).items() <= sample_labels.items():
            key = tuple(sorted(sample_labels.items()))
            found[key] = found.get(key, 0.0) + value
    return found


def is_shown(page: str, name: str) -> bool:
    """Say whether a page has a metric at all, with whatever labels."""
    return any(_name(line) == name for line in page.split("\n"))


def selector(wanted: str) -> tuple[str, dict[str, str]]:
    """Take `name{label="value"}` apart, as in PromQL; raises Unreadable."""
    name = _name(wanted)
    if not name:
        raise Unreadable(f"{wanted!r} is no name of a metric")
    if name == wanted.strip():
        return name, {}
    found = _parsed([f"{wanted.strip()} 0"])
    told = wanted.partition("{")[2].strip(" }")
    if len(found) != 1 or not wanted.strip().endswith("}") or (told and not found[0][0]):
        raise Unreadable(f"{wanted!r} is no name of a metric")
    return name, found[0][0]


def figure(page: str, wanted: str) -> float | None:
    """Return the sum of the samples that a selector chooses; None where there are none."""
    found = series(page, *selector(wanted))
    return sum(found.values()) if found else None


def _name(line: str) -> str:
    """Return the name that a line begins with; "" for a comment and for what is no sample."""
    found = _NAME.match(line)
    return found[1] if found else ""


def _parsed(lines: list[str]) -> list[tuple[dict[str, str], float]]:
    # Imported when there is something to read: it takes longer than a small scenario.
    from prometheus_client.parser import text_string_to_metric_families

    text = "".join(f"{line}\n" for line in lines)
    try:
        families = list(text_string_to_metric_families(text))
    except (ValueError, IndexError, KeyError) as broken:
        raise Unreadable(f"not in the Prometheus text format: {broken}") from None
    return [(dict(s.labels), float(s.value)) for family in families for s in family.samples]
