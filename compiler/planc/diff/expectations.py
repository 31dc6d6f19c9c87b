"""Expectations compared: limits, windows, properties of histories."""

from __future__ import annotations

from planc import model as m
from planc.diff import orders
from planc.diff.canon import Form
from planc.diff.change import DIFFERENT, STRONGER, WEAKER, Verdict, joined
from planc.diff.differ import Differ, Scope

_SESSIONS = ("read-your-writes", "monotonic-reads", "monotonic-writes", "writes-follow-reads")
_LEVELS = (
    "read-uncommitted",
    "read-committed",
    "read-atomic",
    "snapshot-isolated",
    "repeatable-read",
    "serializable",
    "session-serializable",
    "strict-serializable",
)
"""Isolation as it is judged, the weaker first."""
_IMPLIES = {
    *((_LEVELS[high], _LEVELS[low]) for high in range(len(_LEVELS)) for low in range(high)),
    *(("strong-snapshot-isolated", each) for each in _LEVELS[:4]),
    ("strict-serializable", "strong-snapshot-isolated"),
    ("watch-complete", "watch-ordered"),
    ("linearizable", "sequential"),
    *(("linearizable", each) for each in _SESSIONS),
    *(("sequential", each) for each in _SESSIONS),
    ("exactly-once", "at-least-once"),
}
"""A property and one that follows from it (Viotti and Vukolic, 2016)."""

_EASIER = {
    *(("during faults", each) for each in ("outside faults", "before faults", "after heal")),
    ("outside faults", "before faults"),
    ("outside faults", "after heal"),
    *((None, each) for each in ("outside faults", "before faults", "after heal", "between")),
}
"""A window and one in which the same is easier, being a calmer part or less of the run."""


def expect(differ: Differ, old: m.Expectation, new: m.Expectation, scope: Scope) -> None:
    """Compare two expectations of the same form."""
    match old, new:
        case m.ExpectCondition(), m.ExpectCondition():
            condition(differ, old.condition, new.condition, scope)
            window(differ, old.window, new.window, scope, (old, new))
        case m.ExpectHistory(), m.ExpectHistory():
            history(differ, old, new, scope)
        case m.ExpectMeasure(), m.ExpectMeasure():
            measured(differ, old, new, scope)
        case m.ExpectNoLogLine(), m.ExpectNoLogLine():
            log(differ, old, new, scope)
        case _:
            differ.add(DIFFERENT, "expectation", "the expectation", old, new, scope)


def condition(
    differ: Differ,
    old: m.Expression,
    new: m.Expression,
    scope: Scope,
    *,
    negated: bool = False,
    kind: str = "threshold",
) -> None:
    """Compare what must hold (`negated`: what must never hold)."""
    verdict = orders.condition(*differ.forms(old, new, scope))
    if verdict is DIFFERENT:
        kind = "condition"
    if verdict and negated:
        verdict = verdict.mirrored
    differ.add(verdict, kind, "the condition", old, new, scope)


def window(
    differ: Differ,
    old: m.Window | None,
    new: m.Window | None,
    scope: Scope,
    around: tuple[m.Item, m.Item],
) -> None:
    if differ.same(old, new, scope):
        return
    forms = (old.form if old else None, new.form if new else None)
    verdict = DIFFERENT
    if forms in _EASIER:
        verdict = WEAKER
    elif forms[::-1] in _EASIER:
        verdict = STRONGER
    shown = [
        side.text(each.span) if each else "the whole run"
        for side, each in ((differ.old, old), (differ.new, new))
    ]
    lines = (around[0].span, around[1].span)
    differ.add(verdict, "window", "the part of the run that is judged", old, new, scope,
               texts=(shown[0], shown[1]), lines=lines)  # fmt: skip


def history(differ: Differ, old: m.ExpectHistory, new: m.ExpectHistory, scope: Scope) -> None:
    if differ.same(old, new, scope):
        return
    steps: list[Verdict] = []
    if old.property != new.property:
        step = DIFFERENT
        if (old.property, new.property) in _IMPLIES:
            step = WEAKER
        elif (new.property, old.property) in _IMPLIES:
            step = STRONGER
        steps.append(step.mirrored if old.negated else step)
    if old.negated != new.negated or old.model != new.model:
        steps.append(DIFFERENT)
    steps += narrowed(differ, old.workload, new.workload, scope)
    differ.add(
        joined(steps) if steps else DIFFERENT,
        "expectation",
        "the property of the history",
        old,
        new,
        scope,
    )


def log(differ: Differ, old: m.ExpectNoLogLine, new: m.ExpectNoLogLine, scope: Scope) -> None:
    """Compare which lines are forbidden: their pattern, whose they are, when they were written."""
    window(differ, old.window, new.window, scope, (old, new))
    steps = [*narrowed(differ, old.target, new.target, scope)]
    if old.ignoring_case != new.ignoring_case:
        steps.append(STRONGER if new.ignoring_case else WEAKER)
    if not differ.same(old.pattern, new.pattern, scope):
        steps.append(pattern(old.pattern, new.pattern))
    if not differ.same(old.excepted, new.excepted, scope):
        steps.append(excepted(differ, old, new, scope))
    verdict = joined(steps) if steps else None
    texts = (differ.old.text(old.span), differ.new.text(new.span))
    differ.add(verdict, "expectation", "the lines that no log may hold", old, new, scope,
               texts=texts)  # fmt: skip


def pattern(old: m.Expression, new: m.Expression) -> Verdict:
    """Judge patterns that are lists of alternatives; of others nothing is known."""
    sides = [alternatives(old), alternatives(new)]
    if sides[0] > sides[1] > set():
        return WEAKER
    return STRONGER if sides[1] > sides[0] > set() else DIFFERENT


def alternatives(given: m.Expression) -> set[str]:
    """Return the alternatives of a pattern without groups: `a|b` is a and b."""
    text = given.value if isinstance(given, m.Constant) else None
    if not isinstance(text, str) or set("()[]\\") & set(text):
        return set()
    return set(text.split("|"))


def excepted(
    differ: Differ, old: m.ExpectNoLogLine, new: m.ExpectNoLogLine, scope: Scope
) -> Verdict:
    """Judge the exceptions: one more is weaker, one less stronger."""

    def known(one: m.Window, among: tuple[m.Window, ...], flip: bool) -> bool:
        return any(differ.same(*((each, one) if flip else (one, each)), scope) for each in among)

    fewer = all(known(each, old.excepted, True) for each in new.excepted)
    more = all(known(each, new.excepted, False) for each in old.excepted)
    return DIFFERENT if fewer == more else (STRONGER if fewer else WEAKER)


def narrowed(differ: Differ, old: object, new: object, scope: Scope) -> list[Verdict]:
    """Judge what is looked at: all of something (None) or one of it."""
    if differ.same(old, new, scope):
        return []
    if old is None or new is None:
        return [WEAKER if old is None else STRONGER]
    return [DIFFERENT]


# --- numbers ------------------------------------------------------------------------------------


def measured(differ: Differ, old: m.ExpectMeasure, new: m.ExpectMeasure, scope: Scope) -> None:
    before = len(differ.found)
    shown = measure_text(differ, new)
    subject(differ, old, new, scope)
    window(differ, old.measure.window, new.measure.window, scope, (old, new))
    verdict = limit(differ, old, new, scope)
    texts = (limit_text(differ, old, 0), limit_text(differ, new, 1))
    values = (old.amount or old.value, new.amount or new.value)
    differ.add(verdict, "threshold", f"the limit of {shown}", *values, scope,
               texts=texts, lines=(old.span, new.span))  # fmt: skip
    if len(differ.found) == before and not differ.same(old, new, scope):
        differ.add(DIFFERENT, "expectation", "the expectation", old, new, scope)


def measure_text(differ: Differ, expectation: m.ExpectMeasure) -> str:
    measure = expectation.measure
    return f"`{differ.new.text(measure.span) or measure.name}`"


def limit_text(differ: Differ, expectation: m.ExpectMeasure, which: int) -> str:
    side = (differ.old, differ.new)[which]
    value = side.text(expectation.value.span) if expectation.value else ""
    amount = side.text(expectation.amount.span) if expectation.amount else ""
    if expectation.form == "within":
        return f"within {amount} of {value}"
    if expectation.form == "baseline":
        return f"not slower than baseline by {amount}"
    return f"{expectation.form} {value}"


def subject(differ: Differ, old: m.ExpectMeasure, new: m.ExpectMeasure, scope: Scope) -> None:
    """Compare what is measured: which percentile, of which operation, on which workload."""
    a, b = old.measure, new.measure
    lines = (old.span, new.span)
    if a.name != b.name:
        shown = (differ.old.text(a.span), differ.new.text(b.span))
        differ.add(DIFFERENT, "expectation", "what is measured", a, b, scope,
                   texts=shown, lines=lines)  # fmt: skip
    if a.stat != b.stat and a.metric is None:
        verdict = percentile(a.stat, b.stat)
        if old.form in (">", ">="):
            verdict = verdict.mirrored
        if old.form != new.form:
            verdict = DIFFERENT
        shown = (f"{a.stat} {a.name}", f"{b.stat} {b.name}")
        differ.add(verdict, "threshold", "the percentile", a, b, scope, texts=shown, lines=lines)
    looked = [
        *narrowed(differ, a.of, b.of, scope),
        *narrowed(differ, a.workload, b.workload, scope),
    ]
    if looked:
        shown = (differ.old.text(a.span), differ.new.text(b.span))
        verdict = joined(looked)
        differ.add(verdict, "window", "what is measured", a, b, scope, texts=shown, lines=lines)
    metrics = ((a.stat, a.metric, a.labels), (b.stat, b.metric, b.labels))
    if a.metric is not None and not differ.same(*metrics, scope):
        shown = (differ.old.text(a.span), differ.new.text(b.span))
        named = differ.same(metrics[0][1:], metrics[1][1:], scope) and old.form == new.form
        verdict = extreme(a.stat, b.stat, old.form) if named else DIFFERENT
        differ.add(verdict, "expectation", "the metric", a, b, scope, texts=shown, lines=lines)
    if not differ.same(a.target, b.target, scope):
        verdict = watched(*differ.forms(a.target, b.target, scope))
        differ.add(verdict, "target", "what is measured", a, b, scope, lines=lines)


_EXTREMES = ("min", "mean", "max")
"""What a metric comes to over time, the least first."""


def extreme(old: str | None, new: str | None, form: str) -> Verdict:
    """Judge the step to another extreme: the mean stays below a limit where the maximum does."""
    if old not in _EXTREMES or new not in _EXTREMES or form not in ("<", "<=", ">", ">="):
        return DIFFERENT
    higher = _EXTREMES.index(new) > _EXTREMES.index(old)
    return STRONGER if higher == (form in ("<", "<=")) else WEAKER


def watched(old: Form, new: Form) -> Verdict:
    """Judge whose numbers are looked at: each node of a cluster, or one of them."""
    if new[:2] == ("node", _each(old)):
        return WEAKER
    return STRONGER if old[:2] == ("node", _each(new)) else DIFFERENT


def _each(form: Form) -> Form | None:
    """Return the cluster of which each node is meant."""
    match form:
        case ("apply", "each", _, (cluster,)):
            return cluster
    return None


def percentile(old: str | None, new: str | None) -> Verdict:
    """Judge the step to another percentile of which it must stay below something."""
    ranks = [rank(each) for each in (old, new)]
    if ranks[0] is None or ranks[1] is None:
        return DIFFERENT
    return STRONGER if ranks[1] > ranks[0] else WEAKER


def rank(stat: str | None) -> float | None:
    if stat == "max":
        return 100.5
    return float(stat[1:]) if stat and stat.startswith("p") else None


def limit(
    differ: Differ, old: m.ExpectMeasure, new: m.ExpectMeasure, scope: Scope
) -> Verdict | None:
    """Compare what a measure is held to."""
    values = differ.forms(old.value, new.value, scope)
    amounts = differ.forms(old.amount, new.amount, scope)
    forms = (old.form, new.form)
    if forms[0] == forms[1] and forms[0] in ("within", "baseline"):
        if values[0] != values[1]:
            return DIFFERENT
        return orders.amount(*amounts, WEAKER)
    if "within" in forms or "baseline" in forms:
        return DIFFERENT
    what = ("what is measured",)
    return orders.condition(
        compared(old.form, what, values[0]), compared(new.form, what, values[1])
    )


def compared(op: str, what: Form, value: Form) -> Form:
    """Return the form of `what op value`, as `canon` writes comparisons."""
    match op:
        case ">":
            return ("<", value, what)
        case ">=":
            return ("<=", value, what)
        case "<" | "<=":
            return (op, what, value)
    return (op, *sorted((what, value), key=repr))
