"""Statements compared that belong together: how long, how often, under which condition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from planc import model as m
from planc.diff import expectations, orders, troubles
from planc.diff.blocks import block
from planc.diff.change import DIFFERENT, STRONGER, WEAKER, Verdict, by_set
from planc.diff.differ import Differ, Scope
from planc.diff.pairing import pair


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
