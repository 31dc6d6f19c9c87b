"""Try on a child of this process whether its connections can be led: once, and for real."""

from __future__ import annotations

import errno
import os
import signal
import socket

from planc_runtime.clusters.local.warden import system
from planc_runtime.clusters.machine import calls, seccomp
from planc_runtime.clusters.machine.desk import Desk
from planc_runtime.clusters.machine.handing import hand_over
from planc_runtime.clusters.redirect import sockaddr
from planc_runtime.clusters.redirect.redirector import read_address, rewrite

_ELSEWHERE = ("127.64.0.254", 9)
"""Where nobody listens, and where the child believes to be going."""
_WITHIN = 20.0


def attempt() -> None:
    """Raise OSError, with what was tried in its `filename`, when connections cannot be led."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(_WITHIN)
    ours, theirs = socket.socketpair()
    ours.settimeout(_WITHIN)
    pid = os.fork()
    if pid == 0:
        _be_led(theirs)
    theirs.close()
    try:
        words, passed, _, _ = socket.recv_fds(ours, 64, 1)
        if not passed:
            raise OSError(int(words or errno.EPERM), "", "seccomp notifications")
        _lead(Desk(passed[0]), listener.getsockname())
        code = int(ours.recv(64) or errno.ECONNREFUSED)
        if code:
            raise OSError(code, os.strerror(code), "a connection that was led")
    except TimeoutError:
        raise OSError(errno.ETIMEDOUT, "", "a connection that was led") from None
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        ours.close()
        listener.close()


def _lead(desk: Desk, there: tuple[str, int]) -> None:
    """Answer the child's one call."""
    refused: list[OSError] = []

    def answer(call: seccomp.Call) -> None:
        try:
            rewrite(desk, call, sockaddr.altered(read_address(call), *there))
        except OSError as trouble:
            refused.append(trouble)
        desk.answer(call)

    desk.handle(calls.CONNECTIONS, answer)
    if not desk.wait(_WITHIN):
        raise OSError(errno.ETIMEDOUT, "", "seccomp notifications")
    desk.take()
    desk.close()
    if refused:
        raise OSError(refused[0].errno, refused[0].strerror, "the memory of a child")


def _be_led(report: socket.socket) -> None:
    try:
        system.die_with_parent()
        try:
            hand_over(report, seccomp.listen(calls.CONNECTIONS))
        except OSError as trouble:
            report.sendall(str(trouble.errno).encode())
            return
        code = socket.socket().connect_ex(_ELSEWHERE)
        report.sendall(str(code).encode())
    finally:
        os._exit(0)
