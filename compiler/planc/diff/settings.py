"""planc.yaml compared: what a run is held to, which rules look at plans, how runs are done.

A plan can stay as it is and guard less, because the project asks less: a gate is lowered, a rule of
lint switched off, a profile repeats less often. What is meant is said where it is done, as for
plans that are gone: `weaker:` in planc.yaml names the setting and the reason, and speaks of the
change that brought it alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from planc import model as m
from planc.config import CONFIG
from planc.diff.change import (
    DIFFERENT,
    NEUTRAL,
    STRONGER,
    WEAKER,
    Change,
    Verdict,
    by_set,
    by_size,
)
from planc.source.span import Span


@dataclass(frozen=True)
class Settings:
    """What planc.yaml says, flat: `gates.success-rate`, `lint.ignore`, `profiles.ci.repeat`."""

    values: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    weaker: Mapping[str, str] = field(default_factory=dict)
    """Settings that ask less on purpose, each with the reason."""

    def span(self, name: str) -> Span:
        line = self.lines.get(name, 1)
        return Span(CONFIG, 0, 0, line, 1, line, 1)


_AT_LEAST = ("success-rate", "code-coverage", "plan-coverage")
_AT_MOST = ("inconclusive-rate",)
_NUMBERS: Mapping[str, Verdict] = {
    **dict.fromkeys(_AT_LEAST, STRONGER),
    **dict.fromkeys(_AT_MOST, WEAKER),
    "repeat": STRONGER,
    "stretch": STRONGER,
}
"""What a greater number asks: more of the systems, or less."""
_ASKED_BY_BEING_THERE = (*_NUMBERS, "weakening", "catalogue", "profile")
_LISTS: Mapping[str, Verdict] = {"ignore": WEAKER, "select": STRONGER, "plugins": STRONGER}
_NO_VERDICT = ("coverage", "processes")
"""How a run is done that is the same run."""


def compare(old: Settings, new: Settings) -> Iterator[Change]:
    """Yield what has changed between two versions of planc.yaml."""
    for name in sorted({*old.values, *new.values}):
        a, b = old.values.get(name), new.values.get(name)
        if a != b:
            said = new.weaker.get(name)
            fresh = said is not None and old.weaker.get(name) != said
            verdict = _verdict(name, a, b)
            allowed = m.Allowed(span=new.span(f"weaker.{name}"), rule="weaker", reason=said or "")
            yield Change(
                verdict,
                "settings",
                f"`{name}`",
                _shown(name, a),
                _shown(name, b),
                old.span(name) if a is not None else None,
                new.span(name) if b is not None else None,
                CONFIG,
                allowed=allowed if fresh and verdict is WEAKER else None,
            )

    for name in sorted(new.weaker):
        if old.weaker.get(name) != new.weaker[name] and not _asks_less(name, old, new):
            subject = f"`weaker: {name}` of {CONFIG} accepts nothing: it asks no less"
            yield Change(NEUTRAL, "allow", subject, "", f'"{new.weaker[name]}"', None,
                         new.span(f"weaker.{name}"), CONFIG)  # fmt: skip


def _asks_less(name: str, old: Settings, new: Settings) -> bool:
    a, b = old.values.get(name), new.values.get(name)
    return a != b and _verdict(name, a, b) is WEAKER


def _verdict(name: str, old: Any, new: Any) -> Verdict:
    last = name.rpartition(".")[2]
    if last in _NO_VERDICT:
        return NEUTRAL
    if last == "tags":
        return DIFFERENT  # Other scenarios run.
    if last in _LISTS:
        return _of_lists(last, old or [], new or [])
    if old is None or new is None:
        asked = last in _ASKED_BY_BEING_THERE or name.startswith("profiles.")
        return DIFFERENT if not asked else STRONGER if old is None else WEAKER
    if last in _NUMBERS:
        return by_size(old, new, _NUMBERS[last]) or NEUTRAL
    return DIFFERENT


def _of_lists(last: str, old: list[str], new: list[str]) -> Verdict:
    if last == "select" and not (old and new):
        return WEAKER if new else STRONGER  # None selected: all of them are asked.
    return by_set(old, new, _LISTS[last]) or NEUTRAL


def _shown(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, bool):
        return str(value).lower()
    if name.rpartition(".")[2] in (*_AT_LEAST, *_AT_MOST):
        return f"{value * 100:.6g}%"
    return str(value)
