"""What the troubles of one node's machine come to, taken together, as its keeper is told it.

Rules of the same kind add up: offsets, drifts and delays are sums, of limits the harshest counts.
They belong to the machine, hence to every incarnation that begins while they are in force.
"""

from __future__ import annotations

import time
from typing import Any

from planc_runtime.protocols.rules import ClockRule, DiskRule, ResourceRule

State = dict[str, Any]

_NANO = 10**9
_RATE = 1 << 32


class Conditions:
    def __init__(self) -> None:
        self.clocks: list[ClockRule] = []
        self.disks: list[DiskRule] = []
        self.resources: list[ResourceRule] = []
        self._drift = 0.0
        self._base = 0
        self._gained = 0
        """Nanoseconds that earlier drifts have gained since there was none at all."""

    def states(self) -> list[State]:
        """Return the states that differ from a sound machine's, for the start of a program.

        Exhausted descriptors are not among them: no program could begin without any. They are the
        trouble of the processes that ran when it was laid.
        """
        states = []
        if self.clocks:
            states.append(self.clock())
        if self.disks:
            states.append(self.disk())
        states += [state for state in (self.memory(), self.cpu()) if None not in state.values()]
        return states

    def clock(self) -> State:
        self._settle_drift(sum(rule.drift for rule in self.clocks))
        offset = round(sum(rule.offset for rule in self.clocks) * _NANO) + self._gained
        return {"what": "clock", "words": [self._base, round(self._drift * _RATE), offset]}

    def disk(self) -> State:
        return {
            "what": "disk",
            "delay": sum(rule.delay for rule in self.disks),
            "fails": any(rule.fail_sync for rule in self.disks),
            "full": any(rule.full for rule in self.disks),
        }

    def files(self) -> State:
        return {"what": "files", "low": any(rule.files for rule in self.resources)}

    def memory(self) -> State:
        limits = [rule.memory for rule in self.resources if rule.memory is not None]
        return {"what": "memory", "limit": min(limits, default=None)}

    def cpu(self) -> State:
        shares = [rule.cpu for rule in self.resources if rule.cpu is not None]
        return {"what": "cpu", "share": min(shares, default=None)}

    def _settle_drift(self, drift: float) -> None:
        """Begin a new stretch when the drift changes; without any the clock is right again."""
        drift = 0.0 if abs(drift) < 1e-12 else drift
        if drift == self._drift:
            return
        now = time.time_ns()
        self._gained += int((now - self._base) * self._drift)
        self._base, self._drift = now, drift
        if not drift:
            self._base = self._gained = 0
