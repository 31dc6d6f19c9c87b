"""One attempt at ordering the calls of an object: a walk through configurations, depth first."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum

from planc_runtime.checkers.budget import Budget
from planc_runtime.checkers.linearizable.search.prepared import IMPOSSIBLE, Prepared, Return

Node = tuple[int, int, int, int]
"""A configuration: returns served, open calls ordered (bits), uncertain calls used, the state."""

_STRETCH = 4096
"""Returns after which an attempt that forgets drops what lies before the last stretch."""
_STATES = 1 << 40
_UNUSED = (0,)


class Ways(IntEnum):
    """How many sets of used calls are remembered with a configuration."""

    UNLIMITED = 0
    """None, as nothing is used up."""
    ONE = 1
    SOME = 8
    ALL = 1 << 60


class Attempt:
    """A walk that can be interrupted and resumed."""

    def __init__(self, calls: Prepared, budget: Budget, ways: Ways) -> None:
        self._calls = calls
        self.returns = calls.returns
        self._budget = budget
        self._ways = ways
        self._width = max((due.bit for due in calls.returns), default=1).bit_length()
        self._recent: dict[int, tuple[int, ...]] = {}
        self._older: dict[int, tuple[int, ...]] = {}
        self._mark = self._base = 0
        self._stack: list[Iterator[Node]] = [iter([(0, 0, 0, s) for s in calls.initials])]
        self.deepest = 0
        """The most returns that were served."""
        self.incomplete = False
        """Whether something was left untried: forgotten, or short of uncertain calls of a kind."""

    def run(self, patience: int | None = None) -> bool | None:
        """Say whether all calls can be ordered; None if `patience` ran out before it was known.

        That is how many configurations may be met without getting any further. Raises OutOfBudget.
        """
        stack, size, left = self._stack, len(self.returns), patience
        while stack:
            node = next(stack[-1], None)
            if node is None:
                stack.pop()
                continue
            position, ordered, used, state = self._advance(*node)
            if position == size:
                return True
            if position > self.deepest:
                self.deepest, left = position, patience
            if state < 0 or not self._is_new(position, ordered, used, state):
                continue
            stack.append(self._choices(position, ordered, used, state))
            if self._ways is Ways.ONE and position > self._mark + _STRETCH:
                self._forget(position)
            if left is not None:
                left -= 1
                if left < 0:
                    return None
        return False

    def _advance(self, position: int, ordered: int, used: int, state: int) -> Node:
        """Go on as long as there is no choice, ordering every pure call that the state allows.

        The state comes back as IMPOSSIBLE where it ends.
        """
        returns = self.returns
        size = len(returns)
        while position < size:
            due = returns[position]
            for bit, action in due.pure:
                if not ordered & bit and action[state] >= 0:
                    ordered |= bit
            if not ordered & due.bit:
                if due.others or due.uncertain:
                    break
                state = IMPOSSIBLE if due.is_pure else due.action[state]
                if state == IMPOSSIBLE:
                    break
            ordered &= ~due.bit
            position += 1
        return position, ordered, used, state

    def _choices(self, position: int, ordered: int, used: int, state: int) -> Iterator[Node]:
        """Yield what may come next: the due call, what makes it possible at once, the rest."""
        due = self.returns[position]
        wanted = due.action
        if not due.is_pure and (after := wanted[state]) >= 0:
            yield position, ordered | due.bit, used, after
        roundabout: list[Node] = []
        for bit, action in due.others:
            if not ordered & bit and (after := action[state]) >= 0:
                node = (position, ordered | bit, used, after)
                if wanted[after] >= 0:
                    yield node
                else:
                    roundabout.append(node)
        for node in self._uncertain(due, position, ordered, used, state):
            if wanted[node[3]] >= 0:
                yield node
            else:
                roundabout.append(node)
        yield from roundabout

    def _uncertain(
        self, due: Return, position: int, ordered: int, used: int, state: int
    ) -> Iterator[Node]:
        begun = due.uncertain
        for group in self._calls.groups:
            if group.numbers[0] >= begun:
                break
            after = group.action[state]
            if after < 0 or after == state:
                continue
            if self._ways is Ways.UNLIMITED:
                yield position, ordered, 0, after
            elif group.is_left(used, begun):
                yield position, ordered, used + group.one, after
            else:
                self.incomplete = True

    def _is_new(self, position: int, ordered: int, used: int, state: int) -> bool:
        """Remember a configuration, unless one at least as free, or enough others, were seen."""
        key = ((position * _STATES + state) << self._width) | ordered
        seen = self._recent.get(key) or self._older.get(key)
        if seen is None:
            self._budget.spend(self._weight(used, state))
            self._recent[key] = (used,) if used else _UNUSED
            return True
        spare = self._calls.spare
        if len(seen) >= max(1, self._ways):
            return False
        if any(((used | spare) - old) & spare == spare for old in seen):
            return False
        self._budget.spend(self._weight(used, state))
        kept = [old for old in seen if ((old | spare) - used) & spare != spare]
        self._recent[key] = (*kept, used)
        return True

    def _weight(self, used: int, state: int) -> int:
        """Return how many states a configuration counts for: a long queue takes more memory."""
        return 1 + self._calls.states.weight(state) + used.bit_length() // 2048

    def _forget(self, position: int) -> None:
        """Drop what is remembered, and the choices left open, before the last stretch."""
        self._budget.spent -= min(len(self._older), self._budget.spent)
        self._older, self._recent = self._recent, {}
        dropped = min(self._base, len(self._stack) - 1)
        if dropped > 0:
            del self._stack[:dropped]
            self.incomplete = True
        self._base = len(self._stack)
        self._mark = position
