"""Rules on a link add up, and the lease that heals takes only its own away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planc_runtime.clusters.lab.leases import arrivals_told
from planc_runtime.clusters.lab.rules import Rules, shape_of, total
from planc_runtime.clusters.sim.link import Link
from planc_runtime.protocols.rules import LinkRule

PAIR = ("a", "b")
PAIRS = frozenset({PAIR})
chances = st.sampled_from([0.0, 0.05, 0.3, 1.0])
rules = st.builds(
    LinkRule,
    cut=st.booleans(),
    refuse=st.booleans(),
    delay=chances,
    jitter=chances,
    loss=chances,
    duplicate=chances,
    reorder=chances,
    corrupt=chances,
    rate=st.sampled_from([None, 1e4, 1e6]),
)


@given(st.lists(rules, max_size=4))
def test_the_lab_sums_rules_as_the_simulator_does(held: list[LinkRule]) -> None:
    link = Link("a", "b", "seed")
    for rule in held:
        link.add(rule)
    sum_ = total(held)
    for name in ("cut", "refuse", "delay", "jitter", "rate"):
        assert getattr(sum_, name) == getattr(link, name), name
    for name in ("loss", "duplicate", "reorder", "corrupt"):
        assert abs(getattr(sum_, name) - getattr(link, name)) < 1e-12, name


@given(st.lists(rules, min_size=1, max_size=4), st.randoms())
def test_healing_in_any_order_ends_clean(held: list[LinkRule], random: object) -> None:
    book = Rules()
    for rule in held:
        book.add(PAIRS, rule)
    order = list(held)
    random.shuffle(order)  # type: ignore[attr-defined]
    for rule in order:
        before, now = book.remove(PAIRS, rule)[PAIR]
        assert before.cut >= now.cut
    assert book.of(PAIR) == LinkRule()


def test_two_equal_rules_are_two() -> None:
    book = Rules()
    first, second = LinkRule(cut=True), LinkRule(cut=True)
    book.add(PAIRS, first)
    book.add(PAIRS, second)
    assert book.remove(PAIRS, first)[PAIR][1].cut
    assert not book.remove(PAIRS, second)[PAIR][1].cut


def test_a_cut_is_no_work_for_the_switch() -> None:
    assert shape_of(LinkRule(cut=True, refuse=True)) is None
    assert shape_of(LinkRule(delay=0.02, rate=8e6)) == {"delay": 0.02, "rate": 8e6}


@pytest.mark.parametrize(
    ("sent", "lost", "told"),
    [
        (4, 0, "4 probes arrived"),
        (1, 0, "1 probe arrived"),
        (2, 2, "0 probes arrived"),
        (0, 0, "no probe was sent: they have other troubles"),
    ],
)
def test_what_is_told_of_a_heal_is_what_probes_have_shown(sent: int, lost: int, told: str) -> None:
    assert arrivals_told(sent, lost) == told
