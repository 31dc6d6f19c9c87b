"""What several renderings say alike."""

from __future__ import annotations

from planc.diff.change import Change, Verdict
from planc.diff.compare import Comparison

_NAMED = 6
"""Plans or scenarios that are named in a line; more are counted."""


def places(change: Change) -> str:
    """Return the lines of both sides: 61 -> 63; a side without one is a dash."""
    old, new = change.old_span, change.new_span
    before = str(old.line) if old else "-"
    after = str(new.line) if new else "-"
    if old and new and old.path != new.path:
        return f"{old.path}:{before} -> {new.path}:{after}"
    return f"{before} -> {after}"


def reach(change: Change, *, all: bool = False) -> str:
    """Say whom a change of something shared reaches; in libraries every plan is named."""
    others = [each for each in change.plans if each != change.plan]
    if not change.reaches:
        return ""
    if others:
        listed = ", ".join(change.plans)
        return f"reaches {listed}"
    titles = [each.scenario for each in change.reaches]
    if len(titles) > _NAMED and not all:
        return f"reaches {len(titles)} scenarios"
    return "reaches " + ", ".join(f'"{each}"' for each in titles)


def summary(comparison: Comparison) -> str:
    """Count the changes by verdict."""
    parts = [f"{number} {verdict}" for verdict in Verdict if (number := comparison.count(verdict))]
    return ", ".join(parts) or "no change of meaning"


def by_plan(comparison: Comparison) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = {}
    for each in comparison.changes:
        found.setdefault(each.plan, []).append(each)
    return found
