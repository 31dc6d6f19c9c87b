"""Execute a program as a host: `python -c ... main() PREFIX ADDRESS PROGRAM ARGUMENT...`

This process stays, to answer the program's calls; it ends as the program ends, and takes it along.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
from typing import NoReturn

from planc_runtime.clusters.local.warden import system
from planc_runtime.clusters.machine import calls, seccomp
from planc_runtime.clusters.machine.desk import Desk
from planc_runtime.clusters.machine.handing import hand_over
from planc_runtime.clusters.redirect.guide import Guide
from planc_runtime.clusters.redirect.redirector import Redirector

_NOT_FOUND = 127


def main() -> None:
    prefix, address, *program = sys.argv[1:]
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        _become(program, theirs)
    theirs.close()
    _, passed, _, _ = socket.recv_fds(ours, 1, 1)
    if passed:
        _attend(pid, Desk(passed[0]), Guide(prefix, address))
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    sys.exit(code)


def _attend(pid: int, desk: Desk, guide: Guide) -> None:
    """Answer until the program has ended."""
    Redirector(desk, guide)
    ended = os.pidfd_open(pid)
    poll = select.poll()
    poll.register(ended, select.POLLIN)
    poll.register(desk, select.POLLIN)
    while True:
        ready = {descriptor for descriptor, _ in poll.poll()}
        if ended in ready:
            return
        if desk.fileno() in ready and not desk.take():
            poll.unregister(desk)


def _become(program: list[str], report: socket.socket) -> NoReturn:
    system.die_with_parent()
    try:
        hand_over(report, seccomp.listen(calls.CONNECTIONS))
        os.execvp(program[0], program)
    except OSError as trouble:
        os.write(2, f"{program[0]}: {trouble.strerror}\n".encode())
    os._exit(_NOT_FOUND)
