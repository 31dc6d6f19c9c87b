"""The process above the warden, for the day on which the warden and a keeper are killed together.

What a node has forked away belongs to its keeper, and to the warden when that is gone. A daemon
whose keeper and warden die at once would belong to nobody who cares; so there is one more subreaper
above them, which does nothing but wait. Any two of guard, warden and keeper may be killed together:
the third ends all that is left.
"""

from __future__ import annotations

import os
from typing import NoReturn

from planc_runtime.clusters.local.warden import system, tree


def stand_guard(*passed_on: int) -> int | None:
    """Go on as a child of this process, which stays behind as the guard, without `passed_on`.

    Return a descriptor that can be read when the guard has ended; None where there are none.
    """
    guard = os.getpid()
    if (warden := os.fork()) != 0:
        _wait_for(warden, passed_on)
    return watch(guard)


def watch(parent: int) -> int | None:
    """Return a descriptor that can be read when our parent has ended; None where there are none.

    Ends this process when that has happened already.
    """
    try:
        watched = os.pidfd_open(parent)
    except OSError:
        watched = None
    if os.getppid() != parent:
        os._exit(0)
    return watched


def _wait_for(warden: int, passed_on: tuple[int, ...]) -> NoReturn:
    """Be the guard: the warden's ends of its sockets must close when it ends, hence not be here."""
    status = 1
    try:
        system.become_subreaper()
        for descriptor in passed_on:
            os.close(descriptor)
        system.name_process("planc guard")
        _, ended = os.waitpid(warden, 0)
        status = os.waitstatus_to_exitcode(ended)
    finally:
        tree.kill_everything(lambda pid, status: None)
        os._exit(status if status >= 0 else 128 - status)
