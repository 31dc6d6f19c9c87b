"""The general search: any model, exponential at worst, bounded by a budget.

After Wing and Gong, "Testing and Verifying Concurrent Objects" (1993), with Lowe's just-in-time
linearization and memory of visited configurations ("Testing for linearizability", 2017): calls
are ordered only when one of them is about to return, and a configuration is never tried twice.
Besides:

- pure calls are ordered as soon as the state allows them, which loses nothing;
- uncertain calls may be ordered at any time after their start or never. A configuration that used
  more of them than one seen before, and is otherwise alike, can do nothing that the other cannot;
- of uncertain calls that are alike, the earliest is used first.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from planc_runtime.checkers.budget import Budget
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
    return _Search(model, calls, budget).run()


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


class _Search:
    def __init__(self, model: Model, calls: Sequence[Call], budget: Budget) -> None:
        self._model = model
        self._budget = budget
        useful = model.useful([c for c in calls if c.certain or not model.pure(c)])
        self._uncertain = [call for call in useful if not call.certain]
        self._uncertain.sort(key=lambda call: call.start)
        self._older_twin = _older_twins(self._uncertain)
        certain = [(call, model.pure(call)) for call in useful if call.certain]
        self._returns = _returns(certain, [call.start for call in self._uncertain])
        self._visited: dict[tuple[int, int, Hashable], list[int]] = {}

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
        for number in range(due.uncertain):
            bit, twin = 1 << number, self._older_twin[number]
            if node.used & bit or (twin is not None and not node.used & (1 << twin)):
                continue
            state = step(node.state, self._uncertain[number])
            if state is not ILLEGAL and state != node.state:
                yield node.ordered, node.used | bit, state

    def _is_new(self, node: _Node) -> bool:
        """Remember a configuration, unless one at least as free was seen before."""
        if node.position == len(self._returns):
            return True
        key = (node.position, node.ordered, node.state)
        seen = self._visited.setdefault(key, [])
        if any(used & node.used == used for used in seen):
            return False
        self._budget.spend()
        seen[:] = [used for used in seen if used & node.used != node.used]
        seen.append(node.used)
        return True


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


def _older_twins(uncertain: Sequence[Call]) -> list[int | None]:
    latest: dict[tuple[object, ...], int] = {}
    twins: list[int | None] = []
    for number, call in enumerate(uncertain):
        likeness = (call.f, call.args, call.answered, call.value)
        twins.append(latest.get(likeness))
        latest[likeness] = number
    return twins
