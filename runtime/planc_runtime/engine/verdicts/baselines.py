"""`not slower than baseline`: what is the baseline, and is what came after it slower?

The baseline is the part of the same run in which nothing was wrong yet: before the first fault, or
before the first mark where two marks were named and nothing went wrong at all. The same run is the
best baseline there is: the same machine, the same minute, the same processes. Where the run has no
such part, runs that this machine has kept stand in for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

from planc_runtime.checkers.measures import Measurement, counted, measure_part, show
from planc_runtime.checkers.measures.blocks import (
    HIGHER_IS_BETTER,
    IN_BLOCKS,
    Part,
    least_operations,
    values,
)
from planc_runtime.checkers.measures.compare import Answer, Ratio, block_length, compare, times
from planc_runtime.engine.verdicts.kept_runs import KeptRuns, Runs
from planc_runtime.history.operation import Operation
from planc_runtime.history.verdict import Result, Verdict
from planc_runtime.history.windows import Intervals, Timeline, Window, WindowKind
from planc_runtime.plan.expectations import Measure, NotSlower
from planc_runtime.plan.expr import value_of

if TYPE_CHECKING:
    from planc_runtime.engine.stage import Stage

RESULT = {
    Answer.NO_WORSE: Result.PASSED,
    Answer.WORSE: Result.FAILED,
    Answer.UNKNOWN: Result.INCONCLUSIVE,
}


@dataclass(frozen=True, slots=True)
class Question:
    measure: Measure
    of: str | None
    by: float
    """The share that it may be worse by."""

    @property
    def higher_is_better(self) -> bool:
        return self.measure.name in HIGHER_IS_BETTER

    @property
    def wanted(self) -> str:
        if self.higher_is_better:
            return f">= {times(1 - self.by)} the baseline"
        return f"<= {times(1 + self.by)} the baseline"

    def blocks(self, part: Part, length: float) -> list[float]:
        return values(self.measure.name, self.measure.stat, part, length)

    def whole(self, part: Part) -> Measurement:
        return measure_part(self.measure.name, part, of=self.of, stat=self.measure.stat)

    @property
    def least(self) -> int:
        return least_operations(self.measure.name, self.measure.stat)


def not_slower(wanted: NotSlower, window: Window | None, stage: Stage) -> Verdict:
    """Compare a part of the run with its baseline, block by block."""
    assert isinstance(wanted.measure, Measure)
    scope, measure = stage.scope(), wanted.measure
    of = None if measure.of is None else str(value_of(measure.of, scope))
    question = Question(measure, of, float(value_of(wanted.by, scope)))
    if measure.name not in IN_BLOCKS:
        reason = f"a run has one {measure.name}: there is nothing to compare it with block by block"
        return Verdict(Result.INCONCLUSIVE, reason, question.wanted)
    history = stage.history if measure.on is None else stage.history.of_workload(measure.on.name)
    timeline = stage.timeline()
    try:
        before, after = parts(question, history, timeline, measure.window or window)
    except KeyError as missing:
        reason = f"the mark {missing.args[0]!r} was never set"
        return Verdict(Result.INCONCLUSIVE, reason, question.wanted)
    if before is None:
        return _against_kept_runs(question, after, stage, wanted.describe())
    return within_one_run(question, before, after)


def parts(
    question: Question, history: Any, timeline: Timeline, window: Window | None
) -> tuple[Part | None, Part]:
    """Return the baseline, None where the run has none, and what is to be compared with it.

    The two never share an operation. Raises KeyError for a mark that was never set.
    """
    window = window or Window()
    chosen = counted(question.measure.name, timeline.select(history, window), question.of)
    spans = timeline.intervals(window)
    begins = min((fault.start for fault in timeline.faults), default=inf)
    if not timeline.faults and window.kind is WindowKind.BETWEEN:
        begins = timeline.marks[window.first]
    rest = spans.within(begins, inf) if begins < inf else Intervals()
    if window.kind is WindowKind.BEFORE_FAULTS or rest.duration <= 0:
        return None, Part(chosen, spans)
    known = counted(question.measure.name, history, question.of)
    before = [o for o in known if _ended(o, timeline) < begins]
    after = [o for o in chosen if _ended(o, timeline) >= begins]
    return Part(before, Intervals(((timeline.start, begins),))), Part(after, rest)


def _ended(operation: Operation, timeline: Timeline) -> float:
    return timeline.end if operation.completed is None else operation.completed


def within_one_run(question: Question, before: Part, after: Part) -> Verdict:
    cut = block_length([before.size, after.size], question.least)
    if cut.reason:
        return Verdict(Result.INCONCLUSIVE, f"can't tell: {cut.reason}", question.wanted)
    then, now = question.blocks(before, cut.length), question.blocks(after, cut.length)
    if not then or not now:
        reason = "can't tell: no block of one of the two parts could be measured"
        return Verdict(Result.INCONCLUSIVE, reason, question.wanted)
    baseline = f"the {question.whole(before).text} before"
    return _verdict(question, after, compare(then, now), baseline, (then, now), cut.length)


def _verdict(
    question: Question,
    after: Part,
    ratio: Ratio,
    baseline: str,
    blocks: tuple[Sequence[float], Sequence[float]],
    length: float,
) -> Verdict:
    answer = ratio.answer(question.by, higher_is_better=question.higher_is_better)
    whole = question.whole(after)
    then, now = blocks
    counts = f"{len(now)} and {len(then)} blocks of {length:.3g} s"
    text = f"{question.measure.describe()} was {whole.text}, {ratio.text} {baseline}, by {counts}"
    if answer is Answer.UNKNOWN:
        text = f"can't tell: {text}"
    unit = whole.unit
    evidence = [f"{name}: {' '.join(show(value, unit) for value in sorted(series))}"
                for name, series in (("baseline", then), ("now", now))]  # fmt: skip
    data = {
        "value": whole.value,
        "unit": unit,
        "samples": whole.samples,
        "ratio": ratio.value,
        "interval": [ratio.low, ratio.high],
        "blocks": {"seconds": length, "baseline": list(then), "now": list(now)},
    }
    failed = answer is not Answer.NO_WORSE
    return Verdict(RESULT[answer], text, question.wanted, evidence if failed else (), data)


# --- against runs that were kept ---------------------------------------------------------------


def _against_kept_runs(question: Question, after: Part, stage: Stage, text: str) -> Verdict:
    kept = KeptRuns.of(stage, text)
    runs = kept.read()
    cut = block_length([after.size], question.least)
    length = max(runs.length, cut.length) if runs.values else cut.length
    if cut.reason or (runs.values and runs.length < cut.length):
        reason = cut.reason or "the baseline's blocks hold too few operations for this measure"
        return Verdict(Result.INCONCLUSIVE, f"can't tell: {reason}", question.wanted)
    now = question.blocks(after, length)
    if not runs.enough:
        return _collect(question, after, kept, Runs(length, (*runs.values, tuple(now))))
    ratios = [compare(then, now) for then in runs.values]
    answers = {
        each.answer(question.by, higher_is_better=question.higher_is_better) for each in ratios
    }
    # Runs differ among each other by more than the blocks of one: all of them must agree.
    if len(answers) == 1:
        nearest = min(ratios, key=lambda each: abs(each.value - 1))
    else:
        low, high = min(each.low for each in ratios), max(each.high for each in ratios)
        nearest = Ratio(sorted(each.value for each in ratios)[len(ratios) // 2], low, high)
    then = runs.values[ratios.index(nearest)] if nearest in ratios else runs.values[0]
    baseline = f"that of each of {len(runs.values)} runs kept by this machine"
    return _verdict(question, after, nearest, baseline, (then, now), length)


def _collect(question: Question, after: Part, kept: KeptRuns, runs: Runs) -> Verdict:
    whole = question.whole(after)
    where = kept.keep(runs)
    reason = (
        f"can't tell yet: {question.measure.describe()} was {whole.text};"
        f" this run is {where} (run {len(runs.values)} of {runs.needed})"
    )
    data = {"value": whole.value, "unit": whole.unit, "samples": whole.samples}
    return Verdict(Result.INCONCLUSIVE, reason, question.wanted, (), data)
