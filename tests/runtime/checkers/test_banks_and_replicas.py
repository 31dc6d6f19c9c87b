"""Totals that transfers keep, and replicas that agree when all is mended."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planc_runtime.checkers import HISTORY_CHECKS, Budget
from planc_runtime.history import Operation, Outcome, Result, Verdict
from support.histories import history, op


def judge(name: str, *operations: Operation, **options: Any) -> Verdict:
    return HISTORY_CHECKS[name](history(*operations), options=options, budget=Budget())


def balances(at: float, *amounts: int) -> Operation:
    return op(1, "read", at=(at, at + 1), value=list(amounts))


def test_all_reads_add_up_to_the_same() -> None:
    verdict = judge("bank-total", balances(0, 10, 20), balances(2, 5, 25))
    assert verdict.result is Result.PASSED
    assert verdict.measured == "2 reads of 2 accounts all add up to 30"
    torn = judge("bank-total", balances(0, 10, 20), balances(2, 5, 20))
    assert torn.result is Result.FAILED
    assert torn.measured == "the accounts add up to 25, not to 30"
    assert torn.data["operations"] == [0, 1]


def test_a_total_that_is_given_counts() -> None:
    assert judge("bank-total", balances(0, 10, 20), total=31).result is Result.FAILED
    assert judge("bank-total", balances(0, 10, 20), total=30).result is Result.PASSED
    assert judge("bank-total", balances(0, 10, 20)).result is Result.INCONCLUSIVE
    assert judge("bank-total").result is Result.INCONCLUSIVE


def test_records_and_transactions_of_reads_are_reads() -> None:
    record = op(1, "read", at=(0, 1), value={"a": "10", "b": 20})
    steps = [["r", "a", 5], ["r", "b", 25]]
    txn = op(2, "txn", [["r", "a", None], ["r", "b", None]], at=(2, 3), value=steps)
    assert judge("bank-total", record, txn).result is Result.PASSED
    partly = replace(txn, value=[["r", "a", 5], ["w", "b", 1]])
    assert judge("bank-total", record, txn, partly).result is Result.PASSED
    single = op(3, "read", "a", at=(4, 5), value=[5])
    assert judge("bank-total", record, txn, single).result is Result.PASSED


def test_an_account_that_is_gone_or_came_from_nowhere_breaks_the_total() -> None:
    def shown(at: int, **accounts: int) -> Operation:
        return op(1, "read_all", at=(at, at + 1), value=accounts)

    sound = shown(0, a=5, b=5), shown(2, a=4, b=6)
    gone = judge("bank-total", *sound, shown(4, a=4))
    assert gone.measured == "the accounts add up to 4, not to 10"
    more = judge("bank-total", *sound, shown(4, a=5, b=5, c=3))
    assert more.measured == "the accounts add up to 13, not to 10"


def test_where_no_money_moves_nothing_is_tested() -> None:
    still = balances(0, 10, 20), balances(2, 10, 20)
    refused = op(1, "transfer", "a", "b", 5, at=(1, 2), outcome=Outcome.FAIL)
    assert judge("bank-total", *still, refused).result is Result.INCONCLUSIVE
    moved = replace(refused, outcome=Outcome.UNKNOWN)
    assert judge("bank-total", *still, moved).result is Result.PASSED


def test_an_overdraft_may_be_forbidden() -> None:
    below = balances(2, -5, 35)
    assert judge("bank-total", balances(0, 10, 20), below).result is Result.PASSED
    verdict = judge("bank-total", balances(0, 10, 20), below, overdraft=False)
    assert verdict.measured == "an account was overdrawn: it held -5"


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_transfers_keep_the_total_and_a_lost_half_of_one_does_not(seed: int) -> None:
    rng = random.Random(seed)
    accounts = [rng.randrange(100) for _ in range(rng.randrange(2, 6))]
    reads = []
    for at in range(rng.randrange(2, 8)):
        one, other = rng.sample(range(len(accounts)), 2)
        amount = rng.randrange(1, 20)
        accounts[one] -= amount
        accounts[other] += amount
        reads.append(balances(at, *accounts))
    assert judge("bank-total", *reads).result is Result.PASSED
    victim = rng.randrange(len(reads))
    amounts = list(reads[victim].value)
    amounts[rng.randrange(len(amounts))] += rng.choice([-1, 1]) * rng.randrange(1, 20)
    reads[victim] = replace(reads[victim], value=amounts)
    assert judge("bank-total", *reads).result is Result.FAILED


def final(key: str, node: str, value: Any, outcome: Outcome = Outcome.OK) -> Operation:
    return op(9, "final_read", key, at=(50, 51), value=value, node=node, outcome=outcome)


def test_replicas_that_hold_the_same_pass() -> None:
    reads = [final(key, node, key + "1") for key in "xy" for node in ("n1", "n2", "n3")]
    verdict = judge("replicas-equal", *reads)
    assert verdict.result is Result.PASSED
    assert verdict.measured == "2 keys are the same on 3 nodes"
    silent = final("x", "n3", None, Outcome.UNKNOWN)
    assert judge("replicas-equal", *reads[:2], silent).result is Result.INCONCLUSIVE
    assert judge("replicas-equal", reads[0]).result is Result.INCONCLUSIVE
    # Who was silent first and answered then has answered.
    assert judge("replicas-equal", silent, *reads).result is Result.PASSED


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        (1, 2, "x is 1 on n1, but 2 on n2"),
        ([1, 2, 3], [1, 4], "x differs on n1 and n2: n2 lacks 2, 3, n1 lacks 4"),
        (list(range(9)), [], "x differs on n1 and n2: n2 lacks 0, 1, 2, 3, 4 and 4 more"),
        ([1, 2, 3], [1, 3, 2], "x differs on n1 and n2 from number 2 on"),
        ([1, 1], [1], "x differs on n1 and n2 from number 2 on"),
    ],
)
def test_what_differs_between_replicas_is_told(one: Any, other: Any, said: str) -> None:
    verdict = judge("replicas-equal", final("x", "n1", one), final("x", "n2", other))
    assert verdict.measured == said


def test_replicas_that_hold_nothing_show_nothing() -> None:
    reads = [final("x", node, None) for node in ("n1", "n2")]
    assert judge("replicas-equal", *reads).result is Result.INCONCLUSIVE
    kept = final("y", "n1", 1), final("y", "n2", 1)
    assert judge("replicas-equal", *reads, *kept).result is Result.PASSED


def test_lists_may_be_compared_as_sets() -> None:
    reads = [final("x", "n1", [1, 2]), final("x", "n2", [2, 1])]
    assert judge("replicas-equal", *reads).result is Result.FAILED
    assert judge("replicas-equal", *reads, unordered=True).result is Result.PASSED


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_one_replica_that_differs_in_one_key_is_found(seed: int) -> None:
    rng = random.Random(seed)
    nodes = [f"n{n}" for n in range(rng.randrange(2, 5))]
    keys = [f"k{n}" for n in range(rng.randrange(1, 5))]
    reads = [final(key, node, key) for key in keys for node in nodes]
    assert judge("replicas-equal", *reads).result is Result.PASSED
    victim = rng.randrange(len(reads))
    reads[victim] = replace(reads[victim], value="another")
    verdict = judge("replicas-equal", *reads)
    assert verdict.result is Result.FAILED
    assert f" on {reads[victim].node}" in verdict.measured
    assert victim in verdict.data["operations"]
