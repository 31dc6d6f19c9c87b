"""Models of what holds more than one value, or none: sets, lists, counters, queues, locks."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, ClassVar

from planc_runtime.checkers.linearizable.call import Call, make_call
from planc_runtime.checkers.linearizable.models import ILLEGAL, NamedModel, Verb
from planc_runtime.history.operation import Operation


class Set(NamedModel):
    """Elements: add, remove, contains, and read, which returns them all."""

    name = "set"
    initial: Hashable = frozenset()
    verbs: ClassVar = {
        "add": Verb("add", 1),
        "remove": Verb("remove", 1),
        "contains": Verb("contains", 1),
        "read": Verb("read", 0),
        "final_read": Verb("read", 0),
    }
    reads = frozenset({"contains", "read"})

    def step(self, state: Any, call: Call) -> Any:
        match call.f:
            case "add":
                return state | {call.args[0]}
            case "remove":
                return state - {call.args[0]}
            case "contains":
                return state if (call.args[0] in state) == (call.value == "true") else ILLEGAL
            case _:
                return state if state == elements(call.value) else ILLEGAL

    def useful(self, calls: Sequence[Call]) -> Sequence[Call]:
        """Drop uncertain adds of what nobody saw inside, and removes of what nobody missed."""
        reads = [elements(call.value) for call in calls if call.f == "read"]
        looks = [call for call in calls if call.f == "contains"]
        held = frozenset[Hashable]().union(*reads)
        held |= {call.args[0] for call in looks if call.value == "true"}
        missed = {call.args[0] for call in looks if call.value != "true"}
        if reads:
            known = held | {call.args[0] for call in calls if call.f == "add"}
            missed |= known - frozenset.intersection(*reads)
        wanted = {"add": held, "remove": missed}
        return [call for call in calls if call.certain or call.args[0] in wanted[call.f]]


class Element(Set):
    """One element of a set that is never read whole."""

    bounded = True


def elements(value: Hashable) -> frozenset[Hashable]:
    """Return the elements of a set as a client may have returned it: any collection, or nothing."""
    return frozenset(value) if isinstance(value, (tuple, frozenset)) else frozenset()


class List(NamedModel):
    """A log: append, and read, which returns all of it in order."""

    name = "list"
    initial: Hashable = ()
    verbs: ClassVar = {
        "append": Verb("append", 1),
        "read": Verb("read", 0),
        "final_read": Verb("read", 0),
    }
    reads = frozenset({"read"})

    def step(self, state: Any, call: Call) -> Any:
        if call.f == "append":
            return (*state, call.args[0])
        return state if state == listed(call) else ILLEGAL

    def useful(self, calls: Sequence[Call]) -> Sequence[Call]:
        """Drop uncertain appends of what nobody saw inside."""
        seen = {element for call in calls if call.f == "read" for element in listed(call)}
        return [call for call in calls if call.certain or call.args[0] in seen]


def listed(read: Call) -> tuple[Hashable, ...]:
    return read.value if isinstance(read.value, tuple) else ()


class Counter(NamedModel):
    """A number: increment and decrement by one or by an amount, and read.

    An increment that returns a number returns the sum after it, as Redis does.
    """

    name = "counter"
    initial: Hashable = 0
    verbs: ClassVar = {
        "increment": Verb("increment", 0),
        "decrement": Verb("decrement", 0),
        "read": Verb("read", 0),
        "final_read": Verb("read", 0),
    }
    reads = frozenset({"read"})

    def call(self, operation: Operation) -> tuple[Hashable, Call] | None:
        verb = self.verbs.get(operation.f)
        if verb is None or len(operation.args) > (1 if verb.f == "read" else 2):
            return None
        key = repr(operation.args[0]) if operation.args else None
        return key, make_call(operation, verb.f, operation.args[1:])

    def step(self, state: Any, call: Call) -> Any:
        if call.f == "read":
            return state if state == number(call.value) else ILLEGAL
        amount = number(call.args[0]) if call.args else 1
        after = state + (amount if call.f == "increment" else -amount)
        answers = call.answered and isinstance(call.value, str) and call.value.lstrip("-").isdigit()
        return after if not answers or number(call.value) == after else ILLEGAL


def number(value: Hashable) -> float:
    """Return a canonical value as a number; nothing is zero, and what is no number is NaN."""
    if value is None:
        return 0
    try:
        return int(str(value))
    except ValueError:
        pass
    try:
        return float(str(value))
    except ValueError:
        return float("nan")


class Queue(NamedModel):
    """First in, first out: enqueue, dequeue, where a dequeue of nothing found it empty."""

    name = "queue"
    initial: Hashable = ()
    verbs: ClassVar = {"enqueue": Verb("enqueue", 1), "dequeue": Verb("dequeue", 0)}
    reads = frozenset[str]()

    def pure(self, call: Call) -> bool:
        return call.f == "dequeue" and call.answered and call.value is None

    def step(self, state: Any, call: Call) -> Any:
        if call.f == "enqueue":
            return (*state, call.args[0])
        if not call.answered:
            return state[1:]
        if not state:
            return state if call.value is None else ILLEGAL
        return state[1:] if state[0] == call.value else ILLEGAL


class Stack(NamedModel):
    """Last in, first out: push, pop, where a pop of nothing found it empty."""

    name = "stack"
    initial: Hashable = ()
    verbs: ClassVar = {"push": Verb("push", 1), "pop": Verb("pop", 0)}
    reads = frozenset[str]()

    def pure(self, call: Call) -> bool:
        return call.f == "pop" and call.answered and call.value is None

    def step(self, state: Any, call: Call) -> Any:
        if call.f == "push":
            return (*state, call.args[0])
        if not call.answered:
            return state[:-1]
        if not state:
            return state if call.value is None else ILLEGAL
        return state[:-1] if state[-1] == call.value else ILLEGAL


class Lock(NamedModel):
    """Mutual exclusion: acquire and release, by the calling process or by a named owner."""

    name = "lock"
    initial: Hashable = None
    bounded = True
    verbs: ClassVar = {"acquire": Verb("acquire", 0), "release": Verb("release", 0)}
    reads = frozenset[str]()

    def call(self, operation: Operation) -> tuple[Hashable, Call] | None:
        verb = self.verbs.get(operation.f)
        if verb is None or len(operation.args) > 2:
            return None
        lock, *owner = operation.args or (None,)
        return repr(lock), make_call(operation, verb.f, tuple(owner) or (operation.process,))

    def pure(self, call: Call) -> bool:
        return call.answered and call.value == "false"

    def step(self, state: Any, call: Call) -> Any:
        owner = call.args[0]
        if self.pure(call):
            return state
        if call.f == "acquire":
            return owner if state is None else ILLEGAL
        return None if state == owner else ILLEGAL
