"""Checkers that are clever, against their definitions tried on every pair: small random histories.

Linearizability, sequential consistency, isolation, locks, watches, banks and lost writes have their
oracles beside them.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from planc_runtime.checkers import HISTORY_CHECKS, Budget
from planc_runtime.checkers.linearizable import MODELS
from planc_runtime.checkers.order import precedes
from planc_runtime.history import History, Operation, Outcome, Result
from support.histories import Shape, history, lawful, op

SEEDS = st.integers(0, 2**32)


def fails(name: str, made: History) -> bool:
    return HISTORY_CHECKS[name](made, options={}, budget=Budget()).result is Result.FAILED


def shuffled(rng: random.Random, made: History) -> History:
    """Exchange the answers of two operations of one name, twice."""
    operations = list(made)
    for _ in range(2):
        one = rng.choice(operations)
        alike = [o for o in operations if o.f == one.f and o.outcome is one.outcome]
        other = rng.choice(alike)
        one.value, other.value = other.value, one.value
    return history(*(replace(o, index=-1) for o in operations))


# --- session guarantees ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "guarantee", ["read-your-writes", "monotonic-reads", "monotonic-writes", "writes-follow-reads"]
)
@settings(max_examples=150, deadline=None)
@given(seed=SEEDS)
def test_sessions_are_judged_as_defined(guarantee: str, seed: int) -> None:
    rng = random.Random(seed)
    shape = Shape(operations=16, keys=2, unknown=0.1, kinds=("read", "read", "write"))
    made = shuffled(rng, lawful(rng, MODELS["register"], shape))
    writes = {(o.key, str(o.args[1])): o for o in made if o.f == "write"}
    reads = [(o, writes.get((o.key, str(o.value)))) for o in made if o.f == "read"]
    # What is read before it is written is no matter of sessions.
    assume(not any(write is not None and precedes(read, write) for read, write in reads))
    assert fails(guarantee, made) == any(_behind(made, guarantee))


def _behind(made: History, guarantee: str) -> Iterator[bool]:
    """Yield for each demand on each read whether the read falls behind it."""
    writers = {(o.key, str(o.args[1])): o for o in made if o.f == "write"}
    happened = [o for o in made if o.outcome is not Outcome.FAIL]

    def version(o: Operation) -> Operation | None:
        return o if o.f == "write" else writers.get((o.key, str(o.value)))

    def told(o: Operation) -> bool:
        return o.f == "write" or o.outcome is Outcome.OK

    def before(o: Operation) -> list[Operation]:
        return [p for p in happened if p.process == o.process and p.index < o.index and told(p)]

    def demands(read: Operation) -> Iterator[tuple[Operation, Operation]]:
        """Yield (what must be seen, who had it) for a read."""
        kind = "write" if guarantee in ("read-your-writes", "monotonic-writes") else "read"
        if guarantee in ("read-your-writes", "monotonic-reads"):
            yield from ((p, p) for p in before(read) if p.f == kind)
            return
        seen = [version(p) for p in before(read) if p.f == "read"]
        for write in seen:
            if write is not None and write.process != read.process:
                yield from ((p, p) for p in before(write) if p.f == kind)

    for read in (o for o in happened if o.f == "read" and o.outcome is Outcome.OK):
        got = version(read)
        if read.value is not None and got is None:
            continue
        for holder, source in demands(read):
            wanted = version(holder)
            if wanted is None or holder.key != read.key or wanted is got:
                continue
            had = [version(p) for p in before(source) if p.key == read.key]
            yield got is None or precedes(got, wanted) or any(v is got for v in had)


# --- messages -------------------------------------------------------------------------------------


def queue(rng: random.Random, *, drained: bool) -> History:
    shape = Shape(operations=16, unknown=0.15, kinds=("enqueue", "dequeue"))
    made = list(lawful(rng, MODELS["queue"], shape))
    if drained:
        end = max(o.completed or 0 for o in made) + 9
        made.append(op(99, "dequeue", "k0", at=(end, end + 1)))
    return history(*(replace(o, index=-1) for o in made))


@settings(max_examples=200, deadline=None)
@given(seed=SEEDS, drained=st.booleans())
def test_messages_are_counted_as_defined(seed: int, drained: bool) -> None:
    rng = random.Random(seed)
    made = shuffled(rng, queue(rng, drained=drained))
    for operation in made:
        if operation.f == "dequeue" and rng.random() < 0.1:
            operation.value = rng.randrange(1, 20)
    put = {str(o.args[1]): o.outcome for o in made if o.f == "enqueue"}
    takes = [o for o in made if o.f == "dequeue" and o.outcome is Outcome.OK]
    came = Counter(str(o.value) for o in takes if o.value is not None)
    acknowledged = [o for o in made if o.f == "enqueue" and o.outcome is Outcome.OK]
    empty = any(o.value is None and all(precedes(p, o) for p in acknowledged) for o in takes)
    missing = [p for p in acknowledged if str(p.args[1]) not in came]
    unanswered = sum(o.f == "dequeue" and o.outcome is Outcome.UNKNOWN for o in made)
    lost = empty and len(missing) > unanswered
    strange = any(put.get(value, Outcome.FAIL) is Outcome.FAIL for value in came)
    twice = any(count > 1 for value, count in came.items() if value in put)
    if acknowledged:
        assert fails("at-least-once", made) == lost
        for name in ("exactly-once", "queue-total"):
            assert fails(name, made) == (lost or strange or twice)


@settings(max_examples=200, deadline=None)
@given(seed=SEEDS)
def test_the_order_of_a_sender_is_judged_as_defined(seed: int) -> None:
    rng = random.Random(seed)
    made = shuffled(rng, queue(rng, drained=False))
    sent = {str(o.args[1]): o for o in made if o.f == "enqueue" and o.outcome is not Outcome.FAIL}
    got: dict[int, list[Operation]] = {}
    for take in made:
        if take.f == "dequeue" and take.outcome is Outcome.OK and str(take.value) in sent:
            message = sent[str(take.value)]
            mine = got.setdefault(take.process, [])
            if message not in mine:
                mine.append(message)
    wrong = any(
        earlier.process == later.process and later.index < earlier.index
        for mine in got.values()
        for place, earlier in enumerate(mine)
        for later in mine[place + 1 :]
    )
    assert fails("ordered-per-sender", made) == wrong


# --- totals ---------------------------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(seed=SEEDS)
def test_a_counter_is_judged_as_by_trying_every_choice_of_what_was_counted(seed: int) -> None:
    rng = random.Random(seed)
    shape = Shape(operations=9, unknown=0.3, kinds=("read", "increment"))
    made = lawful(rng, MODELS["counter"], shape)
    for operation in made:
        if operation.f == "read" and operation.outcome is Outcome.OK and rng.random() < 0.3:
            operation.value = rng.randrange(-1, 6)
    adds = [o for o in made if o.f == "increment" and o.outcome is not Outcome.FAIL]
    impossible = False
    for read in (o for o in made if o.f == "read" and o.outcome is Outcome.OK):
        sure = sum(precedes(add, read) for add in adds)
        most = sum(not precedes(read, add) for add in adds)
        impossible |= int(read.value) not in range(sure, most + 1)
    if adds:
        assert fails("counter-total", made) == impossible


@settings(max_examples=200, deadline=None)
@given(seed=SEEDS)
def test_a_set_is_judged_element_by_element_as_by_trying_every_order(seed: int) -> None:
    rng = random.Random(seed)
    shape = Shape(operations=7, values=2, unknown=0.2, kinds=("add", "remove"))
    made = list(lawful(rng, MODELS["set"], shape))
    if not any(o.f == "add" and o.outcome is Outcome.OK for o in made):
        return
    end = max(o.completed or 0 for o in made) + 100
    held = [element for element in range(3) if rng.random() < 0.5]
    final = op(9, "final_read", "k0", at=(end, end + 1), value=held, workload="")
    whole = history(*(replace(o, index=-1) for o in (*made, final)))
    possible = all(
        _may_be_left(element, made) is True
        if element in held
        else _may_be_left(element, made, absent=True)
        for element in range(3)
    )
    assert fails("set-total", whole) == (not possible)


def _may_be_left(element: int, made: list[Operation], *, absent: bool = False) -> bool:
    """Say whether some operation on an element that can have been the last one leaves it so."""
    of = [o for o in made if o.args[1] == element and o.outcome is not Outcome.FAIL]
    certain = [o for o in of if o.outcome is Outcome.OK]
    wanted = "remove" if absent else "add"
    last = [
        o
        for o in of
        if o.f == wanted and not any(precedes(o, p) and p.f != wanted for p in of if p in certain)
    ]
    return bool(last) or (absent and not any(o.f == "add" for o in certain))


@settings(max_examples=100, deadline=None)
@given(seed=SEEDS)
def test_ids_are_judged_as_by_comparing_all_pairs(seed: int) -> None:
    rng = random.Random(seed)
    made = history(*(op(n, "generate", at=(n, n + 1), value=rng.randrange(40)) for n in range(6)))
    values = [o.value for o in made]
    assert fails("unique-ids", made) == (len({*values}) < len(values))
