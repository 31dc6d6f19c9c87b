"""What every comparison shares: two sides, the names known on each, and the changes found.

A change lies where a reader would look for it. Where a line reads as before and only the value of a
`let` behind it has changed, it lies in the `let` (`Differ.add` finds out).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from planc import model as m
from planc.diff.canon import Canon, Env, Form
from planc.diff.change import DIFFERENT, Change, Verdict, joined
from planc.diff.sides import Side
from planc.source.span import Span


@dataclass(frozen=True)
class Scope:
    """The local names of both sides, and what stands for them."""

    old: Env = field(default_factory=dict)
    new: Env = field(default_factory=dict)

    def inner(self, old: dict[str, Form], new: dict[str, Form]) -> Scope:
        return Scope({**self.old, **old}, {**self.new, **new})


@dataclass(frozen=True)
class Found:
    """A change, with the key of the `let` that is behind it."""

    change: Change
    let: str = ""


class Differ:
    """Collect the changes between two things, whatever they are."""

    def __init__(self, old: Side, new: Side, numbers: Iterator[int] | None = None) -> None:
        self.old = old
        self.new = new
        self._numbers = numbers or count()
        self.old_canon, self.new_canon = Canon(old), Canon(new)
        self._old_opaque, self._new_opaque = Canon(old, opaque=True), Canon(new, opaque=True)
        self.found: list[Found] = []
        self.sizes = (_sizes(old), _sizes(new))

    def part(self) -> Differ:
        """Return another one that collects apart, for asking rather than telling."""
        return Differ(self.old, self.new, self._numbers)

    @property
    def verdict(self) -> Verdict:
        return joined(each.change.verdict for each in self.found)

    def fresh(self) -> Form:
        """Return a form that stands for a local name of both sides."""
        return ("local", f"\0both {next(self._numbers)}")

    # --- forms ----------------------------------------------------------------------------------

    def forms(self, old: Any, new: Any, scope: Scope) -> tuple[Form, Form]:
        return self.old_canon.of(old, scope.old), self.new_canon.of(new, scope.new)

    def same(self, old: Any, new: Any, scope: Scope) -> bool:
        before, after = self.forms(old, new, scope)
        return bool(before == after)

    # --- telling --------------------------------------------------------------------------------

    def add(
        self,
        verdict: Verdict | None,
        kind: str,
        subject: str,
        old: Any = None,
        new: Any = None,
        scope: Scope | None = None,
        *,
        texts: tuple[str, str] | None = None,
        lines: tuple[Span | None, Span | None] | None = None,
    ) -> None:
        """Add a change, unless there is none (`verdict` is None).

        `old` and `new` are the parts that differ: they are shown, unless `texts` are, and looked
        through for a `let`. `lines` are the lines to point at, if not those of the parts.
        """
        if verdict is None:
            return
        spans = lines or (_span(old), _span(new))
        shown = texts or (self.old.text(_span(old)), self.new.text(_span(new)))
        let = self.behind(old, new, scope or Scope())
        change = Change(verdict, kind, subject, *shown, *spans)
        self.found.append(Found(change, let))

    def behind(self, old: Any, new: Any, scope: Scope) -> str:
        """Return the key of the present `let` that makes all the difference; "" when none does."""
        if old is None or new is None:
            return ""
        before = self._old_opaque.of(old, scope.old)
        after = self._new_opaque.of(new, scope.new)
        if before != after:
            return ""
        for key in lets_of(self.new, new):
            let, former = self.new.let(key), self.former(key)
            if let and former and not self.same(former.value, let.value, Scope()):
                return key
        return ""

    def former(self, key: str) -> m.Let | None:
        """Return the previous form of a `let` of the present."""
        wanted = self.new.ids.get(key)
        return next(
            (let for old, number in self.old.ids.items() if number == wanted
             and (let := self.old.let(old))),
            None,
        )  # fmt: skip

    def different(self, kind: str, subject: str, old: Any, new: Any, scope: Scope) -> None:
        """Add a change of something of which no value asks more than another."""
        if not self.same(old, new, scope):
            self.add(DIFFERENT, kind, subject, old, new, scope)


def lets_of(side: Side, part: Any) -> list[str]:
    """Return the keys of the `let`s that a part names, and of those that they are made of."""
    found: list[str] = []
    waiting = [part]
    while waiting:
        for item in m.walk(waiting.pop()):
            if isinstance(item, m.Reference) and item.means == "let" and item.key not in found:
                found.append(item.key)
                let = side.let(item.key)
                waiting += [let.value] if let else []
    return found


def _span(part: Any) -> Span | None:
    """Return where a part stands; of several, from the first to the last."""
    if isinstance(part, m.Item):
        return part.span
    if isinstance(part, tuple) and part:
        first, last = _span(part[0]), _span(part[-1])
        if first and last and first.path == last.path and first.start <= last.start:
            return first.to(last)
        return first or last
    return None


def _sizes(side: Side) -> dict[object, int]:
    """Return how many nodes each cluster has, where that is known."""
    return {
        ("ref", side.identity(key))[1]: len(each.node_names)
        for key, each in side.declarations.items()
        if isinstance(each, m.Cluster) and each.counted
    }
