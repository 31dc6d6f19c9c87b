"""What a troubled link does to frames, without a network: the switch's decisions."""

from typing import Any

from planc_runtime.clusters.lab.frames import VNET_HEADER
from planc_runtime.clusters.lab.impairing import QUEUE, Departures, Link

FRAME = bytes(VNET_HEADER) + bytes(range(100))


def link(seed: str = "7", source: str = "a", **rule: Any) -> Link:
    made = Link(source, "b", seed)
    made.shape(rule)
    return made


def carried(one: Link, count: int = 1000, *, every: float = 0.001) -> list[Departures]:
    return [one.carry(FRAME, number * every) for number in range(count)]


def test_the_same_seed_is_the_same_fate() -> None:
    troubled: dict[str, Any] = {"delay": 0.02, "jitter": 0.01, "loss": 0.2, "duplicate": 0.1,
                                "reorder": 0.1, "corrupt": 0.1}  # fmt: skip
    once = carried(link(**troubled))
    assert once == carried(link(**troubled))
    assert once != carried(link("8", **troubled))
    assert once != carried(link(source="c", **troubled))


def test_the_share_that_is_lost_is_the_share_asked_for() -> None:
    one = link(loss=0.05)
    lost = sum(not departures for departures in carried(one, 20_000))
    assert 0.045 < lost / 20_000 < 0.055
    assert one.counts["dropped"] == lost


def test_delay_alone_keeps_order_and_bytes() -> None:
    for number, departures in enumerate(carried(link(delay=0.05))):
        assert departures == [(number * 0.001 + 0.05, FRAME)]


def test_jitter_stays_in_its_bounds_and_in_order() -> None:
    dues = [departures[0][0] for departures in carried(link(delay=0.05, jitter=0.03))]
    late = [due - number * 0.001 for number, due in enumerate(dues)]
    assert dues == sorted(dues)
    assert min(late) >= 0.02
    assert max(late) <= 0.08
    assert max(late) - min(late) > 0.03


def test_some_are_overtaken() -> None:
    dues = [departures[0][0] for departures in carried(link(reorder=0.2))]
    assert dues != sorted(dues)


def test_a_duplicate_is_a_second_departure() -> None:
    assert all(len(departures) == 2 for departures in carried(link(duplicate=1.0)))


def test_a_narrow_link_takes_as_long_as_its_rate_says() -> None:
    dues = [departures[0][0] for departures in carried(link(rate=8000.0), 10, every=0.0)]
    assert [round(due, 6) for due in dues] == [round(0.1 * n, 6) for n in range(1, 11)]


def test_the_queue_of_a_narrow_link_has_an_end() -> None:
    one = link(rate=8000.0)
    one.queued = QUEUE
    assert one.carry(FRAME, 0.0) == []
    assert one.counts["overflowed"] == 1


def test_a_probe_takes_the_time_and_nothing_else_befalls_it() -> None:
    one = link(delay=0.03, loss=1.0, duplicate=1.0, corrupt=1.0)
    assert one.probe(FRAME, 1.0) == [(1.03, FRAME)]


def test_a_shorter_delay_is_not_held_up_by_a_longer_one() -> None:
    one = link(delay=0.5)
    one.carry(FRAME, 0.0)
    one.shape({"delay": 0.1})
    assert one.carry(FRAME, 0.01)[0][0] < 0.2
