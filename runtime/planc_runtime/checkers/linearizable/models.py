"""What the objects under test are meant to do, one call at a time: sequential specifications.

A model is a pure function from a state and a call to the next state. It is chosen by the names of
the operations, which carry meaning: read write cas delete (a register, or a map of them), add
remove contains (a set), append (a list), increment (a counter), enqueue dequeue (a queue), acquire
release (a lock; with a time to live, or renew, a lease).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Protocol

from planc_runtime.checkers.linearizable.call import Call, make_call
from planc_runtime.history.operation import Operation


class _Illegal:
    def __repr__(self) -> str:
        return "ILLEGAL"


ILLEGAL: Final = _Illegal()
"""Returned by a step: the call cannot have happened in that state."""


class Model(Protocol):
    name: str
    initial: Hashable
    bounded: bool
    """Whether repeating calls for ever leads to no more than so many states."""

    def call(self, operation: Operation) -> tuple[Hashable, Call] | None:
        """Return the object that it acts on and the call, or None if the model knows no such one.

        Objects are judged apart from each other: linearizability is local.
        """

    def pure(self, call: Call) -> bool:
        """Say whether the call never changes the state: it may then be left out of a history."""

    def step(self, state: Any, call: Call) -> Any:
        """Return the state after the call, or ILLEGAL. States are hashable and never modified."""

    def useful(self, calls: Sequence[Call]) -> Sequence[Call]:
        """Drop uncertain calls that cannot help: that nobody can have seen the effect of."""


@dataclass(frozen=True, slots=True)
class Verb:
    f: str
    """The model's word for it."""
    arguments: int
    """How many it takes; one more than these is the name of the object, which comes first."""


class NamedModel:
    """What all built-in models share: verbs by name, the object's name as first argument."""

    name: str
    initial: Hashable
    bounded = False
    verbs: ClassVar[Mapping[str, Verb]]
    reads: frozenset[str]

    def call(self, operation: Operation) -> tuple[Hashable, Call] | None:
        verb = self.verbs.get(operation.f)
        if verb is None or not 0 <= len(operation.args) - verb.arguments <= 1:
            return None
        named = len(operation.args) > verb.arguments
        call = make_call(operation, verb.f, operation.args[1:] if named else operation.args)
        return (repr(operation.args[0]) if named else None), call

    def pure(self, call: Call) -> bool:
        return call.f in self.reads

    def useful(self, calls: Sequence[Call]) -> Sequence[Call]:
        return calls


class Register(NamedModel):
    """One value: read, write, compare-and-set, delete. The value of nothing is None.

    A cas that answered with false is one that found another value; it must have been there.
    """

    name = "register"
    initial: Hashable = None
    bounded = True
    verbs: ClassVar = {
        "read": Verb("read", 0),
        "get": Verb("read", 0),
        "final_read": Verb("read", 0),
        "write": Verb("write", 1),
        "put": Verb("write", 1),
        "set": Verb("write", 1),
        "cas": Verb("cas", 2),
        "delete": Verb("delete", 0),
    }
    reads = frozenset({"read"})

    def pure(self, call: Call) -> bool:
        return call.f == "read" or refused(call)

    def step(self, state: Any, call: Call) -> Any:
        match call.f:
            case "read":
                return state if state == call.value else ILLEGAL
            case "write":
                return call.args[0]
            case "delete":
                return None
            case _:
                old, new = call.args
                if refused(call):
                    return state if state != old else ILLEGAL
                return new if state == old else ILLEGAL

    def useful(self, calls: Sequence[Call]) -> Sequence[Call]:
        seen = {call.value for call in calls if call.f == "read"}
        seen |= {call.args[0] for call in calls if call.f == "cas"}
        differs = any(refused(call) for call in calls)
        return [c for c in calls if c.certain or differs or leaves(c) in seen]


def refused(call: Call) -> bool:
    """Say whether a cas answered that the value was another one."""
    return call.f == "cas" and call.answered and call.value == "false"


def leaves(call: Call) -> Hashable:
    """Return the value that a write, cas or delete leaves in a register."""
    return None if call.f == "delete" else call.args[-1]


class ModelFailed(Exception):
    """A user's model raised, or returned what cannot be a state."""


class Custom:
    """A user's model: a pure function `(state, operation) -> state`.

    States must be hashable. It returns NotImplemented when the operation cannot have happened in
    that state. The history is judged as one object; an operation of unknown outcome reaches the
    function with `value` None.
    """

    name = "custom"
    bounded = False

    def __init__(
        self,
        function: Callable[[Any, Operation], Any],
        initial: Hashable = None,
    ) -> None:
        self._function = function
        self.initial = initial

    def call(self, operation: Operation) -> tuple[Hashable, Call] | None:
        return None, make_call(operation, operation.f, operation.args)

    def pure(self, call: Call) -> bool:
        return False

    def step(self, state: Any, call: Call) -> Any:
        try:
            after = self._function(state, call.operation)
            hash(after)
        except Exception as trouble:
            said = f"{type(trouble).__name__}: {trouble}"
            raise ModelFailed(f"the model failed at {call.f}: {said}") from trouble
        return ILLEGAL if after is NotImplemented else after

    def useful(self, calls: Sequence[Call]) -> Sequence[Call]:
        return calls
