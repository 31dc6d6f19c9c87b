"""Windows: which moments and which operations belong to them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planc_runtime.history import (
    FaultWindow,
    History,
    Intervals,
    Operation,
    Timeline,
    Window,
    WindowKind,
)
from support.histories import op, unknown

FAULTS = [FaultWindow("crash", 5, 10), FaultWindow("partition", 8, 12), FaultWindow("jump", 20, 20)]
TIMELINE = Timeline(0, 30, FAULTS, {"a": 3, "b": 6}, settle=2)


def selected(*operations: Operation, window: Window, timeline: Timeline = TIMELINE) -> list[str]:
    return [o.f for o in timeline.select(History(list(operations)), window)]


def test_intervals_of_each_window() -> None:
    def spans(kind: WindowKind) -> tuple[tuple[float, float], ...]:
        return TIMELINE.intervals(Window(kind)).spans

    assert spans(WindowKind.ALL) == ((0, 30),)
    assert spans(WindowKind.DURING_FAULTS) == ((5, 12), (20, 20))
    assert spans(WindowKind.OUTSIDE_FAULTS) == ((0, 5), (14, 20), (22, 30))
    assert spans(WindowKind.BEFORE_FAULTS) == ((0, 5),)
    assert spans(WindowKind.AFTER_HEAL) == ((20, 30),)
    assert TIMELINE.intervals(Window(WindowKind.BETWEEN, "a", "b")).spans == ((3, 6),)


def test_an_operation_is_during_faults_if_it_overlaps_one() -> None:
    operations = (
        op(0, "before", at=(4, 4.9)),
        op(0, "into", at=(4, 5)),
        op(0, "across", at=(4, 13)),
        op(0, "settling", at=(12.1, 13)),
        op(0, "instant", at=(19, 21)),
    )
    during = selected(*operations, window=Window(WindowKind.DURING_FAULTS))
    assert during == ["into", "across", "instant"]
    assert selected(*operations, window=Window(WindowKind.OUTSIDE_FAULTS)) == ["before"]


def test_an_operation_counts_from_its_intended_start() -> None:
    late = op(0, "late", at=(12.5, 13), intended=11)
    assert selected(late, window=Window(WindowKind.DURING_FAULTS)) == ["late"]


def test_an_operation_without_an_answer_lasts_until_the_end() -> None:
    lost = unknown(0, "lost", at=1)
    assert selected(lost, window=Window(WindowKind.DURING_FAULTS)) == ["lost"]
    assert selected(lost, window=Window(WindowKind.BEFORE_FAULTS)) == []


def test_after_heal_needs_every_fault_to_have_ended() -> None:
    after = op(0, "after", at=(21, 22))
    assert selected(after, window=Window(WindowKind.AFTER_HEAL)) == ["after"]
    open_fault = Timeline(0, 30, [*FAULTS, FaultWindow("pause", 1, None)])
    assert open_fault.intervals(Window(WindowKind.AFTER_HEAL)).spans == ()
    assert selected(after, window=Window(WindowKind.AFTER_HEAL), timeline=open_fault) == []
    assert open_fault.intervals(Window(WindowKind.DURING_FAULTS)).spans == ((1, 30),)


def test_where_nothing_was_broken_nothing_was_healed() -> None:
    sound = Timeline(0, 30)
    window = Window(WindowKind.AFTER_HEAL)
    assert sound.intervals(window).spans == ()
    assert selected(op(0, "read", at=(1, 2)), window=window, timeline=sound) == []
    assert sound.intervals(Window(WindowKind.BEFORE_FAULTS)).spans == ((0, 30),)


def test_a_mark_that_was_never_set_is_an_error() -> None:
    with pytest.raises(KeyError, match="nowhere"):
        TIMELINE.intervals(Window(WindowKind.BETWEEN, "a", "nowhere"))


NUMBERS = st.integers(0, 20)
SPANS = st.lists(st.tuples(NUMBERS, NUMBERS).map(lambda ends: (min(ends), max(ends))), max_size=6)


@given(spans=SPANS, probe=st.tuples(NUMBERS, NUMBERS).map(sorted))
def test_unions_touch_and_contain_what_their_parts_do(
    spans: list[tuple[int, int]], probe: list[int]
) -> None:
    union = Intervals.union(spans)
    start, end = probe
    assert union.touches(start, end) == any(a <= end and start <= b for a, b in spans)
    assert union.contains(start) == any(a <= start <= b for a, b in spans)
    assert union.duration + union.outside(0, 20).duration == 20
    assert all(b < c for (_, b), (c, _) in zip(union.spans, union.spans[1:], strict=False))
