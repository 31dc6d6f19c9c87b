"""The wall clock of a whole node: one wrong time for all its processes, later ones included."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable

from planc_runtime.clusters.local import proc
from planc_runtime.clusters.local.warden import tree
from planc_runtime.clusters.machine.vdso import Clock, Unpatchable

Words = tuple[int, int, int]
"""Base, rate and offset; see `routines`."""
RIGHT: Words = (0, 0, 0)

_LOOKING = 0.25
"""Seconds after which programs that were executed meanwhile are found."""
_STOPPING = 5.0
_TICK = 0.0002


class TreeClock:
    def __init__(self, root: int | None = None) -> None:
        self._root = os.getpid() if root is None else root
        self._words = RIGHT
        self._looked = 0.0

    def set(self, words: Words) -> dict[str, object]:
        """Give all processes this time; return what was read back, and who refused."""
        self._words = words
        return self._spread()

    def patience(self) -> float | None:
        if self._words == RIGHT:
            return None
        return max(0.0, self._looked + _LOOKING - time.monotonic())

    def tick(self) -> None:
        """Give the time to programs that were executed since the last look."""
        if self.patience() == 0.0:
            self._spread()

    def hold(self, pid: int, words: Words) -> None:
        """Give the time to a program that has been stopped before its first instruction."""
        self._words = words
        tell(pid, words, stopped=True)

    def _spread(self) -> dict[str, object]:
        told: dict[int, Words] = {}
        refused: dict[int, str] = {}
        for process in proc.descendants(self._root):
            try:
                told[process.pid] = tell(process.pid, self._words)
            except Unpatchable as trouble:
                if proc.read(process.pid) is not None:
                    refused[process.pid] = str(trouble)
        self._looked = time.monotonic()
        return {"pids": list(told), "read": list(told.values()), "refused": list(refused.values())}


def tell(pid: int, words: Words, *, stopped: bool = False) -> Words:
    """Give a time to one process and return what it has in its memory then."""
    clock = Clock(pid)
    try:
        if not clock.patched:
            if words == RIGHT:
                return RIGHT
            if stopped:
                clock.patch()
            else:
                _patch_running(clock)
        if clock.words() != words:
            clock.set(*words)
        return clock.words()
    finally:
        clock.close()


def _patch_running(clock: Clock) -> None:
    """Patch a process that runs: stopped for a moment, and with no thread where code changes."""
    held = proc.is_stopped(clock.pid)
    deadline = time.monotonic() + _STOPPING
    while True:
        tree.send(clock.pid, signal.SIGSTOP)
        while not proc.is_stopped(clock.pid) and time.monotonic() < deadline:
            time.sleep(_TICK)
        try:
            if not proc.is_stopped(clock.pid):
                raise Unpatchable(f"pid {clock.pid} does not stop")
            if not _stands_in(clock.pid, clock.entries):
                clock.patch()
                return
        finally:
            if not held:
                tree.send(clock.pid, signal.SIGCONT)
        if held or time.monotonic() > deadline:
            raise Unpatchable(f"pid {clock.pid} stands where its code would change")
        time.sleep(_TICK)


def _stands_in(pid: int, places: Iterable[range]) -> bool:
    """Tell whether the next instruction of any thread lies in one of the places."""
    for thread in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{thread}/syscall") as file:
                where = file.read().split()[-1]
        except OSError:
            # A kernel without this file: four bytes are left to chance, among millions.
            continue
        if where.startswith("0x") and any(int(where, 16) in place for place in places):
            return True
    return False
