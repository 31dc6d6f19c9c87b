"""Messages: what was put into a queue, a log or a set, and how often it came out.

The ground for queue totals, at-least-once, exactly-once and order per sender. A message is told by
its value, which workloads make unique. It is put in by enqueue, append, add, send or publish. It
comes out by dequeue, receive, consume or poll, each of which hands out one message or several, or
where none of these is used, by the final reads of what was put in; what was removed from a set need
not come out.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from math import inf

from planc_runtime.checkers.order import Moment, completion, invocation
from planc_runtime.checkers.values import canonical
from planc_runtime.history import History, Operation, Outcome

PUTS = frozenset({"enqueue", "append", "add", "send", "publish"})
TAKES = frozenset({"dequeue", "receive", "consume", "poll"})
UNNAMED = "the queue"


@dataclass(slots=True)
class Channel:
    """One queue or log: what went in and what came out, by message."""

    name: str
    puts: dict[Hashable, list[Operation]] = field(default_factory=dict)
    """Attempts to put a message in, by message; of every outcome."""
    takes: dict[Hashable, list[Operation]] = field(default_factory=dict)
    """Ok operations that handed a message out, as often as they did so."""
    unanswered: int = 0
    """Takes of unknown outcome: each may have removed what nobody saw."""
    in_batches: bool = False
    """Takes hand out lists, so that one may remove any number of messages."""
    removed: set[Hashable] = field(default_factory=set)
    """Messages that somebody took away on purpose, or may have."""
    drained: bool = False
    """Everything that was ever going to come out has come out."""

    def acknowledged(self) -> Iterator[tuple[Hashable, Operation]]:
        for message, puts in self.puts.items():
            yield from ((message, put) for put in puts if put.outcome is Outcome.OK)

    def uncertain(self) -> int:
        """Return how many messages may be in it although nobody was told so."""
        return sum(all(p.outcome is not Outcome.OK for p in puts) and
                   any(p.outcome is Outcome.UNKNOWN for p in puts)
                   for puts in self.puts.values())  # fmt: skip

    def lost(self) -> list[tuple[Hashable, Operation]]:
        """Return acknowledged messages that never came out of a drained channel.

        Takes of unknown outcome may each account for one of them, or where takes hand out several
        at once, for all.
        """
        missing = self._missing()
        return missing if self.drained and len(missing) > self._unseen() else []

    def _missing(self) -> list[tuple[Hashable, Operation]]:
        return [(message, put) for message, put in self.acknowledged()
                if message not in self.takes and message not in self.removed]  # fmt: skip

    def _unseen(self) -> float:
        """Return how many messages takes of unknown outcome may have removed."""
        return inf if self.unanswered and self.in_batches else self.unanswered

    def undecided(self) -> int:
        """Return how many acknowledged messages may still be inside or may have been taken."""
        missing = len(self._missing())
        return missing if not self.drained or missing <= self._unseen() else 0

    def duplicated(self) -> list[tuple[Hashable, list[Operation]]]:
        """Return messages that came out more often than they were put in."""
        return [
            (message, takes)
            for message, takes in self.takes.items()
            if message in self.puts and len(takes) > self._times_put(message)
        ]

    def _times_put(self, message: Hashable) -> int:
        return max(1, sum(put.outcome is not Outcome.FAIL for put in self.puts[message]))

    def unexpected(self) -> list[tuple[Hashable, Operation]]:
        """Return messages that came out but were never put in, or surely not."""
        return [
            (message, takes[0])
            for message, takes in self.takes.items()
            if all(put.outcome is Outcome.FAIL for put in self.puts.get(message, ()))
        ]


def channels(history: History) -> list[Channel]:
    """Return the channels of a history, in the order in which they were first used."""
    consumed = any(operation.f in TAKES for operation in history)
    found: dict[Hashable, Channel] = {}
    for operation in history:
        if operation.f in PUTS:
            channel = _channel(found, operation, payloads=1)
            message = canonical(operation.args[-1] if operation.args else None)
            channel.puts.setdefault(message, []).append(operation)
        elif operation.f == "remove" and operation.args and operation.outcome is not Outcome.FAIL:
            channel = _channel(found, operation, payloads=1)
            channel.removed.add(canonical(operation.args[-1]))
        elif operation.f in TAKES or (not consumed and operation.f == "final_read"):
            _take(_channel(found, operation, payloads=0), operation)
    looks: dict[str, list[Operation]] = {}
    for operation in history:
        if operation.outcome is Outcome.OK and operation.f in TAKES | {"final_read"}:
            name = str(operation.args[0]) if operation.args else UNNAMED
            looks.setdefault(name, []).append(operation)
    for channel in found.values():
        channel.drained = _drained(channel, looks.get(channel.name, []), consumed)
    return [channel for channel in found.values() if channel.puts]


def _channel(found: dict[Hashable, Channel], operation: Operation, payloads: int) -> Channel:
    named = len(operation.args) > payloads
    name = operation.args[0] if named else None
    return found.setdefault(canonical(name), Channel(str(name) if named else UNNAMED))


def _take(channel: Channel, operation: Operation) -> None:
    if operation.outcome is Outcome.UNKNOWN and operation.f in TAKES:
        channel.unanswered += 1
    if operation.outcome is not Outcome.OK:
        return
    if operation.f in TAKES and isinstance(operation.value, (list, tuple)):
        channel.in_batches = True
    for message in handed_out(operation):
        channel.takes.setdefault(message, []).append(operation)


def handed_out(operation: Operation) -> list[Hashable]:
    """Return the messages that an ok operation handed out, in order."""
    if operation.value is None:
        return []
    if isinstance(operation.value, (list, tuple)):
        return [canonical(message) for message in operation.value]
    return [canonical(operation.value)]


def _drained(channel: Channel, looks: Iterable[Operation], consumed: bool) -> bool:
    """Say whether the channel was seen empty (or read whole) after the last acknowledged put."""
    last: Moment = max((completion(put) for _, put in channel.acknowledged()), default=(0.0, -1))
    if not consumed:
        return any(o.f == "final_read" and last < invocation(o) for o in looks)
    return any(o.f in TAKES and not handed_out(o) and last < invocation(o) for o in looks)
