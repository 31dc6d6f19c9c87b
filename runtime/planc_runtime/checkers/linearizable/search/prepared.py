"""The calls of one object, laid out for searching: returns in order, states as small numbers.

A search asks the same thing again and again: may this call come next in that state, and what is the
state then? Every action therefore keeps a table of its answers, from number to number; calls that
are alike share one.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from planc_runtime.checkers.linearizable.call import Call
from planc_runtime.checkers.linearizable.models import ILLEGAL, Model, NamedModel
from planc_runtime.checkers.linearizable.search.nearby import RegisterInAnyState
from planc_runtime.checkers.order import Moment

IMPOSSIBLE = -1
"""What stands in a table where the call cannot have happened."""


class States:
    """Numbers for the states of a model, in the order in which they are met."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._numbers: dict[Hashable, int] = {}
        self._states: list[Any] = []

    def number(self, state: Hashable) -> int:
        number = self._numbers.get(state)
        if number is None:
            number = self._numbers[state] = len(self._states)
            self._states.append(state)
        return number

    def after(self, number: int, call: Call) -> int:
        """Return the state that a call leads to, or IMPOSSIBLE."""
        state = self._model.step(self._states[number], call)
        return IMPOSSIBLE if state is ILLEGAL else self.number(state)

    def weight(self, number: int) -> int:
        """Return how many times more memory than others a state takes."""
        state = self._states[number]
        return len(state) // 32 if isinstance(state, (tuple, frozenset)) else 0


class Action(dict[int, int]):
    """From the number of a state to that of the state after a call, filled in when asked for."""

    __slots__ = ("_call", "_states")

    def __init__(self, states: States, call: Call) -> None:
        super().__init__()
        self._states = states
        self._call = call

    def __missing__(self, state: int) -> int:
        after = self[state] = self._states.after(state, self._call)
        return after


Open = tuple[tuple[int, Action], ...]
"""Open calls, each with the bit that stands for it."""


@dataclass(slots=True)
class Return:
    """The moment by which a certain call must have been ordered, and what else is open then."""

    bit: int
    action: Action
    is_pure: bool
    pure: Open
    """Pure calls that began before this moment and return at it or later."""
    others: Open
    """All others but the one that returns now."""
    uncertain: int
    """How many uncertain calls began before this moment."""
    call: Call


@dataclass(frozen=True, slots=True)
class Group:
    """Uncertain calls that are alike, the earliest first.

    Which of them were used is a number, as the earliest is always used first. The numbers of all
    groups together are one large integer, in which each has a field and a spare bit above it.
    """

    numbers: tuple[int, ...]
    action: Action
    shift: int
    mask: int

    @property
    def one(self) -> int:
        return 1 << self.shift

    def is_left(self, used: int, begun: int) -> bool:
        """Say whether there is one that is not used, of those that had begun."""
        count = (used >> self.shift) & self.mask
        return count < len(self.numbers) and self.numbers[count] < begun


class Prepared:
    """The calls of one object, made ready for searching."""

    def __init__(self, model: Model, calls: Sequence[Call]) -> None:
        self.model = model
        self.states = States(model)
        initials = model.initials if isinstance(model, RegisterInAnyState) else (model.initial,)
        self.initials = [self.states.number(state) for state in initials]
        self._actions: dict[Hashable, Action] = {}
        useful = model.useful([c for c in calls if c.certain or not model.pure(c)])
        uncertain = sorted((c for c in useful if not c.certain), key=lambda call: call.start)
        self.groups, self.spare = self._grouped(uncertain)
        certain = [(call, self._action(call), model.pure(call)) for call in useful if call.certain]
        self.returns = _returns(certain, [call.start for call in uncertain])

    def _action(self, call: Call) -> Action:
        """Return the table of a call. Built-in models look at nothing but what calls alike share.

        So they do with uncertain ones of a user's model, which are told apart by nothing else.
        """
        key: Hashable = id(call)
        if isinstance(self.model, NamedModel) or not call.certain:
            key = call.f, call.args, call.answered, call.value
        action = self._actions.get(key)
        if action is None:
            action = self._actions[key] = Action(self.states, call)
        return action

    def _grouped(self, uncertain: Sequence[Call]) -> tuple[list[Group], int]:
        """Return uncertain calls in groups (the one that began first first), and the spare bits."""
        alike: dict[int, tuple[Action, list[int]]] = {}
        for number, call in enumerate(uncertain):
            action = self._action(call)
            alike.setdefault(id(action), (action, []))[1].append(number)
        groups, shift, spare = [], 0, 0
        for action, numbers in alike.values():
            width = len(numbers).bit_length()
            groups.append(Group(tuple(numbers), action, shift, (1 << width) - 1))
            spare |= 1 << (shift + width)
            shift += width + 1
        return groups, spare


def _returns(
    certain: Sequence[tuple[Call, Action, bool]], uncertain_starts: Sequence[Moment]
) -> list[Return]:
    """Return the certain calls' returns in order; bits are taken anew when they are free."""
    events = [(call.start, 0, number) for number, (call, _, _) in enumerate(certain)]
    events += [(call.end, 1, number) for number, (call, _, _) in enumerate(certain)]
    events.sort()
    free: list[int] = []
    pure: dict[int, tuple[int, Action]] = {}
    changing: dict[int, tuple[int, Action]] = {}
    returns: list[Return] = []
    begun, latest = 0, len(uncertain_starts)
    for moment, is_return, number in events:
        call, action, is_pure = certain[number]
        alike = pure if is_pure else changing
        if not is_return:
            alike[number] = (free.pop() if free else 1 << (len(pure) + len(changing)), action)
            continue
        while begun < latest and uncertain_starts[begun] <= moment:
            begun += 1
        bit, _ = alike.pop(number)
        seen = (*pure.values(), (bit, action)) if is_pure else tuple(pure.values())
        returns.append(Return(bit, action, is_pure, seen, tuple(changing.values()), begun, call))
        free.append(bit)
    return returns
