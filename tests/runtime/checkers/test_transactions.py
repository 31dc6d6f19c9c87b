"""Isolation: every anomaly by hand, and no false alarm on what did run one after the other."""

from __future__ import annotations

import random
from array import array
from collections.abc import Iterable
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from planc_runtime.checkers import HISTORY_CHECKS, Budget
from planc_runtime.checkers.linearizable import MODELS
from planc_runtime.checkers.order import precedes
from planc_runtime.checkers.transactions.cycles import cut_out
from planc_runtime.checkers.transactions.dependencies import Dependencies
from planc_runtime.checkers.transactions.graph import Graph, Kind, by_scipy, by_tarjan
from planc_runtime.checkers.transactions.levels import LEVELS
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


def test_write_skew_is_g2_item() -> None:
    assert (
        anomaly(
            txn(1, [["r", "x", []], ["append", "y", 1]]),
            txn(2, [["r", "y", []], ["append", "x", 1]]),
        )
        == "G2-item"
    )


def test_a_lost_update_of_a_register_is_found() -> None:
    name = anomaly(
        txn(0, [["w", "x", 1]]),
        txn(1, [["r", "x", 1], ["w", "x", 2]]),
        txn(2, [["r", "x", 1], ["w", "x", 3]]),
    )
    assert name == "lost-update"


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
    assert judge(*appends, *reads).measured.endswith(
        "two reads of x disagree: number 1 is 2 in the one, 1 in the other"
    )


def test_a_register_written_between_a_write_and_a_read_of_it_finds_no_place() -> None:
    """No read says that x = 2 came after x = 1, but y and z do."""
    made = [
        txn(0, [["w", "x", 1], ["w", "y", 1]]),
        txn(1, [["r", "y", 1], ["w", "x", 2], ["w", "z", 1]]),
        txn(2, [["r", "z", 1], ["r", "x", 1]]),
    ]
    verdict = judge(*made)
    assert verdict.data["anomaly"] == "no-version-order"
    assert verdict.measured.endswith("no order of the writes to x explains what was read")
    assert verdict.evidence[3:] == [
        "T1 comes before T2: it read the x of T3, and T2, who wrote it too, comes after that one",
        "T2 comes before T1: it wrote z = 1, which the next one read",
        "T3 comes before T2: it wrote y = 1, which the next one read",
    ]
    assert "serializable" in verdict.data["rules_out"]
    assert at_level("snapshot-isolated", *made).result is Result.PASSED
    apart = [made[0], txn(1, [["w", "x", 2], ["w", "z", 1]]), made[2]]
    assert judge(*apart).result is Result.PASSED


def test_what_real_time_puts_between_is_no_fault_of_serializability() -> None:
    made = [
        txn(0, [["w", "x", 1], ["w", "y", 1]], at=(0, 1)),
        txn(1, [["w", "x", 2], ["r", "y", 1]], at=(2, 3)),
        txn(2, [["r", "x", 1]], at=(4, 5)),
    ]
    assert judge(*made).result is Result.PASSED
    assert at_level("strict-serializable", *made).result is Result.FAILED


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
    stale = op(3, "read", "x", at=(6, 7), value=1)
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


def test_versions_that_find_no_place_have_none() -> None:
    """Also the other way round, which is not promised of large histories."""
    for seed in range(150):
        made = of_registers(random.Random(seed))
        if made:
            found = judge(*made).result
            assert found in (Result.INCONCLUSIVE, Result.FAILED) or runs_in_some_order(
                made, lists=False
            )
            assert found is not Result.FAILED or not runs_in_some_order(made, lists=False)


def of_registers(rng: random.Random) -> list[Operation]:
    """Make transactions of which each read finds what some other one wrote."""
    values = iter(range(1, 1000))
    plans: list[Steps] = []
    for _ in range(rng.randrange(3, 6)):
        steps: Steps = []
        for key in rng.sample("xyz", rng.randrange(1, 4)):
            steps += [["r", key, None]] if rng.random() < 0.5 else []
            steps += [["w", key, next(values)]] if rng.random() < 0.6 else []
        plans.append(steps)
    for number, steps in enumerate(plans):
        for step in (s for s in steps if s[0] == "r"):
            others = [s[2] for n, plan in enumerate(plans) if n != number for s in plan
                      if s[:2] == ["w", step[1]]]  # fmt: skip
            step[2] = rng.choice([None, *others, *others])
    return [txn(number, steps) for number, steps in enumerate(plans) if steps]


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
    found = Dependencies(txns, [])
    found.add_real_time()
    reach = _closure(zip(found.graph.sources, found.graph.targets, strict=True))
    numbers = [n for n, t in enumerate(txns) if t.committed]
    for earlier in numbers:
        for later in numbers:
            before = precedes(txns[earlier].operation, txns[later].operation)
            assert ((earlier, later) in reach) == before


def _closure(edges: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    following: dict[int, set[int]] = {}
    for source, target in edges:
        following.setdefault(source, set()).add(target)
    reach = set()
    for start in following:
        todo, seen = [start], set()
        while todo:
            for target in following.get(todo.pop(), set()) - seen:
                seen.add(target)
                todo.append(target)
        reach |= {(start, target) for target in seen}
    return reach


EDGES = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=25)


@pytest.mark.parametrize("how", ["Tarjan", "scipy"])
@settings(deadline=None)
@given(edges=EDGES)
def test_components_are_the_nodes_that_reach_each_other(
    how: str, edges: list[tuple[int, int]]
) -> None:
    if how == "scipy":
        pytest.importorskip("scipy", reason="pip install planc[fast]")
    reach = _closure((a, b) for a, b in edges if a != b)
    together = {frozenset(b for b in range(9) if b == a or {(a, b), (b, a)} <= reach)
                for a in range(9)}  # fmt: skip
    expected = {component for component in together if len(component) > 1}
    sources, targets = (array("i", (edge[side] for edge in edges)) for side in (0, 1))
    found = (by_scipy if how == "scipy" else by_tarjan)(9, sources, targets)
    assert found is not None
    assert {frozenset(component) for component in found} == expected


LABELLED = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5), st.sampled_from([Kind.WW, Kind.WR, Kind.RW])),
    max_size=14,
)


@given(edges=LABELLED)
def test_a_cycle_without_neighbouring_rw_edges_is_found_if_there_is_one(
    edges: list[tuple[int, int, Kind]],
) -> None:
    """Snapshot isolation in its other form: no cycle of dependencies each with at most one rw."""
    graph = Graph(6)
    for edge in edges:
        graph.add(*edge)
    depends = [(a, b) for a, b, kind in edges if kind is not Kind.RW and a != b]
    steps = [*depends, *((a, c) for a, b in depends for x, c, kind in edges
                         if kind is Kind.RW and x == b)]  # fmt: skip
    expected = any(a == b for a, b in _closure(steps)) or any(a == b for a, b in steps)
    cycles = [
        component.apart((Kind.WW, Kind.WR)) for component in cut_out(graph, graph.components())
    ]
    assert any(cycle is not None for cycle in cycles) == expected
    for cycle in cycles:
        if cycle is not None:
            turns = list(zip(cycle, [*cycle[1:], cycle[0]], strict=True))
            assert all(one.target == two.source for one, two in turns)
            assert not any(one.kind is two.kind is Kind.RW for one, two in turns)


# --- isolation levels ---------------------------------------------------------------------------

SKEWED_READ = (
    txn(1, [["append", "x", 1], ["append", "y", 1]]),
    txn(2, [["r", "x", []], ["r", "y", [1]]]),
    txn(3, [["r", "x", [1]]]),
)
ANOMALIES: dict[str, tuple[list[Operation], str, str]] = {
    "G0": (
        [
            txn(1, [["append", "x", 1], ["append", "y", 1]]),
            txn(2, [["append", "x", 2], ["append", "y", 2]]),
            txn(3, [["r", "x", [1, 2]]]),
            txn(4, [["r", "y", [2, 1]]]),
        ],
        "read-uncommitted",
        "dirty write",
    ),
    "G1a": (
        [
            failed(1, "txn", [["w", "x", 1]], at=(0, 1), error="aborted"),
            txn(2, [["r", "x", 1]]),
        ],
        "read-committed",
        "dirty read",
    ),
    "G1b": (
        [txn(1, [["w", "x", 1], ["w", "x", 2]]), txn(2, [["r", "x", 1]])],
        "read-committed",
        "intermediate read",
    ),
    "G1c": (
        [txn(1, [["w", "x", 1], ["r", "y", 2]]), txn(2, [["w", "y", 2], ["r", "x", 1]])],
        "read-committed",
        "circular information flow",
    ),
    "fractured-read": (list(SKEWED_READ), "read-atomic", "fractured read"),
    "lost-update": (
        [
            txn(0, [["w", "x", 1]]),
            txn(1, [["r", "x", 1], ["w", "x", 2]]),
            txn(2, [["r", "x", 1], ["w", "x", 3]]),
        ],
        "snapshot-isolated",
        "",
    ),
    "G-single": (
        [
            txn(1, [["append", "x", 1]]),
            txn(2, [["r", "x", [1]], ["append", "y", 1]]),
            txn(3, [["r", "x", []], ["r", "y", [1]]]),
        ],
        "snapshot-isolated",
        "read skew",
    ),
    "G-nonadjacent": (
        [
            txn(1, [["append", "x", 1]]),
            txn(2, [["append", "y", 1]]),
            txn(3, [["r", "x", [1]], ["r", "y", []]]),
            txn(4, [["r", "x", []], ["r", "y", [1]]]),
        ],
        "snapshot-isolated",
        "long fork",
    ),
    "G2-item": (
        [
            txn(1, [["r", "x", []], ["append", "y", 1]]),
            txn(2, [["r", "y", []], ["append", "x", 1]]),
        ],
        "repeatable-read",
        "write skew",
    ),
}
WEAKEST_FIRST = (
    "read-uncommitted", "read-committed", "read-atomic", "snapshot-isolated", "repeatable-read",
    "serializable", "session-serializable", "strict-serializable",
)  # fmt: skip


def at_level(level: str, *operations: Operation) -> Verdict:
    return HISTORY_CHECKS[level](history(*operations), options={}, budget=Budget())


@pytest.mark.parametrize("name", ANOMALIES)
def test_each_anomaly_is_named_and_breaks_its_level_and_all_stronger_ones(name: str) -> None:
    operations, weakest, also = ANOMALIES[name]
    broken = WEAKEST_FIRST.index(weakest)
    for place, level in enumerate(WEAKEST_FIRST):
        verdict = at_level(level, *operations)
        assert (verdict.result is Result.FAILED) == (place >= broken), level
        assert verdict.wanted == level
        if place >= broken:
            assert verdict.data["anomaly"] == {"fractured-read": "G-single"}.get(name, name)
            assert verdict.data["also"] == also
            assert {*WEAKEST_FIRST[broken:]} <= {*verdict.data["rules_out"]}
            assert not {*WEAKEST_FIRST[:broken]} & {*verdict.data["rules_out"]}


def test_a_session_that_falls_behind_itself_breaks_what_orders_sessions() -> None:
    operations = [
        txn(1, [["append", "x", 1]], at=(0, 1)),
        txn(1, [["r", "x", []]], at=(2, 3)),
        txn(2, [["r", "x", [1]]], at=(2, 3)),
    ]
    assert at_level("serializable", *operations).result is Result.PASSED
    verdict = at_level("session-serializable", *operations)
    assert verdict.data["anomaly"] == "G-single-session"
    assert [edge["kind"] for edge in verdict.data["evidence"]["edges"]].count("session") == 1
    assert at_level("strong-snapshot-isolated", *operations).result is Result.FAILED
    assert at_level("snapshot-isolated", *operations).result is Result.PASSED


@pytest.mark.parametrize(
    ("reader", "level"), [(3, "strict-serializable"), (1, "session-serializable")]
)
def test_a_register_written_twice_had_the_first_value_earlier(reader: int, level: str) -> None:
    operations = [
        op(1, "write", "x", 1, at=(0, 1)),
        op(1, "write", "x", 2, at=(2, 3)),
        op(reader, "read", "x", at=(4, 5), value=1),
    ]
    assert at_level("serializable", *operations).result is Result.PASSED
    assert at_level(level, *operations).data["anomaly"].startswith("G-single-")


def test_many_readers_of_nothing_and_many_writers_need_no_edge_each_with_each() -> None:
    readers = [txn(n, [["r", "x", None]]) for n in range(400)]
    writers = [txn(400 + n, [["w", "x", n]]) for n in range(400)]
    txns = transactions(history(*readers, *writers))
    keys, _ = collect(txns)
    assert len(Dependencies(txns, keys).graph.sources) < 2_000
    stale = txn(999, [["r", "x", 7], ["w", "y", 1]])
    late = txn(1000, [["r", "x", None], ["r", "y", 1]])
    verdict = at_level("serializable", *readers, *writers, stale, late)
    assert verdict.data["anomaly"] == "G-single"
    assert len(verdict.data["evidence"]["operations"]) == 3


class Database:
    """Runs transactions interleaved, at one of three levels: an oracle that is right by design."""

    def __init__(self, rng: random.Random, level: str, *, lists: bool) -> None:
        self.rng, self.level, self.lists = rng, level, lists
        self.state: dict[str, Any] = {}
        self.changed: dict[str, int] = {}
        self.clock = 0
        self.values = iter(range(1, 10_000))

    def run(self, count: int) -> History:
        done: list[Operation] = []
        running = [self.begin(process) for process in range(3)]
        while len(done) < count:
            slot = self.rng.randrange(3)
            self.clock += 1
            if not self.step(running[slot]):
                done.append(self.end(running[slot]))
                running[slot] = self.begin(slot)
        return history(*done)

    def begin(self, process: int) -> dict[str, Any]:
        asked = [(self.rng.choice(("r", "append" if self.lists else "w")), self.rng.choice("xyz"))
                 for _ in range(self.rng.randrange(1, 4))]  # fmt: skip
        return {
            "process": process, "at": self.clock, "view": dict(self.state), "own": {},
            "todo": asked, "steps": [],
        }  # fmt: skip

    def step(self, txn: dict[str, Any]) -> bool:
        if not txn["todo"]:
            return False
        f, key = txn["todo"].pop(0)
        base = txn["view"] if self.level == "snapshot-isolated" else self.state
        now = base.get(key, () if self.lists else None)
        own = txn["own"].get(key, [])
        if self.lists:
            now = (*now, *own)
        elif own:
            now = own[-1]
        if f == "r":
            txn["steps"].append(["r", key, list(now) if self.lists else now])
        else:
            value = next(self.values)
            txn["own"].setdefault(key, []).append(value)
            txn["steps"].append([f, key, value])
        return True

    def end(self, txn: dict[str, Any]) -> Operation:
        self.clock += 1
        clash = any(self.changed.get(key, -1) >= txn["at"] for key in
                    (txn["own"] if self.level == "snapshot-isolated" else self.state))  # fmt: skip
        aborts = clash if self.level != "read-committed" else self.rng.random() < 0.2
        if not aborts:
            for key, own in txn["own"].items():
                self.state[key] = (*self.state.get(key, ()), *own) if self.lists else own[-1]
                self.changed[key] = self.clock
        asked = [[f, key, None if f == "r" else value] for f, key, value in txn["steps"]]
        outcome = Outcome.FAIL if aborts else Outcome.OK
        at = (txn["at"], self.clock)
        return op(txn["process"], "txn", asked, at=at, value=txn["steps"], outcome=outcome)


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    lists=st.booleans(),
    level=st.sampled_from(["read-committed", "snapshot-isolated", "strict-serializable"]),
)
def test_what_a_database_of_a_level_did_passes_that_level(
    seed: int, lists: bool, level: str
) -> None:
    made = Database(random.Random(seed), level, lists=lists).run(20)
    for name in LEVELS:
        if name in WEAKEST_FIRST[: WEAKEST_FIRST.index(level) + 1] and not (
            level == "snapshot-isolated" and name == "repeatable-read"
        ):
            assert at_level(name, *made).result is not Result.FAILED


@pytest.mark.parametrize("lists", [True, False])
@pytest.mark.parametrize(
    ("level", "stronger"),
    [("read-committed", "snapshot-isolated"), ("snapshot-isolated", "serializable")],
)
def test_what_a_weaker_database_did_fails_a_stronger_level_sooner_or_later(
    level: str, stronger: str, lists: bool
) -> None:
    found = 0
    for seed in range(30):
        made = Database(random.Random(seed), level, lists=lists).run(40)
        found += at_level(stronger, *made).result is Result.FAILED
    # What is known of the order of a register's versions is little.
    assert found >= (10 if lists else 2)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), lists=st.booleans())
def test_a_dropped_commit_a_swapped_read_or_an_invented_value_turns_to_no(
    seed: int, lists: bool
) -> None:
    made = list(Database(random.Random(seed), "strict-serializable", lists=lists).run(30))
    seen = _seen_across(made)
    assume(seen)
    reader, step, writer = random.Random(seed).choice(seen)

    dropped = [replace(o, outcome=Outcome.FAIL) if o is writer else o for o in made]
    assert at_level("read-committed", *dropped).data["anomaly"] == "G1a"

    invented = [
        _reading(o, step, [99_999] if lists else 99_999) if o is reader else o for o in made
    ]
    assert at_level("read-uncommitted", *invented).result is Result.FAILED

    behind = [_reading(o, step, [] if lists else None) if o is reader else o for o in made]
    assert at_level("strict-serializable", *behind).result is Result.FAILED


def _seen_across(made: list[Operation]) -> list[tuple[Operation, int, Operation]]:
    """Return reads of what another transaction alone wrote and had committed before."""
    found = []
    for reader in made:
        for place, (f, key, value) in enumerate(reader.value):
            first = not any(other[1] == key for other in reader.value[:place])
            if f != "r" or not value or reader.outcome is not Outcome.OK or not first:
                continue
            last = value[-1] if isinstance(value, list) else value
            for writer in made:
                wrote = [s[2] for s in writer.value if s[0] != "r" and s[1] == key]
                if last in wrote and precedes(writer, reader):
                    found.append((reader, place, writer))
    return found


def _reading(operation: Operation, place: int, value: Any) -> Operation:
    steps = [[*step[:2], value] if n == place else step for n, step in enumerate(operation.value)]
    return replace(operation, value=steps)
