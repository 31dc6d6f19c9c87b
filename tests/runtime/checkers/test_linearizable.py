"""Linearizability, against an oracle that tries every order, and against planted damage."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from planc_runtime.checkers import HISTORY_CHECKS, Budget
from planc_runtime.checkers.linearizable import MODELS
from planc_runtime.checkers.linearizable.answer import Orderable
from planc_runtime.checkers.linearizable.minimize import cut_after, smallest_violation
from planc_runtime.checkers.linearizable.passes.registers import by_columns, one_by_one
from planc_runtime.checkers.linearizable.passes.verbs import Unfit
from planc_runtime.checkers.linearizable.search.attempt import Attempt, Ways
from planc_runtime.checkers.linearizable.search.prepared import Prepared
from planc_runtime.checkers.linearizable.search.search import search
from planc_runtime.checkers.linearizable.telling import nothing_told
from planc_runtime.checkers.linearizable.unique.queue import check_unique_messages
from planc_runtime.checkers.linearizable.unique.register import check_unique_values
from planc_runtime.history import History, Operation, Outcome, Result, Verdict
from support.histories import (
    Shape,
    brute_force,
    failed,
    history,
    lawful,
    number_events,
    op,
    unknown,
)

KINDS = {
    "register": ("read", "read", "write", "cas"),
    "set": ("read", "add", "remove", "contains"),
    "counter": ("read", "increment"),
    "queue": ("enqueue", "dequeue"),
    "stack": ("push", "pop"),
    "lock": ("acquire", "release"),
    "list": ("append", "read"),
}


def judge(given_history: History, **options: Any) -> Verdict:
    return HISTORY_CHECKS["linearizable"](given_history, options=options, budget=Budget())


def test_a_sequential_history_passes() -> None:
    verdict = judge(
        history(
            op(0, "write", "x", 1, at=(0, 1)),
            op(1, "read", "x", at=(2, 3), value="1"),
            op(0, "cas", "x", 1, 2, at=(4, 5)),
            op(1, "read", "x", at=(6, 7), value=2),
        )
    )
    assert verdict.result is Result.PASSED
    assert verdict.measured == "4 operations on 1 register can be ordered"


def test_a_stale_read_fails_with_the_three_operations_that_matter() -> None:
    noise = [op(5, "write", "y", n, at=(n, n + 0.5)) for n in range(20)]
    verdict = judge(
        history(
            *noise,
            op(1, "write", "x", 7, at=(1.0, 2.0)),
            op(2, "write", "x", 9, at=(3.0, 3.9)),
            op(3, "read", "x", at=(4.12, 4.125), value=7),
            op(4, "read", "x", at=(4.2, 5), value=9),
        )
    )
    assert verdict.result is Result.FAILED
    assert list(verdict.evidence) == [
        "client 1 wrote x = 7 from 1.000 to 2.000 s",
        "client 2 wrote x = 9 from 3.000 to 3.900 s",
        "client 3 read x = 7 from 4.120 to 4.125 s",
    ]
    assert verdict.measured == (
        "client 3 read x = 7 although client 2 had written x = 9, "
        "acknowledged 220 ms before the read began"
    )


@pytest.mark.parametrize("happened", [True, False])
def test_a_write_of_unknown_outcome_may_take_effect_at_any_later_time_or_never(
    happened: bool,
) -> None:
    verdict = judge(
        history(
            unknown(1, "write", "x", 1, at=0, until=5),
            op(2, "write", "x", 2, at=(10, 11)),
            op(3, "read", "x", at=(20, 21), value=2),
            op(4, "read", "x", at=(30, 31), value=1 if happened else 2),
        )
    )
    assert verdict.result is Result.PASSED


def test_an_unknown_write_that_was_seen_cannot_be_unseen() -> None:
    verdict = judge(
        history(
            op(2, "write", "x", 2, at=(0, 1)),
            unknown(1, "write", "x", 1, at=2),
            op(3, "read", "x", at=(20, 21), value=1),
            op(4, "read", "x", at=(30, 31), value=2),
        )
    )
    assert verdict.result is Result.FAILED


def test_a_value_may_come_from_one_unknown_write_so_that_another_is_left_for_later() -> None:
    """The search tries the first two for the read of 1, and then lacks the first for that of 2."""
    verdict = judge(
        history(
            unknown(1, "write", "x", 2, at=0),
            unknown(2, "cas", "x", 2, 1, at=0.1),
            unknown(3, "write", "x", 1, at=0.2),
            op(4, "read", "x", at=(1, 2), value=1),
            op(4, "write", "x", 9, at=(3, 4)),
            op(4, "read", "x", at=(5, 6), value=2),
        )
    )
    assert verdict.result is Result.PASSED


@pytest.mark.parametrize(("begun", "expected"), [(3, Result.PASSED), (7, Result.FAILED)])
def test_a_message_may_have_been_taken_unseen_but_only_by_who_had_asked_by_then(
    begun: float, expected: Result
) -> None:
    verdict = judge(
        history(
            op(1, "enqueue", "q", 1, at=(0, 1)),
            op(1, "enqueue", "q", 2, at=(2, 3)),
            unknown(3, "dequeue", "q", at=begun),
            op(2, "dequeue", "q", at=(4, 5), value=2),
        )
    )
    assert verdict.result is expected


def test_evidence_does_not_hold_a_call_to_its_answer_before_it_was_given() -> None:
    """The read that fails returns while a dequeue is open whose message comes only later."""
    model = MODELS["queue"]
    operations = (
        op(1, "dequeue", "q", at=(0, 9), value=5),
        op(2, "dequeue", "q", at=(1, 2), value=7),
        op(3, "enqueue", "q", 5, at=(3, 4)),
    )
    calls = [known[1] for o in operations if (known := model.call(o)) is not None]
    kept = cut_after(model, calls, calls[1])
    assert [(call.operation.process, call.certain, call.answered) for call in kept] == [
        (1, False, True),
        (2, True, True),
    ]


def test_a_failed_write_did_not_happen() -> None:
    verdict = judge(
        history(
            failed(1, "write", "x", 1, at=(0, 1), error="connection refused"),
            op(3, "read", "x", at=(20, 21), value=1),
        )
    )
    assert verdict.result is Result.FAILED
    assert "nobody wrote it" in verdict.measured


def test_events_of_one_instant_keep_the_order_in_which_they_were_recorded() -> None:
    recorded = History()
    write = recorded.begin(op(0, "write", "x", 1, at=(0, None), outcome=Outcome.UNKNOWN))
    write.completed, write.outcome = 5.0, Outcome.OK
    recorded.end(write)
    read = recorded.begin(op(0, "read", "x", at=(5.0, None), outcome=Outcome.UNKNOWN))
    read.completed, read.outcome = 5.0, Outcome.OK
    recorded.end(read)
    assert judge(recorded).result is Result.FAILED


def test_without_that_order_they_count_as_concurrent() -> None:
    verdict = judge(
        history(op(0, "write", "x", 1, at=(0, 5)), op(1, "read", "x", at=(5, 6), value=None))
    )
    assert verdict.result is Result.PASSED


def test_two_cas_that_found_the_same_value_fail() -> None:
    verdict = judge(
        history(
            op(0, "write", "x", 1, at=(0, 1)),
            op(1, "cas", "x", 1, 2, at=(2, 5)),
            op(2, "cas", "x", 1, 3, at=(2, 5)),
        )
    )
    assert verdict.result is Result.FAILED
    assert len(verdict.evidence) == 3


def test_nothing_that_succeeded_is_inconclusive() -> None:
    assert judge(history(unknown(0, "write", "x", 1, at=0))).result is Result.INCONCLUSIVE
    assert judge(history()).result is Result.INCONCLUSIVE


def test_a_search_without_budget_is_inconclusive_and_says_so() -> None:
    writes = [op(n, "write", "x", n % 2, at=(0, 10)) for n in range(10)]
    reads = [op(11, "read", "x", at=(11 + n, 11.5 + n), value=n) for n in range(2)]
    check, made = HISTORY_CHECKS["linearizable"], history(*writes, *reads)
    assert check(made, options={}, budget=Budget()).result is Result.FAILED
    verdict = check(made, options={}, budget=Budget(50))
    assert verdict.result is Result.INCONCLUSIVE
    assert "gave up after 50 states" in verdict.measured


def test_operations_no_model_knows_are_inconclusive() -> None:
    verdict = judge(history(op(0, "ponder", "x", at=(0, 1))))
    assert verdict.result is Result.INCONCLUSIVE
    assert "ponder" in verdict.measured


def test_a_value_that_nobody_wrote_is_named_also_where_the_search_finds_it() -> None:
    writes = [op(1, "write", "x", 1, at=(0, 1)), op(1, "delete", "x", at=(2, 3))]
    verdict = judge(history(*writes, op(3, "read", "x", at=(4, 5), value=7)))
    assert verdict.measured.startswith("x never held 7: nobody wrote it")
    assert len(verdict.evidence) == 1


def test_a_doubtful_cas_that_found_what_nobody_wrote_is_shown_with_the_read_that_proves_it() -> (
    None
):
    verdict = judge(
        history(
            unknown(1, "cas", "x", 7, 8, at=0),
            op(3, "read", "x", at=(4, 5), value=8),
        )
    )
    assert verdict.measured.startswith("x never held 7: nobody wrote it")
    assert verdict.data["operations"] == [0, 1]


def test_a_model_of_the_users_own() -> None:
    def stack(state: tuple[Any, ...] | None, operation: Any) -> Any:
        items = state or ()
        if operation.f == "push":
            return (*items, operation.args[0])
        if not items or items[-1] != operation.value:
            return NotImplemented
        return items[:-1]

    pushes = [op(0, "push", n, at=(n, n + 0.5)) for n in (1, 2)]
    assert judge(history(*pushes, op(0, "pop", at=(3, 4), value=2)), model=stack).result == "passed"
    verdict = judge(history(*pushes, op(0, "pop", at=(3, 4), value=1)), model=stack)
    assert verdict.result is Result.FAILED
    assert any("pop" in line for line in verdict.evidence)


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), values=st.sampled_from([None, 2]))
def test_a_lawful_history_passes(name: str, seed: int, values: int | None) -> None:
    rng = random.Random(seed)
    shape = Shape(operations=rng.randrange(1, 30), keys=2, values=values, kinds=KINDS[name])
    made = lawful(rng, MODELS[name], shape)
    assume(any(o.outcome is Outcome.OK for o in made))
    expected = Result.INCONCLUSIVE if nothing_told(made, {}) else Result.PASSED
    assert judge(made, model=name).result is expected


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), values=st.sampled_from([None, 2]))
def test_a_damaged_history_is_judged_as_by_trying_every_order(
    name: str, seed: int, values: int | None
) -> None:
    rng = random.Random(seed)
    model = MODELS[name]
    shape = Shape(operations=rng.randrange(2, 7), values=values, kinds=KINDS[name])
    damaged = _damage(rng, lawful(rng, model, shape))
    assume(any(o.outcome is Outcome.OK for o in damaged))
    lawful_still = Result.INCONCLUSIVE if nothing_told(damaged, {}) else Result.PASSED
    expected = lawful_still if brute_force(model, damaged) else Result.FAILED
    assert judge(damaged, model=name).result is expected


def test_what_nothing_could_contradict_proves_nothing() -> None:
    written = (op(1, "write", "x", 1, at=(0, 1)), op(2, "write", "x", 2, at=(2, 3)))
    verdict = judge(history(*written))
    assert verdict.result is Result.INCONCLUSIVE
    assert verdict.measured == (
        "no operation was answered with anything that depends on another one:"
        " 2 operations on 1 register can be ordered in any case"
    )
    read = op(1, "read", "x", at=(4, 5))
    refused = failed(1, "write", "x", 1, at=(0, 1), error="503")
    assert judge(history(refused, read)).result is Result.INCONCLUSIVE
    assert judge(history(unknown(1, "write", "x", 1, at=0), read)).result is Result.PASSED
    locked = op(1, "acquire", "l", at=(0, 1)), op(1, "release", "l", at=(2, 3))
    assert judge(history(*locked)).result is Result.PASSED


def _found_by_search(damaged: History) -> set[int]:
    model = MODELS["queue"]
    calls = [
        known[1]
        for o in damaged
        if o.outcome is not Outcome.FAIL and (known := model.call(o)) is not None
    ]
    stuck = search(model, calls, Budget())
    assert stuck is not None
    violation = smallest_violation(model, calls, stuck.call)
    return {call.operation.index for call in violation.calls}


def _is_pure(name: str, operation: Operation) -> bool:
    known = MODELS[name].call(operation)
    return known is not None and MODELS[name].pure(known[1])


def _damage(rng: random.Random, made: History) -> History:
    """Change one thing: an answer, a time, an outcome."""
    operations = list(made)
    victim = rng.randrange(len(operations))
    old = operations[victim]
    other = rng.choice(operations)
    match rng.randrange(4):
        case 0:
            new = replace(old, value=other.value)
        case 1:
            shift = rng.uniform(-4, 4)
            new = replace(old, invoked=old.invoked + shift, completed=(old.completed or 0) + shift)
        case 2:
            new = replace(old, outcome=rng.choice(list(Outcome)))
        case _:
            new = replace(old, args=(old.args[0], *other.args[1 : len(old.args)]))
            new = new if len(new.args) == len(old.args) else old
    operations[victim] = new
    return history(*(replace(o, index=-1) for o in operations))


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_near_linear_method_and_the_search_agree(seed: int) -> None:
    rng = random.Random(seed)
    model = MODELS["register"]
    damaged = _damage(rng, lawful(rng, model, Shape(operations=rng.randrange(2, 25))))
    calls = [
        known[1]
        for o in damaged
        if (o.outcome is Outcome.OK or (o.outcome is Outcome.UNKNOWN and o.f != "read"))
        and (known := model.call(o))
    ]
    quick = check_unique_values("x", calls)
    assume(quick is not None)
    slow = search(model, calls, Budget())
    assert (type(quick).__name__ == "Orderable") == (slow is None)


def _counts_and_good(tell: Any, operations: list[Operation]) -> tuple[Any, Any]:
    told = tell(operations)
    return told.counts, told.good


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 2**32), numbered=st.booleans())
def test_the_quick_pass_vouches_for_just_those_registers_that_are_in_order(
    seed: int, numbered: bool
) -> None:
    rng = random.Random(seed)
    shape = Shape(operations=rng.randrange(2, 25), keys=2, kinds=("read", "read", "write"))
    damaged = _damage(rng, lawful(rng, MODELS["register"], shape))
    if numbered:
        number_events(damaged)
    counts, good = _counts_and_good(one_by_one, damaged.operations)
    assert _counts_and_good(by_columns, damaged.operations) == (counts, good)
    for key in counts:
        of_key = damaged.where(lambda o, key=key: o.key == key and o.outcome is not Outcome.FAIL)
        made = [MODELS["register"].call(o) for o in of_key]
        calls = [known[1] for known in made if known is not None]
        useful = [call for call in calls if call.certain or call.f == "write"]
        answer = check_unique_values(key, useful)
        if answer is None:
            assert key not in good or search(MODELS["register"], useful, Budget()) is None
        else:
            assert (key in good) == isinstance(answer, Orderable)
        assert counts[key] == sum(call.certain for call in calls)


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 2**32), numbered=st.booleans())
def test_a_walk_vouches_for_repeated_values_only_where_an_order_exists(
    seed: int, numbered: bool
) -> None:
    rng = random.Random(seed)
    kinds = ("read", "write", "cas", "cas", "delete")
    shape = Shape(
        operations=rng.randrange(2, 25),
        processes=rng.choice([1, 2, 4]),
        values=2,
        unknown=rng.choice([0, 0, 0.1]),
        kinds=kinds,
        hits=0.5,
    )
    made = lawful(rng, MODELS["register"], shape)
    for operation in made:
        if operation.outcome is Outcome.FAIL:
            operation.outcome, operation.value = Outcome.OK, False
    damaged = _damage(rng, made) if rng.random() < 0.7 else made
    if numbered:
        number_events(damaged)
    counts, good = _counts_and_good(one_by_one, damaged.operations)
    assert _counts_and_good(by_columns, damaged.operations) == (counts, good)
    known = [MODELS["register"].call(o) for o in damaged if o.outcome is not Outcome.FAIL]
    calls = [call for _, call in filter(None, known) if call.certain or call.f != "read"]
    answer = search(MODELS["register"], calls, Budget())
    assert not good or answer is None
    if shape.processes == 1 and all(call.certain for call in calls) and damaged is made:
        assert good == set(counts)


@pytest.mark.parametrize("tell", [one_by_one, by_columns])
def test_a_walk_tries_operations_that_meet_in_every_order(tell: Any) -> None:
    meeting = [
        op(1, "write", "x", 2, at=(0, 3)),
        op(2, "write", "x", 1, at=(1, 2)),
        op(3, "read", "x", at=(4, 5), value=2),
        op(3, "write", "x", 1, at=(6, 7)),
    ]
    assert _counts_and_good(tell, meeting) == ({"x": 4}, {"x"})
    late = op(3, "read", "x", at=(8, 9), value=2)
    assert _counts_and_good(tell, [*meeting, late]) == ({"x": 5}, set())


@pytest.mark.parametrize("tell", [one_by_one, by_columns])
@pytest.mark.parametrize(("seen", "fine"), [("7", True), (7, True), ("07", False), ("7.0", False)])
def test_a_number_is_its_text_and_no_other_one(tell: Any, seen: object, fine: bool) -> None:
    made = [op(1, "write", "x", 7, at=(0, 1)), op(1, "read", "x", at=(2, 3), value=seen)]
    assert _counts_and_good(tell, made) == ({"x": 2}, {"x"} if fine else set())


def test_events_of_which_only_some_are_numbered_are_left_to_the_exact_methods() -> None:
    numbered = op(1, "write", "x", 1, at=(0, 1), began=0, ended=1)
    for tell in (one_by_one, by_columns):
        with pytest.raises(Unfit):
            tell([numbered, op(1, "read", "x", at=(2, 3), value=1)])
        with pytest.raises(Unfit):
            tell([replace(numbered, ended=-1)])


@settings(max_examples=500, deadline=None)
@given(seed=st.integers(0, 2**32), lost=st.sampled_from([0, 0.2, 0.5]))
def test_the_near_linear_method_for_queues_and_the_search_agree(seed: int, lost: float) -> None:
    rng = random.Random(seed)
    model = MODELS["queue"]
    shape = Shape(operations=rng.randrange(2, 14), unknown=lost, kinds=KINDS["queue"])
    damaged = _damage(rng, lawful(rng, model, shape))
    calls = [
        known[1]
        for o in damaged
        if o.outcome is not Outcome.FAIL and (known := model.call(o)) is not None
    ]
    quick = check_unique_messages("q", calls)
    assume(quick is not None)
    slow = search(model, calls, Budget())
    assert (type(quick).__name__ == "Orderable") == (slow is None)


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32), name=st.sampled_from(["register", "queue", "set"]))
def test_the_evidence_alone_is_a_violation(seed: int, name: str) -> None:
    """Whatever else is in the history may have happened or not.

    For queues this holds of what the search shows. The near-linear method may say that a message
    never came out, which rests on the answers of all dequeues.
    """
    rng = random.Random(seed)
    model = MODELS[name]
    shape = Shape(operations=14, values=3, kinds=KINDS[name])
    # Of sets in which much happens at once, one damage in fifteen does harm.
    for _ in range(2000):
        damaged = _damage(rng, lawful(rng, model, shape))
        verdict = judge(damaged, model=name)
        if verdict.result is Result.FAILED:
            break
    else:
        pytest.fail("no damage did any harm")
    proof = {int(index) for index in verdict.data["operations"]}
    if name == "queue":
        proof = _found_by_search(damaged)
    kept = [
        o if o.index in proof else replace(o, outcome=Outcome.UNKNOWN, completed=None)
        for o in damaged
        if o.index in proof or (o.outcome is not Outcome.FAIL and not _is_pure(name, o))
    ]
    assert judge(history(*kept), model=name).result is Result.FAILED


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_an_invented_value_a_dropped_acknowledgement_or_a_swapped_read_turns_to_no(
    seed: int,
) -> None:
    rng = random.Random(seed)
    made = lawful(rng, MODELS["register"], Shape(operations=30, unknown=0.1))
    reads = [o for o in made if o.f == "read" and o.outcome is Outcome.OK and o.value is not None]
    assume(reads)
    victim = rng.choice(reads)

    invented = [replace(o, value=10_000) if o is victim else o for o in made]
    assert judge(history(*invented)).result is Result.FAILED

    dropped = [
        replace(o, outcome=Outcome.FAIL)
        if o.f != "read" and str(o.args[-1]) == str(victim.value)
        else o
        for o in made
    ]
    assert judge(history(*dropped)).result is Result.FAILED

    early = min(o.invoked for o in made) - 1
    swapped = [replace(o, invoked=early - 1, completed=early) if o is victim else o for o in made]
    assert judge(history(*(replace(o, index=-1) for o in swapped))).result is Result.FAILED


def doubtful(*last: Operation) -> History:
    """Many writes of few values whose outcomes are unknown, then reads that need some of them."""
    rng = random.Random(4)
    writes = [unknown(100 + n, "write", "x", n % 4, at=n / 100) for n in range(48)]
    reads = [op(1, "read", "x", at=(2 + n, 2.5 + n), value=rng.randrange(4)) for n in range(40)]
    return history(*writes, *reads, *last)


@pytest.mark.parametrize("value", [0, 9])
def test_many_unknown_outcomes_of_few_values_are_decided_in_a_small_budget(value: int) -> None:
    """In full, such a search meets every choice of the writes that may have happened."""
    last = [
        op(2, "write", "x", 9, at=(60, 61)),
        op(2, "write", "x", 9, at=(60.1, 61)),
        op(3, "write", "x", 0, at=(62, 63)),
        op(4, "read", "x", at=(64, 65), value=value),
    ]
    check, made = HISTORY_CHECKS["linearizable"], doubtful(*last)
    verdict = check(made, options={}, budget=Budget(5_000))
    assert verdict.result is (Result.PASSED if value == 0 else Result.FAILED)


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_attempts_that_forget_never_decide_otherwise_than_the_search_in_full(seed: int) -> None:
    rng = random.Random(seed)
    model = MODELS["register"]
    shape = Shape(
        operations=rng.randrange(4, 16), values=2, unknown=0.5, kinds=("read", "write", "cas")
    )
    damaged = _damage(rng, lawful(rng, model, shape))
    calls = [
        known[1]
        for o in damaged
        if o.outcome is not Outcome.FAIL and (known := model.call(o)) is not None
    ]
    in_full = Attempt(Prepared(model, calls), Budget(), Ways.ALL).run()
    assert (search(model, calls, Budget()) is None) == in_full


@pytest.mark.parametrize("budget", [Budget(seconds=0.0), Budget(mebibytes=1.0)])
def test_time_and_memory_can_be_bounded(budget: Budget) -> None:
    rng = random.Random(1)
    shape = Shape(operations=6_000, values=2, processes=6, unknown=0)
    verdict = HISTORY_CHECKS["linearizable"](
        lawful(rng, MODELS["register"], shape), options={}, budget=budget
    )
    assert verdict.result is Result.INCONCLUSIVE
    assert "gave up" in verdict.measured
