"""Do one thing to all processes below this one, and be sure that it was done.

A tree may grow while it is walked, faster than it is walked. A signal to a process group is safe
from that: the kernel delivers it to all members at once and has a fork that is under way begin
anew. So groups are signalled, and the walk is repeated until it finds no group that is new. A
node's session is its own, hence its groups have no other members.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable

from planc_runtime.clusters.local import proc
from planc_runtime.clusters.local.warden import system

_TICK = 0.001
"""Nothing tells when a grandchild has stopped; its state is looked at this often, in seconds."""


def send(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def send_group(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def kill_everything(seen: Callable[[int, int], None], group: int | None = None) -> list[int]:
    """SIGKILL all descendants and collect them; returns those met when none is left.

    Orphans come to this process, so "no children" means that the whole tree is gone. `group` is
    killed ahead of the walk: it is most often all there is.
    """
    killed: set[int] = set()
    if group:
        send_group(group, signal.SIGKILL)
    alive = system.reap(seen)
    while alive:
        processes = proc.descendants(os.getpid())
        killed.update(process.pid for process in processes)
        for number in _groups(processes):
            send_group(number, signal.SIGKILL)
        alive = system.reap(seen, block=True)
    return sorted(killed)


def kill_orphans(kept: set[int]) -> list[int]:
    """SIGKILL what has come to this process from elsewhere, all children but `kept`.

    Return the pids of all that were killed, descendants included.
    """
    killed: list[int] = []
    while orphans := _children(os.getpid()) - kept:
        for process in proc.descendants(os.getpid()):
            if process.pid in orphans or process.parent in orphans:
                orphans.add(process.pid)
                send(process.pid, signal.SIGKILL)
        killed += sorted(orphans)
        for pid in orphans:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)
    return killed


def pause(within: float) -> tuple[list[int], bool]:
    """SIGSTOP all descendants; return them and whether all were seen stopped in time."""
    return _until(signal.SIGSTOP, proc.is_stopped, within)


def resume(within: float) -> tuple[list[int], bool]:
    """SIGCONT all descendants; return them and whether none was seen stopped any more."""
    return _until(signal.SIGCONT, lambda pid: not _is_stopped_now(pid), within)


def _until(number: int, reached: Callable[[int], bool], within: float) -> tuple[list[int], bool]:
    deadline = time.monotonic() + within
    sent: set[int] = set()
    while True:
        last = time.monotonic() > deadline
        processes = proc.descendants(os.getpid())
        pids = [process.pid for process in processes]
        fresh = _groups(processes) - sent
        for group in fresh:
            send_group(group, number)
        sent.update(fresh)
        if not fresh and all(reached(pid) for pid in pids):
            return pids, True
        if last:
            return pids, False
        time.sleep(_TICK)


def _groups(processes: list[proc.Process]) -> set[int]:
    return {process.group for process in processes} - {os.getpgrp()}


def _children(parent: int) -> set[int]:
    return {entry.pid for entry in proc.descendants(parent) if entry.parent == parent}


def _is_stopped_now(pid: int) -> bool:
    process = proc.read(pid)
    return process is not None and process.state in proc.STOPPED
