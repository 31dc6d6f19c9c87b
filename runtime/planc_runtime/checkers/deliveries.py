"""`queue-total`, `at-least-once`, `exactly-once`, `ordered-per-sender`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from planc_runtime.checkers.budget import Budget
from planc_runtime.checkers.messages import TAKES, Channel, channels, handed_out
from planc_runtime.checkers.order import precedes
from planc_runtime.checkers.results import inconclusive, passed, violated
from planc_runtime.checkers.words import describe, plural, written
from planc_runtime.history import History, Operation, Outcome, Verdict

Trouble = tuple[str, list[Operation]]
"""What is wrong with a message, in words, and the operations that show it."""
_WRONG = ("lost", "duplicated", "unexpected")
_MARKS: Mapping[tuple[str, ...], str] = {
    ("lost",): "lost",
    ("duplicated",): "again",
    ("unexpected",): "from nowhere",
}
"""The word at what is to blame, where it is of one kind."""


def queue_total(history: History, *, options: Mapping[str, Any], budget: Budget) -> Verdict:
    """Judge that nothing acknowledged was lost, nothing came out twice or from nowhere.

    Loss can only be told of a queue that was drained: a dequeue after the last acknowledged put
    found nothing. How many messages overtook each other is reported in `data["reordered"]` and not
    judged; `linearizable as queue` does that.
    """
    return _judge(
        history,
        "queue-total",
        lambda channel: [*_lost(channel), *_duplicated(channel), *_unexpected(channel)],
    )


def at_least_once(history: History, *, options: Mapping[str, Any], budget: Budget) -> Verdict:
    """Judge that every acknowledged message came out; it may have come out repeatedly."""
    return _judge(history, "at-least-once", _lost)


def exactly_once(history: History, *, options: Mapping[str, Any], budget: Budget) -> Verdict:
    """Judge that every acknowledged message came out once, and none of the others more than once.

    A message whose put failed must not come out at all; one whose put has an unknown outcome may.
    """
    return _judge(
        history,
        "exactly-once",
        lambda channel: [*_lost(channel), *_duplicated(channel), *_unexpected(channel)],
    )


def _judge(history: History, wanted: str, judge: Callable[[Channel], Sequence[Trouble]]) -> Verdict:
    found = channels(history)
    acknowledged = sum(1 for channel in found for _ in channel.acknowledged())
    if not acknowledged:
        return inconclusive(wanted, "no message was acknowledged, so there is nothing to follow")
    troubles = [trouble for channel in found for trouble in judge(channel)]
    data = _numbers(found) | {"acknowledged": acknowledged}
    if troubles:
        words = [f"{what}: {describe(o)}" for what, operations in troubles for o in operations]
        proof = [operation for _, operations in troubles for operation in operations]
        measured = f"{_counted(data)} of {plural(acknowledged, 'acknowledged message')}"
        culprits = {operation.index for operation in proof}
        mark = _MARKS.get(tuple(name for name in _WRONG if data[name]), "wrong")
        return violated(wanted, measured, proof, words, culprits=culprits, mark=mark, **data)
    undecided = sum(channel.undecided() for channel in found)
    if undecided:
        reason = f"{plural(undecided, 'acknowledged message')} may still be in a queue"
        return inconclusive(wanted, f"{reason}, or in the hands of a lost dequeue", **data)
    return passed(wanted, f"{plural(acknowledged, 'acknowledged message')} came out", **data)


def _numbers(found: Sequence[Channel]) -> dict[str, Any]:
    return {
        "lost": sum(len(channel.lost()) for channel in found),
        "duplicated": sum(len(channel.duplicated()) for channel in found),
        "unexpected": sum(len(channel.unexpected()) for channel in found),
        "never_acknowledged": sum(channel.uncertain() for channel in found),
        "reordered": sum(_overtaken(channel) for channel in found),
    }


def _counted(data: Mapping[str, int]) -> str:
    return ", ".join(f"{data[name]} {name}" for name in _WRONG if data[name])


def _lost(channel: Channel) -> list[Trouble]:
    return [(f"{written(message)} was lost", [put]) for message, put in channel.lost()]


def _duplicated(channel: Channel) -> list[Trouble]:
    return [
        (f"{written(message)} came out {len(takes)} times", takes)
        for message, takes in channel.duplicated()
    ]


def _unexpected(channel: Channel) -> list[Trouble]:
    return [
        (f"{written(message)} was never put in", [take, *channel.puts.get(message, ())])
        for message, take in channel.unexpected()
    ]


def _overtaken(channel: Channel) -> int:
    """Return how many messages came out before one that was certainly put in before them."""
    pairs = [
        (puts[0], takes[0])
        for message, puts in channel.puts.items()
        if (takes := channel.takes.get(message)) and takes[0].f in TAKES
    ]
    pairs.sort(key=lambda pair: pair[0].invoked)
    return sum(
        precedes(earlier[0], later[0]) and precedes(later[1], earlier[1])
        for earlier, later in pairwise(pairs)
    )


def ordered_per_sender(history: History, *, options: Mapping[str, Any], budget: Budget) -> Verdict:
    """Judge that each consumer got every sender's messages in the order they were sent in.

    A sender is a process. What a consumer gets again does not count: only the first time does. A
    message whose put has an unknown outcome may have gone in late, and so come late.
    Of a log that is read whole, each final read is a consumer of its own.
    """
    wanted = "ordered-per-sender"
    compared = 0
    for channel in channels(history):
        place = _places(channel)
        for consumer in _consumers(channel):
            latest: dict[int, tuple[int, Operation, Operation]] = {}
            for message, take in consumer:
                if message not in place:
                    continue
                position, put = place[message]
                before = latest.get(put.process)
                if before is not None and position < before[0]:
                    if put.outcome is Outcome.UNKNOWN:
                        continue
                    return _out_of_order(wanted, put, take, before)
                compared += before is not None
                latest[put.process] = (position, put, take)
    if not compared:
        return inconclusive(wanted, "no consumer got two messages of one sender")
    return passed(wanted, f"{plural(compared, 'pair')} of messages came in the order of sending")


def _places(channel: Channel) -> dict[Any, tuple[int, Operation]]:
    """Return for each message that one put sent its place among all puts, and that put."""
    sent = [
        (put, message)
        for message, puts in channel.puts.items()
        for put in puts
        if put.outcome is not Outcome.FAIL and len(puts) == 1
    ]
    sent.sort(key=lambda pair: (pair[0].invoked, pair[0].index))
    return {message: (position, put) for position, (put, message) in enumerate(sent)}


def _consumers(channel: Channel) -> Iterator[list[tuple[Any, Operation]]]:
    takes = {id(take): take for taken in channel.takes.values() for take in taken}
    consumers: dict[Any, list[Operation]] = {}
    for take in sorted(takes.values(), key=lambda o: (o.invoked, o.index)):
        whole = take.f not in TAKES
        consumers.setdefault(("read", take.index) if whole else take.process, []).append(take)
    for operations in consumers.values():
        first: dict[Any, Operation] = {}
        for take in operations:
            for message in handed_out(take):
                first.setdefault(message, take)
        yield list(first.items())


def _out_of_order(
    wanted: str, put: Operation, take: Operation, before: tuple[int, Operation, Operation]
) -> Verdict:
    _, later_put, earlier_take = before
    measured = f"client {put.process} sent {put.args[-1]} before {later_put.args[-1]}, "
    measured += "but the second came first"
    return violated(wanted, measured, [put, later_put, earlier_take, take])
