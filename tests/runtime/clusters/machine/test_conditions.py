"""The sum of a machine's troubles, whatever comes and goes in whatever order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planc_runtime.clusters.machine import conditions
from planc_runtime.clusters.machine.conditions import Conditions
from planc_runtime.protocols.rules import ClockRule, DiskRule, ResourceRule

SECOND = 10**9


def wall(state: conditions.State, now: int) -> int:
    """What the routines in the node tell when it is `now`."""
    base, rate, offset = map(int, state["words"])
    return now + ((now - base) * rate >> 32) + offset


class Time:
    def __init__(self) -> None:
        self.now = 1_700_000_000 * SECOND

    def time_ns(self) -> int:
        return self.now


@pytest.fixture
def time_(monkeypatch: pytest.MonkeyPatch) -> Time:
    time = Time()
    monkeypatch.setattr(conditions, "time", time)
    return time


def test_drifts_that_change_keep_what_was_gained(time_: Time) -> None:
    machine = Conditions()
    first, second = ClockRule(drift=0.5), ClockRule(drift=-0.25)
    machine.clocks.append(first)
    machine.clock()
    time_.now += 10 * SECOND
    machine.clocks.append(second)
    state = machine.clock()
    assert wall(state, time_.now) - time_.now == pytest.approx(5 * SECOND, abs=10)
    time_.now += 4 * SECOND
    assert wall(state, time_.now) - time_.now == pytest.approx(6 * SECOND, abs=10)
    machine.clocks.append(ClockRule(offset=100.0))
    assert wall(machine.clock(), time_.now) - time_.now == pytest.approx(106 * SECOND, abs=10)
    machine.clocks.remove(first)
    machine.clocks.remove(second)
    assert wall(machine.clock(), time_.now) - time_.now == 100 * SECOND


RULES = st.lists(
    st.builds(ClockRule, offset=st.floats(-1e6, 1e6), drift=st.floats(-0.5, 0.5))
    | st.builds(DiskRule, delay=st.floats(0, 10), fail_sync=st.booleans())
    | st.builds(ResourceRule, cpu=st.none() | st.floats(0.01, 1.0))
    | st.builds(ResourceRule, memory=st.integers(1, 1 << 40))
    | st.builds(ResourceRule, files=st.just(True))
)


@given(RULES, st.randoms())
def test_a_machine_without_troubles_is_sound(rules: list[object], draw: object) -> None:
    machine = Conditions()
    kinds = {
        ClockRule: machine.clocks,
        DiskRule: machine.disks,
        ResourceRule: machine.resources,
    }
    for rule in rules:
        kinds[type(rule)].append(rule)  # type: ignore[attr-defined]
        machine.clock()
    draw.shuffle(rules)  # type: ignore[attr-defined]
    for rule in rules:
        kinds[type(rule)].remove(rule)  # type: ignore[attr-defined]
        machine.clock()

    assert machine.states() == []
    assert machine.clock()["words"] == [0, 0, 0]
    assert machine.disk() == {"what": "disk", "delay": 0, "fails": False, "full": False}
    assert machine.files()["low"] is False


def test_a_program_cannot_begin_without_descriptors() -> None:
    machine = Conditions()
    machine.resources += [ResourceRule(files=True), ResourceRule(cpu=0.5), ResourceRule(cpu=0.2)]

    assert machine.states() == [{"what": "cpu", "share": 0.2}]
