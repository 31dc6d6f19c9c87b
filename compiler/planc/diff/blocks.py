"""Blocks compared: which statements went, came, changed, or take place in another order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from planc import model as m
from planc.diff import troubles
from planc.diff.canon import FLOATING, Canon, Form
from planc.diff.change import (
    DIFFERENT,
    NEUTRAL,
    STRONGER,
    WEAKER,
    Verdict,
)
from planc.diff.differ import Differ, Scope
from planc.diff.pairing import crossed, pair

Body = tuple[m.Statement, ...]
_CHECKS = (m.Always, m.Never, m.Eventually, m.Stays, m.Expect, m.WaitUntil, m.Explore)


def block(differ: Differ, old: Body, new: Body, scope: Scope) -> None:
    """Compare two blocks."""
    from planc.diff.statements import statement  # Statements hold blocks in turn.

    scope = bound(differ, old, new, scope)
    before, after = stated(differ.old_canon, old), stated(differ.new_canon, new)
    forms = ([differ.old_canon.of(each, scope.old) for each in before],
             [differ.new_canon.of(each, scope.new) for each in after])  # fmt: skip
    if forms[0] == forms[1]:
        return
    kinds = ([kind_of(each) for each in before], [kind_of(each) for each in after])
    pairs = pair(forms[0], forms[1], kinds, lambda i, j: _bonus(differ, before[i], after[j], scope))
    for i, j in pairs.changed:
        if not written_out(differ, [before[i]], [after[j]], scope):
            statement(differ, before[i], after[j], scope)
    left = ([before[i] for i in pairs.gone], [after[j] for j in pairs.come])
    if not written_out(differ, *left, scope):
        for each in left[0]:
            gone(differ, each)
        for each in left[1]:
            come(differ, each)
    if crossed([*pairs.same, *pairs.changed], lambda i: isinstance(before[i], FLOATING)):
        text = "what is done one after the other"
        differ.add(DIFFERENT, "order", text, tuple(before), tuple(after), texts=("", ""))


def written_out(
    differ: Differ, old: Sequence[m.Statement], new: Sequence[m.Statement], scope: Scope
) -> bool:
    """Say whether only a declared fault has come between: used on one side, written out there."""
    if not old or not new or not any(isinstance(each, m.FaultUse) for each in (*old, *new)):
        return False
    before = Canon(differ.old, expanded=True).block(tuple(old), scope.old)
    after = Canon(differ.new, expanded=True).block(tuple(new), scope.new)
    return bool(before == after)


def stated(canon: Any, body: Body) -> list[m.Statement]:
    """Leave out names for plain values: they are compared where they are used."""
    return [e for e in body if not (isinstance(e, m.Bind) and canon.inlined(e) is not None)]


def bound(differ: Differ, old: Body, new: Body, scope: Scope) -> Scope:
    """Find out which local names mean the same: those of equal name, then of equal value."""
    before = [each for each in old if isinstance(each, m.Bind)]
    after = [each for each in new if isinstance(each, m.Bind)]
    names: tuple[dict[str, Form], dict[str, Form]] = ({}, {})
    canons = (differ.old_canon, differ.new_canon)
    for side, binds in enumerate((before, after)):
        for each in list(binds):
            if (constant := canons[side].inlined(each)) is not None:
                names[side][each.name] = constant
                binds.remove(each)
    for one in list(before):
        other = next((each for each in after if each.name == one.name), None)
        if other is not None:
            names[0][one.name] = names[1][other.name] = differ.fresh()
            before.remove(one)
            after.remove(other)
    for same in (True, False):
        _renamed(differ, before, after, names, scope, same)
    for side, binds in enumerate((before, after)):
        for each in binds:
            names[side][each.name] = differ.fresh()
    return scope.inner(*names)


def _renamed(
    differ: Differ,
    old: list[m.Bind],
    new: list[m.Bind],
    names: tuple[dict[str, Form], dict[str, Form]],
    scope: Scope,
    same: bool,
) -> None:
    """Pair what is left by value, one after the other, since one may be made of the one before."""
    for one in list(old):
        inner = scope.inner(*names)
        form = differ.old_canon.of(one.value or one.call, inner.old)
        for other in new:
            if not same or form == differ.new_canon.of(other.value or other.call, inner.new):
                names[0][one.name] = names[1][other.name] = differ.fresh()
                old.remove(one)
                new.remove(other)
                break


# --- what can become what -----------------------------------------------------------------------


def kind_of(statement: m.Statement) -> object:
    """Return what a statement has to share with another one that it may have become."""
    match statement:
        case m.Trouble(name=name):
            return "heals" if name in troubles.HEALING else "breaks"
        case m.FaultUse():
            return "breaks"
        case m.Expect(expectation=expectation):
            name = expectation.measure.name if isinstance(expectation, m.ExpectMeasure) else ""
            return ("expect", expectation.kind, name.removesuffix(" over time"))
        case m.Bind(call=call) | m.Invoke(call=call):
            return ("call", call is not None)
    return statement.kind


def _bonus(differ: Differ, old: m.Statement, new: m.Statement, scope: Scope) -> float:
    """Judge what likeness of words does not show: the same fault, the same moment."""
    match old, new:
        case m.Trouble(name=a), m.Trouble(name=b):
            return 0.5 if a == b else 0.0
        case m.FaultUse(key=a), m.FaultUse(key=b):
            return 0.5 if differ.old.identity(a) == differ.new.identity(b) else 0.0
        case m.At(when=a), m.At(when=b):
            return 0.3 if differ.same(a, b, scope) else 0.0
        case m.Run(), m.Run():
            return 0.3
        case m.Bind(), m.Bind():
            return 0.5 if scope.old.get(old.name) == scope.new.get(new.name) else 0.0
        case m.Expect(), m.Expect():
            if isinstance(old.expectation, m.ExpectNoLogLine):
                patterns = old.expectation.pattern, getattr(new.expectation, "pattern", None)
                return 0.5 if differ.same(*patterns, scope) else 0.0
            measured = isinstance(old.expectation, m.ExpectMeasure)
            return 0.3 if measured or isinstance(old.expectation, m.ExpectHistory) else 0.0
    return 0.0


# --- gone and new -------------------------------------------------------------------------------


def gone(differ: Differ, statement: m.Statement) -> None:
    kind, verdict = loss(statement)
    differ.add(verdict, kind, kind, statement)


def come(differ: Differ, statement: m.Statement) -> None:
    kind, verdict = loss(statement)
    differ.add(verdict.mirrored, kind, kind, None, statement)


def loss(statement: m.Statement) -> tuple[str, Verdict]:
    """Return what is lost with a statement, and the verdict of losing it."""
    if isinstance(statement, m.Run | m.Over):
        return ("load", WEAKER)
    if isinstance(statement, _CHECKS):
        return ("expectation", WEAKER)
    if troubles.harmful(statement):
        return ("fault", WEAKER)
    if any(isinstance(each, _CHECKS) for each in m.walk(statement)):
        return ("expectation", WEAKER)
    if any(isinstance(each, m.Heal | m.Trouble) for each in m.walk(statement)):
        return ("fault", STRONGER)
    return ("step", NEUTRAL if isinstance(statement, m.Mark) else DIFFERENT)
