"""What one incarnation of a node is made to suffer, done by its keeper.

A state is told as a whole, never as a change: {"what": "disk", "delay": 0.1, "fails": false}. The
same words are sent when a trouble begins, when it ends, and with the start of an incarnation that
begins in trouble: then they are obeyed before its first instruction.
"""

from __future__ import annotations

import contextlib
import os
import selectors
from collections.abc import Callable, Iterable
from typing import Any

from planc_runtime.clusters.local import proc
from planc_runtime.clusters.machine import limits
from planc_runtime.clusters.machine.clocks import TreeClock
from planc_runtime.clusters.machine.desk import Desk
from planc_runtime.clusters.machine.governor import Governor
from planc_runtime.clusters.machine.journal import Journal
from planc_runtime.clusters.machine.limits import Limits
from planc_runtime.clusters.machine.room import Room
from planc_runtime.clusters.machine.syncs import Syncs
from planc_runtime.clusters.machine.writing import Writing
from planc_runtime.clusters.redirect.guide import Guide
from planc_runtime.clusters.redirect.redirector import Redirector

State = dict[str, Any]


class Machine:
    def __init__(self, selector: selectors.BaseSelector, root: int | None = None) -> None:
        self._selector = selector
        self._root = os.getpid() if root is None else root
        """The process whose descendants are the node's: the keeper that we are in, or another."""
        self._desk: Desk | None = None
        self._syncs: Syncs | None = None
        self._writing: Writing | None = None
        self._room: Room | None = None
        self._journal: Journal | None = None
        self._first_disk: State | None = None
        """The state that a program begins in, whose syncs we can't hear yet."""
        self._clock = TreeClock(self._root)
        self._governor = Governor()
        self._files = Limits(limits.FILES)
        self._memory = Limits(limits.MEMORY)

    def watch(self, listener: int, files: State | None = None) -> None:
        """Answer the calls that wait from now on; without an answer their callers stand still.

        `files` are those whose changes arrive as well: {"data": folder, "store": folder or None}.
        """
        self._desk = Desk(listener)
        self._syncs = Syncs(self._desk)
        if files is not None:
            if files["store"] is not None:
                self._journal = Journal.open(files["data"], files["store"])
            self._writing = Writing(self._desk, files["data"], self._journal)
            self._room = Room(self._desk, files["data"])
            self._syncs.told = self._writing.syncing
        if self._first_disk is not None:
            self._obey_disk(self._first_disk)
        self._selector.register(self._desk, selectors.EVENT_READ)

    def lead(self, prefix: str, address: str) -> None:
        """Lead the connections of a node through the exchange of a range of addresses."""
        assert self._desk is not None
        Redirector(self._desk, Guide(prefix, address))

    def patience(self) -> float | None:
        """Return in how many seconds `attend` has something to do by itself."""
        waits = [self._clock.patience(), self._governor.patience()]
        if self._syncs is not None:
            waits.append(self._syncs.patience())
        return min((wait for wait in waits if wait is not None), default=None)

    def attend(self, ready: Iterable[object]) -> None:
        """Do what is due, after every wait of the keeper's."""
        if self._desk is not None and self._desk in ready and not self._desk.take():
            self._selector.unregister(self._desk)
        if self._syncs is not None:
            self._syncs.finish_due()
        self._clock.tick()
        self._governor.tick()

    def paused(self, paused: bool) -> None:
        self._governor.pause(paused)

    def prepare(self, pid: int, states: list[State]) -> None:
        """Lay troubles on a program that has been stopped before its first instruction."""
        for state in states:
            if state["what"] == "clock":
                base, rate, offset = state["words"]
                self._clock.hold(pid, (base, rate, offset))
            else:
                self.obey(state)

    def obey(self, state: State) -> State:
        """Lay or lift troubles of one kind; return what can be seen of it."""
        obeyed: dict[str, Callable[[State], State]] = {
            "clock": self._obey_clock,
            "disk": self._obey_disk,
            "files": self._obey_files,
            "memory": self._obey_memory,
            "cpu": lambda state: dict(self._governor.set(state["share"])),
            "account": lambda state: dict(self._governor.account()),
        }
        return obeyed[state["what"]](state)

    def _obey_clock(self, state: State) -> State:
        base, rate, offset = state["words"]
        return self._clock.set((base, rate, offset))

    def syncs(self) -> State:
        """Return how many calls that sync were seen, and how many calls met trouble.

        `asked` are those that were told that the disk has no room.
        """
        if (syncs := self._syncs) is None:
            return {}
        refused = 0 if self._writing is None else self._writing.refused
        return {
            "seen": syncs.seen,
            "delayed": syncs.delayed,
            "failed": syncs.failed,
            "refused": refused,
            "asked": 0 if self._room is None else self._room.asked,
        }

    def end(self) -> None:
        """Keep what is to be known when the node has ended."""
        if self._syncs is not None:
            self._syncs.end()
        if self._journal is not None:
            self._journal.save()

    def close(self) -> None:
        """Answer no calls any more; for when nobody is left who could make one."""
        if self._desk is not None:
            with contextlib.suppress(KeyError):
                self._selector.unregister(self._desk)
            self._desk.close()
            self._desk = None

    def _obey_disk(self, state: State) -> State:
        if self._syncs is None:
            self._first_disk = state
        else:
            self._syncs.set(state["delay"], state["fails"])
            if self._writing is not None and self._room is not None:
                self._writing.full = self._room.full = state["full"]
        return self.syncs()

    def _obey_files(self, state: State) -> State:
        if not state["low"]:
            return self._restore(self._files)
        found = []
        for process in proc.descendants(self._root):
            try:
                limit = self._files.lower(
                    process.pid, limits.lowest_free_descriptor(process.pid)
                ).soft
                found.append([process.pid, limit, limits.lowest_free_descriptor(process.pid)])
            except OSError:
                continue
        return {"limits": found}

    def _obey_memory(self, state: State) -> State:
        if state["limit"] is None:
            return self._restore(self._memory)
        found = []
        for process in proc.descendants(self._root):
            try:
                limit = self._memory.lower(process.pid, state["limit"]).soft
                found.append([process.pid, limit, limits.private_memory(process.pid)])
            except OSError:
                continue
        return {"limits": found}

    def _restore(self, kind: Limits) -> State:
        found = []
        for process in proc.descendants(self._root):
            try:
                if (limit := kind.restore(process.pid, process.parent)) is not None:
                    found.append([process.pid, limit.soft])
            except OSError:
                continue
        kind.forget()
        return {"limits": found}
