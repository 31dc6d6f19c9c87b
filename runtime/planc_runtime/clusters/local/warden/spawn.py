"""Start a program as a node: its own session, its own folder, its log, and no way to outlive us.

`subprocess` is not used because what happens between fork and exec is the point here, and because
importing it costs more than everything else in this process.
"""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable
from typing import NamedTuple, NoReturn

from planc_runtime.clusters.local.warden import system
from planc_runtime.clusters.machine import seccomp
from planc_runtime.clusters.machine.calls import Watched
from planc_runtime.clusters.machine.handing import hand_over

_TOUCHED = (
    signal.SIGCHLD,
    signal.SIGHUP,
    signal.SIGINT,
    signal.SIGPIPE,
    signal.SIGTERM,
    signal.SIGXFSZ,
)


class Program(NamedTuple):
    argv: list[str]
    """The first is the path of the executable itself."""
    env: dict[str, str]
    cwd: str
    log: str
    listen: tuple[Watched, ...] = ()
    """The calls that are to be answered by the keeper."""
    held: Callable[[int], None] | None = None
    """Called with the pid when the program is in place and has not run yet."""


class Spawned(NamedTuple):
    pid: int
    listener: int | None
    """Where its calls that wait arrive."""


class Refused(Exception):
    """The program could not be started; says what was tried and why it failed."""


def spawn(program: Program) -> Spawned:
    """Return once the program runs (its exec has succeeded).

    Raises Refused with the step that failed, here or in the child.
    """
    keeper = os.getpid()
    try:
        receiver, sender = socket.socketpair()
        pid = os.fork()
    except OSError as trouble:
        raise Refused(f"cannot make a process for it: {trouble.strerror}") from None
    if pid == 0:
        _become(program, keeper, sender)
    sender.close()
    with receiver:
        words, listener = _report(receiver)
    if words:
        os.waitpid(pid, 0)
        raise Refused(words.decode(errors="replace"))
    if program.held is not None:
        _let_go_after(program.held, pid)
    return Spawned(pid, listener)


def _report(receiver: socket.socket) -> tuple[bytes, int | None]:
    """Return what went wrong before the exec, nothing if all went well, and the listener."""
    words, listener = b"", None
    while True:
        chunk, passed, _, _ = socket.recv_fds(receiver, 4096, 1)
        if passed:
            listener = passed[0]
        elif not chunk:
            return words, listener
        else:
            words += chunk


def _let_go_after(held: Callable[[int], None], pid: int) -> None:
    """Wait for the stop at the exec, do what has to be done, and end the tracing."""
    _, status = os.waitpid(pid, 0)
    if not os.WIFSTOPPED(status):
        raise Refused("it was ended from outside before its first instruction")
    try:
        held(pid)
    except Exception as trouble:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        raise Refused(f"cannot begin in trouble: {trouble}") from None
    system.end_trace(pid)


def _become(program: Program, keeper: int, report: socket.socket) -> NoReturn:
    step = "prepare the process"
    try:
        system.die_with_parent()
        if os.getppid() != keeper:
            os._exit(1)
        os.setsid()
        _restore_signals()
        step = f"open the log {program.log}"
        log = os.open(program.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        null = os.open(os.devnull, os.O_RDONLY)
        for target, source in ((0, null), (1, log), (2, log)):
            os.dup2(source, target, inheritable=True)
        step = f"enter the folder {program.cwd}"
        os.chdir(program.cwd)
        if program.listen:
            step = "have its system calls watched"
            # The descriptor closes at the exec; the keeper has its own by then.
            hand_over(report, seccomp.listen(program.listen))
        if program.held is not None:
            step = "be held at its first instruction"
            system.trace_me()
        step = f"execute {program.argv[0]}"
        os.execve(program.argv[0], program.argv, program.env)
    except OSError as trouble:
        report.sendall(f"cannot {step}: {trouble.strerror}".encode())
    except BaseException as trouble:
        report.sendall(f"cannot {step}: {trouble!r}".encode())
    os._exit(1)


def _restore_signals() -> None:
    """Undo what Python, the keeper and whoever started us did: to be ignored survives exec.

    A run in the background of a shell, or under nohup, ignores signals that servers reload on.
    """
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals():
        if number in _TOUCHED or signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, set())
