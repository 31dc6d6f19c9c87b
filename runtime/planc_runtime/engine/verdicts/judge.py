"""Judge an expectation: by a checker, by a measure, or as a plain condition."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import isinf
from typing import TYPE_CHECKING, Any

from planc_runtime.checkers import (
    HISTORY_CHECKS,
    NEED_FINAL_READS,
    NEED_FINAL_READS_OF_EACH_NODE,
    Budget,
)
from planc_runtime.checkers.measures import Measurement, measure, of_metric, show
from planc_runtime.engine import conditions
from planc_runtime.engine.escapes import find_escape
from planc_runtime.engine.nodes.node import ClusterNode
from planc_runtime.engine.verdicts.baselines import not_slower
from planc_runtime.engine.verdicts.finals import read_finals
from planc_runtime.engine.verdicts.log_lines import no_log_line
from planc_runtime.history.history import History
from planc_runtime.history.verdict import Result, Verdict
from planc_runtime.history.windows import Window
from planc_runtime.plan.expectations import (
    AcknowledgedWrites,
    HistoryIs,
    IllegalRefused,
    Judged,
    Measure,
    Near,
    NoLogLine,
    NotSlower,
)
from planc_runtime.plan.expr import BINARY, Binary, Expr, describe, value_of
from planc_runtime.plan.forms import Both, Either, Negate
from planc_runtime.plan.scope import Missing
from planc_runtime.plan.targets import nodes_in

if TYPE_CHECKING:
    from planc_runtime.engine.stage import Stage

LOST = "no-acknowledged-write-lost"
OPPOSITE = {
    Result.PASSED: Result.FAILED,
    Result.FAILED: Result.PASSED,
    Result.INCONCLUSIVE: Result.INCONCLUSIVE,
}


async def judge(expectation: Any, window: Window | None, stage: Stage) -> Verdict:
    """Return the verdict on an expectation, over a window of the run where one is named."""
    match expectation:
        case HistoryIs():
            return await _history(expectation, window, stage)
        case AcknowledgedWrites():
            return await _acknowledged(expectation, stage)
        case IllegalRefused():
            return _illegal(stage)
        case Near():
            return await _near(expectation, window, stage)
        case NoLogLine():
            return no_log_line(expectation, window, stage)
        case NotSlower():
            return not_slower(expectation, window, stage)
        case Negate(inner=inner) if is_judged(inner):
            return _negated(await judge(inner, window, stage))
        case Either(left=left, right=right) if is_judged(left) or is_judged(right):
            return _best(*[await judge(side, window, stage) for side in (left, right)])
        case Both(left=left, right=right) if is_judged(left) or is_judged(right):
            return _worst(*[await judge(side, window, stage) for side in (left, right)])
        case Binary() if is_judged(expectation):
            return await _compared(expectation, window, stage)
    return await _condition(expectation, window, stage)


def is_judged(thing: Any) -> bool:
    """Say whether an expression speaks of the run as a whole."""
    return isinstance(thing, Judged) or (
        isinstance(thing, Expr) and any(is_judged(part) for part in thing.parts())
    )


# --- histories ----------------------------------------------------------------------------------


async def _history(wanted: HistoryIs, window: Window | None, stage: Stage) -> Verdict:
    if wanted.prop in NEED_FINAL_READS | NEED_FINAL_READS_OF_EACH_NODE:
        await read_finals(stage, each_node=wanted.prop in NEED_FINAL_READS_OF_EACH_NODE)
    history = _of(wanted.workload, stage)
    if window is not None:
        history = stage.timeline().select(history, window)
    options = {} if wanted.model is None else {"model": _model(wanted.model, stage)}
    verdict = _check(wanted.prop, history, options)
    return verdict if wanted.holds else _weakness(verdict, f"not {wanted.prop}")


def _model(name: str, stage: Stage) -> Any:
    """Return a model's name, or the function that `module:function` refers to."""
    return find_escape(name, stage.folders()) if ":" in name else name


def _of(workload: Any, stage: Stage) -> History:
    return stage.history if workload is None else stage.history.of_workload(workload.name)


def _check(name: str, history: History, options: dict[str, Any]) -> Verdict:
    if name not in HISTORY_CHECKS:
        return Verdict(Result.INCONCLUSIVE, f"planc has no checker for {name} yet", name)
    if not len(history):
        return Verdict(Result.INCONCLUSIVE, "no operation was attempted", name)
    return HISTORY_CHECKS[name](history, options=options, budget=Budget())


def _weakness(verdict: Verdict, wanted: str) -> Verdict:
    """Turn a verdict round: a known weakness must show, and its evidence is what was wanted."""
    return replace(verdict, result=OPPOSITE[verdict.result], wanted=wanted)


async def _acknowledged(wanted: AcknowledgedWrites, stage: Stage) -> Verdict:
    unavailable = await read_finals(stage)
    if unavailable is not None:
        return Verdict(Result.INCONCLUSIVE, unavailable, wanted.describe())
    verdict = _check(LOST, stage.history, {})
    return _weakness(verdict, wanted.describe()) if wanted.lost else verdict


def _illegal(stage: Stage) -> Verdict:
    if not stage.explorations:
        wanted = "every illegal transition is refused"
        return Verdict(Result.INCONCLUSIVE, "nothing was explored", wanted)
    return _worst(*(found.illegal_verdict() for found in stage.explorations))


# --- measures -----------------------------------------------------------------------------------


def measured(wanted: Measure, window: Window | None, stage: Stage) -> Measurement:
    """Read a measure off the history; the window said with the measure goes first."""
    if wanted.metric is not None:
        return _of_metric(wanted, window, stage)
    scope = stage.scope()
    of = None if wanted.of is None else str(value_of(wanted.of, scope))
    return measure(
        wanted.name,
        _of(wanted.on, stage),
        stage.timeline(),
        of=of,
        stat=wanted.stat,
        window=wanted.window or window,
        readings=_readings(wanted, stage),
    )


def _readings(wanted: Measure, stage: Stage) -> Mapping[str, Sequence[tuple[float, float]]] | None:
    if wanted.target is None:
        return None
    what = "memory" if wanted.name.startswith("memory") else "files"
    return stage.gauges.readings(wanted.target, what)


def _of_metric(wanted: Measure, window: Window | None, stage: Stage) -> Measurement:
    """Read a metric off what its nodes have shown; raises Missing, and KeyError for a mark."""
    scope = stage.scope()
    labels = value_of(wanted.labels, scope) if wanted.labels is not None else {}
    plain = {str(name): str(value) for name, value in dict(labels).items()}
    name = str(value_of(wanted.metric, scope))
    spans = stage.timeline().intervals(wanted.window or window or Window())
    scraped = stage.scraper.scraped(_nodes(wanted, stage), name, plain)
    return of_metric(name, wanted.stat or "", scraped, spans)


def _nodes(wanted: Measure, stage: Stage) -> list[ClusterNode]:
    assert wanted.target is not None
    named = {(node.cluster, node.name) for node in nodes_in(wanted.target, stage.scope())}
    return [node for node in stage.patients() if (node.cluster, node.name) in named]


async def _look_again(measure: Any, stage: Stage) -> None:
    if isinstance(measure, Measure) and measure.metric is not None:
        await stage.scraper.look(_nodes(measure, stage))


async def _compared(wanted: Binary, window: Window | None, stage: Stage) -> Verdict:
    """Judge `MEASURE < value`, whichever side the measure stands on."""
    left, right = wanted.left, wanted.right
    if not isinstance(left, Measure) and isinstance(right, Measure):
        left, right = right, left
        mirrored = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
        return await _compared(
            Binary(mirrored.get(wanted.symbol, wanted.symbol), left, right), window, stage
        )
    if not isinstance(left, Measure):
        words = f"`{wanted.describe()}` cannot be judged: a measure stands deep inside it"
        return Verdict(Result.INCONCLUSIVE, words)
    try:
        await _look_again(left, stage)
        found = measured(left, window, stage)
        limit = _limit(right, window, stage)
    except (KeyError, Missing) as missing:
        return Verdict(Result.INCONCLUSIVE, _no_mark(missing), wanted.describe())
    if limit is None:
        return Verdict(Result.INCONCLUSIVE, f"{describe(right)} could not be measured")
    return _verdict(left, found, f"{wanted.symbol} {show(limit, found.unit)}",
                    lambda value: bool(BINARY[wanted.symbol](value, limit)))  # fmt: skip


def _limit(thing: Any, window: Window | None, stage: Stage) -> float | None:
    if isinstance(thing, Measure):
        return measured(thing, window, stage).value
    return float(value_of(thing, stage.scope()))


async def _near(wanted: Near, window: Window | None, stage: Stage) -> Verdict:
    assert isinstance(wanted.measure, Measure)
    try:
        await _look_again(wanted.measure, stage)
        found = measured(wanted.measure, window, stage)
        target = _limit(wanted.target, window, stage)
    except (KeyError, Missing) as missing:
        return Verdict(Result.INCONCLUSIVE, _no_mark(missing), wanted.describe())
    if target is None:
        return Verdict(Result.INCONCLUSIVE, f"{describe(wanted.target)} could not be measured")
    share = float(value_of(wanted.share, stage.scope()))
    words = f"within {show(share, 'ratio')} of {show(target, found.unit)}"
    return _verdict(
        wanted.measure, found, words, lambda value: abs(value - target) <= share * abs(target)
    )


def _verdict(
    wanted: Measure, found: Measurement, words: str, holds: Callable[[float], bool]
) -> Verdict:
    data = {"value": found.value, "unit": found.unit, "samples": found.samples, **found.data}
    if found.value is None:
        return Verdict(Result.INCONCLUSIVE, found.reason, words, (), data)
    broken = [node for node, value in found.each.items() if not holds(value)]
    if not found.each:
        text, failed = f"{wanted.describe()} was {found.text}", not holds(found.value)
    else:
        # Every node has to hold: one that does not is told, else the greatest.
        certain = [node for node in broken if not any(map(holds, found.bounds.get(node, ())))]
        node = (certain or broken or [max(found.each, key=found.each.__getitem__)])[0]
        data["value"], failed = found.each[node], bool(broken)
        text = f"{wanted.describe()} was {show(found.each[node], found.unit)} on {node}"
        if broken and not certain:
            told = f"can't tell: {text}, and may be {_between(found, node)}"
            return Verdict(Result.INCONCLUSIVE, told, words, found.evidence, data)
    if not failed:
        return Verdict(Result.PASSED, text, words, (), data)
    return Verdict(Result.FAILED, text, words, found.evidence, data)


def _between(found: Measurement, node: str) -> str:
    low, high = (show(bound, found.unit) for bound in found.bounds[node])
    unknown = any(isinf(bound) for bound in found.bounds[node])
    return "anything: it rose in steps" if unknown else f"anything from {low} to {high}"


def _no_mark(missing: KeyError | Missing) -> str:
    if isinstance(missing, Missing):
        return missing.message
    return f"the mark {missing.args[0]!r} was never set"


# --- conditions ---------------------------------------------------------------------------------


async def _condition(expectation: Any, window: Window | None, stage: Stage) -> Verdict:
    await stage.observer.look_at_all()
    found = await conditions.look(expectation, stage, stage.world.now())
    wanted = describe(expectation)
    if found.holds is None:
        return Verdict(Result.FAILED, "it could not be evaluated", wanted, found.seen)
    if found.holds:
        return Verdict(Result.PASSED, "; ".join(found.seen), wanted)
    measured_text = "; ".join(found.seen) or "it does not hold"
    return Verdict(Result.FAILED, measured_text, wanted, found.seen if len(found.seen) > 1 else ())


def _negated(verdict: Verdict) -> Verdict:
    return replace(verdict, result=OPPOSITE[verdict.result], wanted=f"not {verdict.wanted}")


_WORST_FIRST = (Result.FAILED, Result.INCONCLUSIVE, Result.PASSED)


def _worst(*verdicts: Verdict) -> Verdict:
    return min(verdicts, key=lambda verdict: _WORST_FIRST.index(verdict.result))


def _best(*verdicts: Verdict) -> Verdict:
    return max(verdicts, key=lambda verdict: _WORST_FIRST.index(verdict.result))
