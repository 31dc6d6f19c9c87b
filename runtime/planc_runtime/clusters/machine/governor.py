"""Less processor for a node: its processes are stopped whenever they have used up their share.

Not a fixed rhythm but an account: what they use is read from their processor clocks, to the
nanosecond, and what a share of the time grants is set against it. A node that wants less than its
share is never stopped; one with many threads is stopped the sooner.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time

from planc_runtime.clusters.local import proc
from planc_runtime.clusters.local.warden import tree

_TICK = 0.002
"""Seconds that processes may run on before their use is looked at again."""
_SAVED_UP = 0.1
"""Seconds whose grant an idle node can save up, as the kernel's own throttling has it."""
_SLICE = 0.002
"""Seconds of processor time that a stopped node is let go on with."""
_LOOKING = 0.25
"""Seconds after which processes that were forked meanwhile are known."""


class Governor:
    def __init__(self) -> None:
        self._share: float | None = None
        self._granted = self._used = 0.0
        self._clocks: dict[int, float] = {}
        self._groups: set[int] = set()
        self._began = self._counted = self._looked = 0.0
        self._stopped = False
        self._paused = False
        self.stops = 0

    def pause(self, paused: bool) -> None:
        """Take note that somebody else has stopped the node, or has let all of it go on."""
        self._paused = paused
        if not paused:
            self._stopped = False

    def set(self, share: float | None) -> dict[str, float]:
        """Grant a share of one core, or as much as there is; return what came of the last one."""
        account = self.account()
        if self._stopped:
            self._let_go()
        self._share = share
        self._granted = self._used = 0.0
        self.stops = 0
        self._began = self._counted = time.monotonic()
        self._clocks.clear()
        if share is not None:
            self._look()
        return account

    def account(self) -> dict[str, float]:
        """Return seconds that passed and that were used, and how often the node was stopped."""
        if self._share is not None:
            self._count()
        passed = time.monotonic() - self._began
        return {"seconds": passed, "used": self._used, "stops": self.stops}

    def patience(self) -> float | None:
        """Return in how many seconds there is something to do."""
        if self._share is None or self._paused:
            return None
        if self._stopped:
            return max(0.0, (_SLICE - self._granted) / self._share)
        return max(_TICK, self._granted / (os.cpu_count() or 1))

    def tick(self) -> None:
        """Stop the node or let it go on, as its account stands."""
        if self._share is None or self._paused:
            return
        self._count()
        if self._stopped and self._granted >= _SLICE:
            self._let_go()
        elif not self._stopped and self._granted < 0:
            self._stopped = True
            self.stops += 1
            self._send(signal.SIGSTOP)

    def _let_go(self) -> None:
        self._stopped = False
        if not self._paused:
            self._send(signal.SIGCONT)

    def _send(self, number: int) -> None:
        for group in self._groups:
            tree.send_group(group, number)

    def _count(self) -> None:
        now = time.monotonic()
        if now - self._looked > _LOOKING:
            self._look()
        used = 0.0
        for pid, before in list(self._clocks.items()):
            if (clock := processor_time(pid)) is None:
                del self._clocks[pid]
            else:
                used += clock - before
                self._clocks[pid] = clock
        self._used += used
        share = self._share or 0.0
        limit = max(_SLICE, share * _SAVED_UP)
        self._granted = min(limit, self._granted + share * (now - self._counted) - used)
        self._counted = now

    def _look(self) -> None:
        """Find the processes; those that are new since the first look are counted from birth."""
        first = not self._clocks
        processes = proc.descendants(os.getpid())
        self._groups = {process.group for process in processes} - {os.getpgrp()}
        for process in processes:
            if process.pid not in self._clocks:
                begin = processor_time(process.pid) if first else 0.0
                self._clocks[process.pid] = begin or 0.0
        if self._stopped:
            self._send(signal.SIGSTOP)
        self._looked = time.monotonic()


def processor_time(pid: int) -> float | None:
    """Return the seconds that all threads of a process have run; None when it is gone."""
    with contextlib.suppress(OSError):
        # The number of another process' clock, as clock_getcpuclockid(3) makes it.
        return time.clock_gettime((~pid << 3) | 2)
    return None
