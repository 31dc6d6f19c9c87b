"""Start a program as a node: its own session, its own folder, its log, and no way to outlive us.

`subprocess` is not used because what happens between fork and exec is the point here, and because
importing it costs more than everything else in this process.
"""

from __future__ import annotations

import os
import signal
from typing import NamedTuple, NoReturn

from planc_runtime.clusters.local.warden import system

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


class Refused(Exception):
    """The program could not be started; says what was tried and why it failed."""


def spawn(program: Program) -> int:
    """Return the pid once the program runs (its exec has succeeded).

    Raises Refused with the step that failed, here or in the child.
    """
    keeper = os.getpid()
    try:
        receiver, sender = os.pipe()
        pid = os.fork()
    except OSError as trouble:
        raise Refused(f"cannot make a process for it: {trouble.strerror}") from None
    if pid == 0:
        _become(program, keeper, sender)
    os.close(sender)
    with os.fdopen(receiver, "rb") as pipe:
        words = pipe.read()
    if words:
        os.waitpid(pid, 0)
        raise Refused(words.decode(errors="replace"))
    return pid


def _become(program: Program, keeper: int, report: int) -> NoReturn:
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
        step = f"execute {program.argv[0]}"
        os.execve(program.argv[0], program.argv, program.env)
    except OSError as trouble:
        os.write(report, f"cannot {step}: {trouble.strerror}".encode())
    except BaseException as trouble:
        os.write(report, f"cannot {step}: {trouble!r}".encode())
    os._exit(1)


def _restore_signals() -> None:
    """Undo what Python and the keeper did to signals: dispositions to ignore survive exec."""
    signal.set_wakeup_fd(-1)
    for number in _TOUCHED:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, set())
