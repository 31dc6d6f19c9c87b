"""How hard a checker may try before it says that it does not know.

Checking a history can take for ever. On a simulator the answer must be a function of the history
alone, so the bound that counts is a number of states visited; wall time is a second bound for
those who are willing to have an answer that depends on the machine.
"""

from __future__ import annotations

import resource
import time
from dataclasses import dataclass, field
from pathlib import Path

_LOOK_EVERY = 1024
_STATM = Path("/proc/self/statm")


class OutOfBudget(Exception):
    """The search was given up; nothing is known about what it was searching for."""


@dataclass(slots=True)
class Budget:
    """States that may still be visited, and the moment at which to stop in any case.

    A state stands for about 300 bytes kept in memory, and large configurations count for several,
    so that `states` bounds memory as well. `mebibytes` bounds what the whole process holds.
    """

    states: int = 1_000_000
    seconds: float | None = None
    mebibytes: float | None = None
    spent: int = 0
    _deadline: float | None = field(default=None, repr=False)

    def spend(self, states: int = 1) -> None:
        """Account for states visited; raises OutOfBudget when there is nothing left."""
        self.spent += states
        if self.spent > self.states:
            raise OutOfBudget(f"gave up after {self.states:,} states")
        if self.spent % _LOOK_EVERY < states or (self.seconds is not None and not self._deadline):
            if self.seconds is not None:
                self._look_at_clock(self.seconds)
            if self.mebibytes is not None and resident() > self.mebibytes:
                raise OutOfBudget(f"gave up with {self.mebibytes:,.0f} MiB in use")

    def _look_at_clock(self, seconds: float) -> None:
        now = time.perf_counter()
        if self._deadline is None:
            self._deadline = now + seconds
        elif now > self._deadline:
            raise OutOfBudget(f"gave up after {seconds:g} s")

    def part(self, states: int) -> Budget:
        """Return a budget of its own for a lesser task, at most as large as what is left here."""
        allowed = max(0, min(states, self.states - self.spent))
        return Budget(allowed, self.seconds, self.mebibytes, _deadline=self._deadline)


def resident() -> float:
    """Return how many MiB of memory this process holds; 0 where the system does not tell."""
    try:
        pages = int(_STATM.read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0.0
    return pages * resource.getpagesize() / (1 << 20)
