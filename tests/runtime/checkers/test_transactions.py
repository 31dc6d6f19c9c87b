"""Isolation: every anomaly by hand, and no false alarm on what did run one after the other."""

from __future__ import annotations

import random
from itertools import permutations
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from planc_runtime.checkers import HISTORY_CHECKS, Budget
from planc_runtime.checkers.linearizable import MODELS
from planc_runtime.checkers.order import precedes
from planc_runtime.checkers.transactions.dependencies import Dependencies
from planc_runtime.checkers.transactions.graph import Graph
from planc_runtime.checkers.transactions.transaction import transactions
from planc_runtime.checkers.transactions.versions import collect
from planc_runtime.history import History, Operation, Outcome, Result, Verdict
from support.histories import Shape, failed, history, lawful, op, unknown

Steps = list[list[Any]]


def judge(*operations: Operation, **options: Any) -> Verdict:
    check = HISTORY_CHECKS["serializable"]
    return check(history(*operations), options=options, budget=Budget())


def txn(process: int, steps: Steps, at: tuple[float, float] = (0, 10)) -> Operation:
    """Make a committed transaction whose reads found what `steps` says."""
    asked = [[f, key, None if f == "r" else value] for f, key, value in steps]
    return op(process, "txn", asked, at=at, value=steps)


def anomaly(*operations: Operation, **options: Any) -> str:
    verdict = judge(*operations, **options)
    assert verdict.result is Result.FAILED
    assert verdict.evidence
    return str(verdict.data["anomaly"])


def test_transactions_one_after_the_other_pass() -> None:
    verdict = judge(
        txn(1, [["append", "x", 1], ["r", "y", []]]),
        txn(2, [["append", "x", 2], ["append", "y", 1]]),
        txn(3, [["r", "x", [1, 2]], ["r", "y", [1]]]),
    )
    assert verdict.result is Result.PASSED
    assert verdict.measured == "3 transactions can be put in one order"


def test_a_cycle_of_writes_is_g0() -> None:
    assert (
        anomaly(
            txn(1, [["append", "x", 1], ["append", "y", 1]]),
            txn(2, [["append", "x", 2], ["append", "y", 2]]),
            txn(3, [["r", "x", [1, 2]]]),
            txn(4, [["r", "y", [2, 1]]]),
        )
        == "G0"
    )


def test_a_read_of_what_was_aborted_is_g1a() -> None:
    aborted = failed(1, "txn", [["append", "x", 1]], at=(0, 1), error="aborted")
    assert anomaly(aborted, txn(2, [["r", "x", [1]]])) == "G1a"


def test_a_read_of_an_intermediate_value_is_g1b() -> None:
    writer = txn(1, [["append", "x", 1], ["append", "x", 2]])
    assert anomaly(writer, txn(2, [["r", "x", [1]]])) == "G1b"
    assert judge(writer, txn(2, [["r", "x", [1, 2]]])).result is Result.PASSED


def test_circular_information_flow_is_g1c() -> None:
    assert (
        anomaly(
            txn(1, [["append", "x", 1], ["r", "y", [1]]]),
            txn(2, [["append", "y", 1], ["r", "x", [1]]]),
        )
        == "G1c"
    )


def test_read_skew_is_g_single() -> None:
    verdict = judge(
        txn(1, [["append", "x", 1], ["append", "y", 1]]),
        txn(2, [["r", "x", []], ["r", "y", [1]]]),
        txn(3, [["r", "x", [1]]]),
    )
    assert verdict.data["anomaly"] == "G-single"
    assert [line.split(":")[0] for line in verdict.evidence] == [
        "T1",
        "T2",
        "T1 comes before T2",
        "T2 comes before T1",
    ]
    assert "read x = nothing, which the next one replaced with 1" in verdict.evidence[2]


def test_write_skew_is_g2() -> None:
    assert (
        anomaly(
            txn(1, [["r", "x", []], ["append", "y", 1]]),
            txn(2, [["r", "y", []], ["append", "x", 1]]),
        )
        == "G2"
    )


def test_a_lost_update_of_a_register_is_found() -> None:
    name = anomaly(
        txn(0, [["w", "x", 1]]),
        txn(1, [["r", "x", 1], ["w", "x", 2]]),
        txn(2, [["r", "x", 1], ["w", "x", 3]]),
    )
    assert name == "G2"


@pytest.mark.parametrize(
    ("name", "steps"),
    [
        ("internal", [["append", "x", 1], ["r", "x", []]]),
        ("internal", [["r", "x", []], ["r", "x", [1]]]),
        ("garbage-read", [["r", "x", [99]]]),
        ("duplicate-elements", [["r", "x", [1, 1]]]),
    ],
)
def test_anomalies_of_one_transaction(name: str, steps: Steps) -> None:
    others = [txn(1, [["append", "x", 1]])] if name != "internal" or len(steps[1][2]) else []
    assert anomaly(*others, txn(2, steps)) == name


def test_reads_that_disagree_on_an_order() -> None:
    appends = [txn(n, [["append", "x", n]]) for n in (1, 2)]
    reads = [txn(3, [["r", "x", [1, 2]]]), txn(4, [["r", "x", [2, 1]]])]
    assert anomaly(*appends, *reads) == "incompatible-order"


def test_real_time_counts_only_when_asked_for() -> None:
    stale = (txn(1, [["append", "x", 1]], at=(0, 1)), txn(2, [["r", "x", []]], at=(2, 3)))
    seen = txn(3, [["r", "x", [1]]], at=(4, 5))
    assert judge(*stale, seen).result is Result.PASSED
    assert anomaly(*stale, seen, strict=True) == "G-single-realtime"


def test_a_transaction_of_unknown_outcome_counts_once_it_was_seen() -> None:
    lost = unknown(1, "txn", [["append", "x", 1], ["append", "y", 1]], at=0)
    assert judge(lost, txn(2, [["r", "x", []], ["r", "y", []]])).result is Result.PASSED
    torn = txn(2, [["r", "x", [1]], ["r", "y", []]])
    assert judge(lost, torn).result is Result.PASSED
    assert anomaly(lost, torn, txn(3, [["r", "y", [1]]])) == "G-single"


def test_plain_operations_are_transactions_of_one_step() -> None:
    operations = (
        op(1, "write", "x", 1, at=(0, 1)),
        op(1, "cas", "x", 1, 2, at=(2, 3)),
        op(2, "read", "x", at=(4, 5), value=2),
    )
    assert judge(*operations, strict=True).result is Result.PASSED
    stale = op(2, "read", "x", at=(6, 7), value=1)
    assert anomaly(*operations, stale, strict=True) == "G-single-realtime"


def test_a_value_that_came_back_is_not_taken_for_its_first_time() -> None:
    operations = (
        op(1, "write", "x", 1, at=(0, 1)),
        op(1, "cas", "x", 1, 2, at=(2, 3)),
        op(1, "write", "x", 1, at=(4, 5)),
        op(2, "read", "x", at=(6, 7), value=1),
    )
    assert judge(*operations, strict=True).result is Result.PASSED


def test_a_deleted_key_is_not_taken_for_one_that_was_never_written() -> None:
    operations = (
        op(1, "write", "x", 1, at=(0, 1)),
        op(1, "delete", "x", at=(2, 3)),
        op(2, "read", "x", at=(4, 5), value=None),
    )
    assert judge(*operations, strict=True).result is Result.PASSED


def test_nothing_committed_or_nothing_read_is_inconclusive() -> None:
    assert judge(unknown(1, "txn", [["append", "x", 1]], at=0)).result is Result.INCONCLUSIVE
    assert judge(txn(1, [["append", "x", 1]])).result is Result.INCONCLUSIVE


def serial(rng: random.Random, *, lists: bool) -> History:
    """Run transactions one after the other, each at a moment within its span."""
    state: dict[str, Any] = {}
    values = iter(range(1, 1000))
    made = []
    for number in range(rng.randrange(1, 15)):
        steps: Steps = []
        after = dict(state)
        for _ in range(rng.randrange(1, 4)):
            key = rng.choice("xyz")
            if rng.random() < 0.5:
                value = after.get(key)
                steps.append(["r", key, list(value or ()) if lists else value])
            else:
                value = next(values)
                steps.append(["append" if lists else "w", key, value])
                after[key] = (*(after.get(key) or ()), value) if lists else value
        asked = [[f, key, None if f == "r" else value] for f, key, value in steps]
        outcome = rng.choices(list(Outcome), [6, 1, 2])[0]
        at = (number - rng.random() * 2, number + rng.random() * 2)
        made.append(op(number, "txn", asked, at=at, value=steps, outcome=outcome))
        if outcome is Outcome.OK or (outcome is Outcome.UNKNOWN and rng.random() < 0.5):
            state = after
    return history(*made)


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 2**32), lists=st.booleans())
def test_a_serial_history_passes(seed: int, lists: bool) -> None:
    made = serial(random.Random(seed), lists=lists)
    assert judge(*made, strict=True).result is not Result.FAILED


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 2**32), values=st.sampled_from([None, 3]))
def test_a_linearizable_history_is_strictly_serializable(seed: int, values: int | None) -> None:
    kinds = ("read", "read", "write", "cas", "delete")
    shape = Shape(operations=40, keys=2, values=values, kinds=kinds)
    made = lawful(random.Random(seed), MODELS["register"], shape)
    assert judge(*made, strict=True).result is not Result.FAILED


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 2**32), lists=st.booleans())
def test_an_alarm_is_never_false(seed: int, lists: bool) -> None:
    rng = random.Random(seed)
    made = list(serial(rng, lists=lists))[:6]
    victim = rng.choice(made)
    reads = [step for step in victim.value if step[0] == "r"]
    assume(reads)
    rng.choice(reads)[2] = rng.choice([[], [1], [1, 2]] if lists else [None, 1, 2, 3])
    if judge(*made).result is Result.FAILED:
        assert not runs_in_some_order(made, lists=lists)


def runs_in_some_order(operations: list[Operation], *, lists: bool) -> bool:
    committed = [o.value for o in operations if o.outcome is Outcome.OK]
    maybe = [o.args[0] for o in operations if o.outcome is Outcome.UNKNOWN]
    return any(
        runs(order, lists=lists)
        for mask in range(1 << len(maybe))
        for order in permutations(
            [*committed, *([s for s in steps if s[0] != "r"] for i, steps in enumerate(maybe)
                           if mask & 1 << i)]
        )
    )  # fmt: skip


def runs(order: tuple[Steps, ...], *, lists: bool) -> bool:
    state: dict[str, Any] = {}
    for steps in order:
        for f, key, value in steps:
            if f != "r":
                state[key] = [*state.get(key, []), value] if lists else value
            elif state.get(key, [] if lists else None) != value:
                return False
    return True


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_real_time_edges_amount_to_what_ended_before_what_began(seed: int) -> None:
    made = serial(random.Random(seed), lists=True)
    txns = transactions(made)
    keys, _ = collect(txns)
    found = Dependencies(txns, keys)
    found.graph.edges.clear()
    found.add_real_time()
    numbers = [n for n, t in enumerate(txns) if t.committed]
    for earlier in numbers:
        for later in numbers:
            path = found.graph.path(earlier, later, ("rt",), range(len(txns)))
            before = precedes(txns[earlier].operation, txns[later].operation)
            assert (path is not None) == before


EDGES = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=25)


@given(EDGES)
def test_components_are_the_nodes_that_reach_each_other(edges: list[tuple[int, int]]) -> None:
    graph = Graph()
    for source, target in edges:
        graph.add(source, target, "ww", "")
    reach = {(a, b) for a, b in edges if a != b}
    for middle in range(9):
        reach |= {(a, d) for a, b in reach if b == middle for c, d in reach if c == middle}
    together = {frozenset(b for b in range(9) if b == a or {(a, b), (b, a)} <= reach)
                for a in range(9)}  # fmt: skip
    expected = {component for component in together if len(component) > 1}
    assert {frozenset(component) for component in graph.components(("ww",))} == expected
