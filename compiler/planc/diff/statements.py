"""Blocks compared: which statements went, came, changed, or take place in another order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from planc import model as m
from planc.diff import expectations, orders, troubles
from planc.diff.canon import FLOATING, Form
from planc.diff.change import (
    DIFFERENT,
    NEUTRAL,
    STRONGER,
    WEAKER,
    Verdict,
    by_set,
)
from planc.diff.differ import Differ, Scope
from planc.diff.pairing import crossed, pair

Body = tuple[m.Statement, ...]
_CHECKS = (m.Always, m.Never, m.Eventually, m.Stays, m.Expect, m.WaitUntil, m.Explore)


def block(differ: Differ, old: Body, new: Body, scope: Scope) -> None:
    """Compare two blocks."""
    scope = bound(differ, old, new, scope)
    before, after = stated(differ.old_canon, old), stated(differ.new_canon, new)
    forms = ([differ.old_canon.of(each, scope.old) for each in before],
             [differ.new_canon.of(each, scope.new) for each in after])  # fmt: skip
    if forms[0] == forms[1]:
        return
    kinds = ([kind_of(each) for each in before], [kind_of(each) for each in after])
    pairs = pair(forms[0], forms[1], kinds, lambda i, j: _bonus(differ, before[i], after[j], scope))
    for i, j in pairs.changed:
        statement(differ, before[i], after[j], scope)
    for i in pairs.gone:
        gone(differ, before[i])
    for j in pairs.come:
        come(differ, after[j])
    if crossed([*pairs.same, *pairs.changed], lambda i: isinstance(before[i], FLOATING)):
        text = "what is done one after the other"
        differ.add(DIFFERENT, "order", text, tuple(before), tuple(after), texts=("", ""))


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
            return ("expect", expectation.kind, name)
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


# --- changed ------------------------------------------------------------------------------------


def statement(differ: Differ, old: m.Statement, new: m.Statement, scope: Scope) -> None:
    """Compare two statements that belong together; something is always found to tell."""
    before = len(differ.found)
    compare = _COMPARED.get(type(new)) if type(old) is type(new) else None
    if compare is not None:
        compare(differ, old, new, scope)
    elif troubles.harmful(old):
        differ.add(DIFFERENT, "fault", "the fault", old, new, scope)
    nested = any(name in new.__dict__ for name in ("body", "choices"))
    if len(differ.found) == before and not nested and not differ.same(old, new, scope):
        differ.add(DIFFERENT, "step", "the step", old, new, scope)


def run(differ: Differ, old: m.Run, new: m.Run, scope: Scope) -> None:
    loads = [[side.identity(each.key) for each in part.workloads]
             for side, part in ((differ.old, old), (differ.new, new))]  # fmt: skip
    lines = (old.span, new.span)
    verdict = by_set(loads[0], loads[1], STRONGER)
    if verdict is DIFFERENT and len(old.workloads) == len(new.workloads) == 1:
        verdict = exchanged(differ, old.workloads[0], new.workloads[0])
    shown = [", ".join(each.name for each in part.workloads) for part in (old, new)]
    differ.add(verdict, "load", "the load", texts=(shown[0], shown[1]), lines=lines)
    _lasting(differ, "duration", "the run", old.duration, new.duration, scope, lines)
    _lasting(differ, "load", "the rate", old.rate, new.rate, scope, lines)
    block(differ, old.body, new.body, scope)


def exchanged(differ: Differ, old: m.Reference, new: m.Reference) -> Verdict:
    """Judge one declaration in the place of another by what they are."""
    from planc.diff.declarations import compare

    one, other = differ.old.declarations.get(old.key), differ.new.declarations.get(new.key)
    if one is None or other is None:
        return DIFFERENT
    asked = differ.part()
    compare(asked, one, other)
    return asked.verdict


def _lasting(
    differ: Differ,
    kind: str,
    subject: str,
    old: m.Expression | None,
    new: m.Expression | None,
    scope: Scope,
    lines: tuple[Any, Any],
) -> None:
    """Compare how long or how much something is that is stronger when it is more."""
    before, after = differ.forms(old, new, scope)
    verdict = orders.amount(before, after, STRONGER)
    differ.add(verdict, kind, subject, old, new, scope, lines=lines)


def over(differ: Differ, old: m.Over, new: m.Over, scope: Scope) -> None:
    lines = (old.span, new.span)
    _lasting(differ, "duration", "the timeline", old.duration, new.duration, scope, lines)
    block(differ, old.body, new.body, scope)


def at(differ: Differ, old: m.At, new: m.At, scope: Scope) -> None:
    if not differ.same(old.when, new.when, scope):
        lines = (old.span, new.span)
        differ.add(DIFFERENT, "fault-rhythm", "the moment", old.when, new.when, scope, lines=lines)
    block(differ, old.body, new.body, scope)


def times(differ: Differ, old: m.RepeatTimes, new: m.RepeatTimes, scope: Scope) -> None:
    lines = (old.span, new.span)
    _lasting(differ, "fault-rhythm", "how often it is repeated", old.times, new.times, scope, lines)
    block(differ, old.body, new.body, scope)


def every(differ: Differ, old: m.RepeatEvery, new: m.RepeatEvery, scope: Scope) -> None:
    verdict = orders.amount(*differ.forms(old.every, new.every, scope), WEAKER)
    differ.add(verdict, "fault-rhythm", "the time from one to the next", old.every, new.every,
               scope, lines=(old.span, new.span))  # fmt: skip
    block(differ, old.body, new.body, scope)


def pick(differ: Differ, old: m.Pick, new: m.Pick, scope: Scope) -> None:
    if not differ.same(old.count, new.count, scope):
        _lasting(differ, "fault-rhythm", "how many are picked", old.count, new.count, scope,
                 (old.span, new.span))  # fmt: skip
    forms = ([differ.old_canon.block(each.body, scope.old) for each in old.choices],
             [differ.new_canon.block(each.body, scope.new) for each in new.choices])  # fmt: skip
    pairs = pair(*forms, ([0] * len(forms[0]), [0] * len(forms[1])))
    for i, j in [*pairs.same, *pairs.changed]:
        weights = (old.choices[i].weight, new.choices[j].weight)
        if not differ.same(*weights, scope):
            lines = (old.choices[i].span, new.choices[j].span)
            differ.add(DIFFERENT, "fault-rhythm", "the weight", *weights, scope, lines=lines)
    for i, j in pairs.changed:
        block(differ, old.choices[i].body, new.choices[j].body, scope)
    for i in pairs.gone:
        _choice(differ, old.choices[i], None)
    for j in pairs.come:
        _choice(differ, None, new.choices[j])


def _choice(differ: Differ, old: m.Weighted | None, new: m.Weighted | None) -> None:
    """Tell of a choice that is gone or new; one that does nothing leaves more to the others."""
    verdict = WEAKER if troubles.harmful(old or new) else DIFFERENT
    differ.add(verdict if old else verdict.mirrored, "fault", "one of the choices", old, new)


def loop(differ: Differ, old: m.For, new: m.For, scope: Scope) -> None:
    differ.different("step", "what is gone through", old.values, new.values, scope)
    name = differ.fresh()
    block(differ, old.body, new.body, scope.inner({old.name: name}, {new.name: name}))


def when(differ: Differ, old: m.When, new: m.When, scope: Scope) -> None:
    differ.different("condition", "when it is done", old.condition, new.condition, scope)
    block(differ, old.body, new.body, scope)
    block(differ, old.otherwise, new.otherwise, scope)


def together(differ: Differ, old: m.Together, new: m.Together, scope: Scope) -> None:
    asked = differ.part()
    block(asked, old.body, new.body, scope)
    differ.found += [each for each in asked.found if each.change.kind != "order"]


def within(
    differ: Differ,
    old: m.Eventually | m.WaitUntil,
    new: m.Eventually | m.WaitUntil,
    scope: Scope,
) -> None:
    verdict = orders.amount(*differ.forms(old.within, new.within, scope), WEAKER)
    differ.add(verdict, "window", "the time that it may take", old.within, new.within, scope,
               lines=(old.span, new.span))  # fmt: skip
    expectations.condition(differ, old.condition, new.condition, scope)


def stays(differ: Differ, old: m.Stays, new: m.Stays, scope: Scope) -> None:
    _lasting(differ, "window", "how long it must hold", old.duration, new.duration, scope,
             (old.span, new.span))  # fmt: skip
    expectations.condition(differ, old.condition, new.condition, scope)


def holds(differ: Differ, old: m.Always, new: m.Always, scope: Scope) -> None:
    expectations.condition(differ, old.condition, new.condition, scope)


def never(differ: Differ, old: m.Never, new: m.Never, scope: Scope) -> None:
    expectations.condition(differ, old.condition, new.condition, scope, negated=True)


def expect(differ: Differ, old: m.Expect, new: m.Expect, scope: Scope) -> None:
    expectations.expect(differ, old.expectation, new.expectation, scope)


def explore(differ: Differ, old: m.Explore, new: m.Explore, scope: Scope) -> None:
    _lasting(differ, "load", "the steps", old.steps, new.steps, scope, (old.span, new.span))


_COMPARED: dict[type[m.Statement], Callable[[Differ, Any, Any, Scope], None]] = {
    m.Run: run,
    m.Over: over,
    m.At: at,
    m.RepeatTimes: times,
    m.RepeatEvery: every,
    m.Pick: pick,
    m.For: loop,
    m.When: when,
    m.Together: together,
    m.Eventually: within,
    m.WaitUntil: within,
    m.Stays: stays,
    m.Always: holds,
    m.Never: never,
    m.Expect: expect,
    m.Explore: explore,
    m.Trouble: troubles.trouble,
    m.FaultUse: troubles.fault_use,
}
