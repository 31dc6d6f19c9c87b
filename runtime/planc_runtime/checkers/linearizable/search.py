"""The general search: any model, exponential at worst, bounded by a budget.

After Wing and Gong, "Testing and Verifying Concurrent Objects" (1993), with Lowe's just-in-time
linearization and memory of visited configurations ("Testing for linearizability", 2017): calls
are ordered only when one of them is about to return, and a configuration is never tried twice.
Besides:

- pure calls are ordered as soon as the state allows them, which loses nothing;
- uncertain calls may be ordered at any time after their start or never. A configuration that used
  more of them than one seen before, and is otherwise alike, can do nothing that the other cannot;
- of uncertain calls that are alike, the earliest is used first.

Which of many uncertain calls were used is what makes the configurations explode. So first attempts
forget most of that. One that keeps a single way to each configuration and gets through has found an
order. One that may use uncertain calls again and again, as soon as the first of their kind had
begun, and still gets stuck, has shown that there is none. Only what both leave open is searched in
full.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from planc_runtime.checkers.budget import Budget, OutOfBudget
from planc_runtime.checkers.linearizable.call import Call
from planc_runtime.checkers.linearizable.models import ILLEGAL, Model
from planc_runtime.checkers.order import Moment


@dataclass(frozen=True, slots=True)
class Stuck:
    """No order exists: however the calls before it are ordered, `call` cannot return."""

    call: Call


def search(model: Model, calls: Sequence[Call], budget: Budget) -> Stuck | None:
    """Return None if the calls of one object can be ordered, else where every attempt got stuck.

    Raises OutOfBudget when neither could be shown.
    """
    prepared = _Calls(model, calls)
    if prepared.groups:
        for ways in (_ONE_WAY, *([_UNLIMITED] if model.bounded else []), _SOME_WAYS):
            share = budget.part((budget.states - budget.spent) // _SHARE)
            attempt = _Search(prepared, share, ways)
            try:
                stuck = attempt.run()
            except OutOfBudget:
                continue
            finally:
                budget.spent += share.spent
            if stuck is None and ways is not _UNLIMITED:
                return None
            if stuck is not None and (ways is _UNLIMITED or not attempt.ran_short):
                return stuck
    return _Search(prepared, budget, _ALL_WAYS).run()


_UNLIMITED, _ONE_WAY, _SOME_WAYS, _ALL_WAYS = 0, 1, 8, 1 << 60
"""How many sets of used calls are remembered with a configuration. Unlimited: none, as nothing is
used up."""
_SHARE = 4
"""Which part of what is left of the budget an attempt may spend."""


Open = tuple[tuple[int, Call], ...]
"""Open calls, each with the bit that stands for it."""


@dataclass(slots=True)
class _Return:
    """The moment by which a certain call must have been ordered, and what else is open then."""

    bit: int
    call: Call
    pure: Open
    """Pure calls that began before this moment and return at it or later."""
    changing: Open
    """All others, the one that returns now first."""
    uncertain: int
    """How many uncertain calls began before this moment."""


@dataclass(slots=True)
class _Node:
    """A configuration: everything up to a return is ordered, some open calls as well."""

    position: int
    ordered: int
    """Bit set of slots."""
    used: int
    """Bit set of uncertain calls."""
    state: Any
    choices: Iterator[tuple[int, int, Any]] = field(init=False)


class _Calls:
    """The calls of one object, made ready for searching."""

    def __init__(self, model: Model, calls: Sequence[Call]) -> None:
        self.model = model
        useful = model.useful([c for c in calls if c.certain or not model.pure(c)])
        self.uncertain = [call for call in useful if not call.certain]
        self.uncertain.sort(key=lambda call: call.start)
        self.groups = _alike(self.uncertain)
        certain = [(call, model.pure(call)) for call in useful if call.certain]
        self.returns = _returns(certain, [call.start for call in self.uncertain])


@dataclass(frozen=True, slots=True)
class _Group:
    """Uncertain calls that are alike, the earliest first."""

    numbers: tuple[int, ...]
    mask: int
    call: Call

    def next(self, used: int, begun: int) -> int | None:
        """Return the number of the first that is not used, if that had begun."""
        position = (used & self.mask).bit_count()
        found = self.numbers[position] if position < len(self.numbers) else begun
        return found if found < begun else None


class _Search:
    def __init__(self, calls: _Calls, budget: Budget, ways: int) -> None:
        self._model = calls.model
        self._budget = budget
        self._ways = ways
        self._groups = calls.groups
        self._returns = calls.returns
        self._visited: dict[tuple[int, int, Hashable], list[int]] = {}
        self.ran_short = False
        """Whether an uncertain call was missed that others alike had been used up for."""

    def run(self) -> Stuck | None:
        deepest = 0
        stack = [self._settle(_Node(0, 0, 0, self._model.initial))]
        while stack:
            node = stack[-1]
            if node.position == len(self._returns):
                return None
            deepest = max(deepest, node.position)
            choice = next(node.choices, None)
            if choice is None:
                stack.pop()
                continue
            ordered, used, state = choice
            following = self._settle(_Node(node.position, ordered, used, state))
            if self._is_new(following):
                stack.append(following)
        return Stuck(self._returns[deepest].call)

    def _settle(self, node: _Node) -> _Node:
        """Order every pure call that the state allows; go on to the first return not yet served."""
        returns, step = self._returns, self._model.step
        while node.position < len(returns):
            due = returns[node.position]
            for bit, call in due.pure:
                if not node.ordered & bit and step(node.state, call) is not ILLEGAL:
                    node.ordered |= bit
            if not node.ordered & due.bit:
                break
            node.ordered &= ~due.bit
            node.position += 1
        node.choices = self._choices(node)
        return node

    def _choices(self, node: _Node) -> Iterator[tuple[int, int, Any]]:
        """Yield (ordered, used, state) after each call that may come next, the due one first."""
        if node.position == len(self._returns):
            return
        due, step = self._returns[node.position], self._model.step
        for bit, call in due.changing:
            if not node.ordered & bit and (state := step(node.state, call)) is not ILLEGAL:
                yield node.ordered | bit, node.used, state
        for group in self._groups:
            if group.numbers[0] >= due.uncertain:
                break
            state = step(node.state, group.call)
            if state is ILLEGAL or state == node.state:
                continue
            if self._ways == _UNLIMITED:
                yield node.ordered, 0, state
                continue
            number = group.next(node.used, due.uncertain)
            if number is None:
                self.ran_short = True
            else:
                yield node.ordered, node.used | 1 << number, state

    def _is_new(self, node: _Node) -> bool:
        """Remember a configuration, unless one at least as free, or enough others, were seen."""
        if node.position == len(self._returns):
            return True
        key = (node.position, node.ordered, node.state)
        seen = self._visited.setdefault(key, [])
        if len(seen) >= max(1, self._ways) or any(used & node.used == used for used in seen):
            return False
        self._budget.spend(_weight(node))
        seen[:] = [used for used in seen if used & node.used != node.used]
        seen.append(node.used)
        return True


def _weight(node: _Node) -> int:
    """Return how many states a configuration counts for: a long queue takes more memory."""
    held = len(node.state) if isinstance(node.state, (tuple, frozenset)) else 0
    return 1 + held // 32 + node.used.bit_length() // 2048


def _returns(
    certain: Sequence[tuple[Call, bool]], uncertain_starts: Sequence[Moment]
) -> list[_Return]:
    """Return the certain calls' returns in order; bits are taken anew when they are free.

    Calls come with whether they are pure.
    """
    events = [(call.start, 0, number) for number, (call, _) in enumerate(certain)]
    events += [(call.end, 1, number) for number, (call, _) in enumerate(certain)]
    events.sort()
    free: list[int] = []
    pure: dict[int, tuple[int, Call]] = {}
    changing: dict[int, tuple[int, Call]] = {}
    returns: list[_Return] = []
    begun = 0
    for moment, is_return, number in events:
        call, is_pure = certain[number]
        alike = pure if is_pure else changing
        if not is_return:
            alike[number] = (free.pop() if free else 1 << (len(pure) + len(changing)), call)
            continue
        while begun < len(uncertain_starts) and uncertain_starts[begun] <= moment:
            begun += 1
        bit, _ = alike.pop(number)
        now = ((bit, call),)
        others = tuple(changing.values())
        returns.append(
            _Return(bit, call, (*pure.values(), *now) if is_pure else tuple(pure.values()),
                    others if is_pure else now + others, begun)
        )  # fmt: skip
        free.append(bit)
    return returns


def _alike(uncertain: Sequence[Call]) -> list[_Group]:
    """Return uncertain calls in groups of the same effect, the group that began first first."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for number, call in enumerate(uncertain):
        groups.setdefault((call.f, call.args, call.answered, call.value), []).append(number)
    return [
        _Group(tuple(numbers), sum(1 << number for number in numbers), uncertain[numbers[0]])
        for numbers in groups.values()
    ]
