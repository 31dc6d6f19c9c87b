"""Threads of the test process whose sockets are made on a host of the lab, whoever makes them.

Code in C (libpq, librdkafka, ...) makes its sockets without Python's `socket`. So a thread that is
to act from a host has the kernel ask the station before each `socket` call of its own, and of the
threads that it starts: the station makes the socket on the host and hands it over. Neither side
needs a privilege for that, no thread enters a namespace, and all other threads are left alone.
"""

from __future__ import annotations

import errno
import os
import select
import socket

from planc_runtime.clusters.lab import kernel
from planc_runtime.clusters.lab.line import Line
from planc_runtime.clusters.machine import calls, seccomp
from planc_runtime.clusters.machine.seccomp import Call

_FAMILIES = (socket.AF_INET, socket.AF_INET6)


def become_guest(line: Line, name: str) -> bool:
    """Let the sockets of this thread be made on a host from now on, for its whole life.

    False where the kernel allows no such thing; then code in C stays outside of the lab. A thread
    cannot gain privileges any more (`sudo`) unless it has the right to give up nothing.
    """
    try:
        listener = seccomp.listen(calls.SOCKETS)
    except OSError:
        return False
    try:
        line.hand("lead", listener, name=name)
    finally:
        os.close(listener)
    return True


class Guest:
    """The station's end: answers the calls of one thread, and of those it has started."""

    def __init__(self, listener: int, network: int) -> None:
        self._listener = listener
        self._network = network
        self._poll = select.poll()
        self._poll.register(listener, select.POLLIN)

    def serve(self) -> bool:
        """Answer a call that waits; False when nobody is left who could call."""
        for _, event in self._poll.poll(0):
            if not event & select.POLLIN:
                return False
            if (call := seccomp.receive(self._listener)) is not None:
                self._answer(call)
        return True

    def close(self) -> None:
        os.close(self._listener)

    def _answer(self, call: Call) -> None:
        family, kind, protocol = call.arguments[:3]
        if family not in _FAMILIES:
            seccomp.answer(self._listener, call)
            return
        try:
            with kernel.inside(self._network):
                made = socket.socket(family, kind, protocol)
        except OSError as trouble:
            seccomp.answer(self._listener, call, trouble.errno or errno.EACCES)
            return
        with made:
            try:
                inherited = not kind & socket.SOCK_CLOEXEC
                seccomp.hand_over(self._listener, call, made.fileno(), inherited=inherited)
            except OSError:
                # Linux before 5.14 cannot: the thread has its socket where it is itself.
                seccomp.answer(self._listener, call)
