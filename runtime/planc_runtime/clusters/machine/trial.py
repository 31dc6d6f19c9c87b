"""What this kernel lets us do to a process of ours: tried on one, before a node is started.

Rules differ from machine to machine (ptrace scopes, hardened kernels, container filters, other
processors), and asking for versions would be guessing. A child of the warden's stands exactly where
a node will stand; what works on it works on nodes.
"""

from __future__ import annotations

import contextlib
import errno
import mmap
import os
import select
import signal
import socket
import time
from collections.abc import Callable
from typing import NamedTuple, NoReturn

from planc_runtime.clusters.local.warden import system
from planc_runtime.clusters.machine import calls, clocks, governor, limits, seccomp
from planc_runtime.clusters.machine.callers import Caller
from planc_runtime.clusters.machine.desk import Desk
from planc_runtime.clusters.machine.limits import Limits
from planc_runtime.clusters.machine.seccomp import Call
from planc_runtime.clusters.machine.syncs import Syncs
from planc_runtime.clusters.machine.vdso import Unpatchable

_WITHIN = 30.0
"""Seconds after which nothing is awaited any more; what a kernel refuses, it refuses at once."""
_SKEW = 3600
_ROOM = 64 << 20
_SLACK = 16 << 20
"""Bytes that the child may still ask for when memory is short: it has words to say."""


class Findings(NamedTuple):
    abilities: list[str]
    missing: dict[str, str]
    """Why what is not among the abilities is not."""


NOTHING = Findings([], {})


class Useless(Exception):
    """A means was accepted by the kernel and had no effect."""


def find() -> Findings:
    """Try everything on a child of this process, which must have a single thread."""
    guinea_pig = _Child()
    try:
        trials: list[tuple[tuple[str, ...], Callable[[_Child], None]]] = [
            (("slow_disk", "fail_fsync"), _try_syncs),
            (("fill_disk", "lose_unsynced"), _try_writes),
            (("skew", "jump", "drift"), _try_clock),
            (("exhaust_files",), _try_files),
            (("limit_memory",), _try_memory),
            (("throttle_cpu",), _try_processor),
        ]
        findings = Findings(["flip_bits"], {})
        for abilities, attempt in trials:
            try:
                attempt(guinea_pig)
            except (OSError, Unpatchable, Useless, ValueError) as trouble:
                findings.missing.update(dict.fromkeys(abilities, _reason(trouble)))
            else:
                findings.abilities.extend(abilities)
    finally:
        guinea_pig.end()
    return findings


def _reason(trouble: Exception) -> str:
    return f"this machine does not allow it: {getattr(trouble, 'strerror', None) or trouble}"


class _Child:
    """A process that does on request what nodes do, and tells how it went."""

    def __init__(self) -> None:
        self._line, theirs = socket.socketpair()
        self._line.settimeout(_WITHIN)
        self.pid = os.fork()
        if self.pid == 0:
            _be_tried(theirs)
        theirs.close()
        words, passed, _, _ = socket.recv_fds(self._line, 64, 1)
        self.listener = passed[0] if passed else None
        self.refusal = words.decode()

    def ask(self, request: bytes) -> float:
        self._line.sendall(request)
        return float(self._line.recv(64))

    def begin(self, request: bytes) -> None:
        self._line.sendall(request)

    def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self._line.close()
        if self.listener is not None:
            os.close(self.listener)

    def answer(self) -> float:
        return float(self._line.recv(64))

    def calls(self) -> None:
        """Wait for a call that asks for an answer, or for the end of one that did not ask."""
        assert self.listener is not None
        select.select([self.listener, self._line.fileno()], [], [], _WITHIN)


def _be_tried(line: socket.socket) -> NoReturn:
    try:
        system.die_with_parent()
        # Before the first word: whoever hears it may lower the limit of descriptors at once.
        file = os.memfd_create("trial")
        try:
            socket.send_fds(line, [b"watched"], [seccomp.listen(calls.SYNCS + calls.FILES)])
        except OSError as trouble:
            line.sendall((trouble.strerror or str(trouble)).encode())
        acts: dict[bytes, Callable[[], float]] = {
            b"sync": lambda: _errno(lambda: os.fsync(line.fileno())),
            b"write": lambda: _errno(lambda: os.writev(file, [b"some", b"words"])),
            b"clock": time.time,
            b"open": lambda: _errno(lambda: os.close(os.dup(line.fileno()))),
            b"memory": lambda: _errno(lambda: mmap.mmap(-1, _ROOM, mmap.MAP_PRIVATE).close()),
        }
        while request := line.recv(64):
            line.sendall(str(acts[request]()).encode())
    finally:
        os._exit(0)


def _errno(attempt: Callable[[], object]) -> int:
    try:
        attempt()
    except OSError as trouble:
        return trouble.errno or 0
    return 0


def _try_syncs(child: _Child) -> None:
    if child.listener is None:
        raise Useless(child.refusal)
    desk = Desk(child.listener)
    syncs = Syncs(desk)
    syncs.set(0.0, True)
    child.begin(b"sync")
    child.calls()
    desk.take()
    if syncs.failed != 1 or child.answer() != 5:
        raise Useless("a sync that was to fail did not")


def _try_writes(child: _Child) -> None:
    """See what is about to be written, and where, and have it fail."""
    if child.listener is None:
        raise Useless(child.refusal)
    seen = []

    def refuse(call: Call) -> None:
        caller, (descriptor, vector, count) = Caller(call.thread), call.arguments[:3]
        seen.append((caller.target(descriptor), caller.vector_length(vector, count)))
        caller.cursor(descriptor)
        desk.answer(call, errno.ENOSPC)

    desk = Desk(child.listener)
    desk.handle(calls.WRITES, refuse)
    child.begin(b"write")
    child.calls()
    desk.take()
    if child.answer() != errno.ENOSPC or not seen[0][0].startswith("/memfd:trial"):
        raise Useless("a write that was to fail did not")
    if seen[0][1] != len(b"somewords"):
        raise Useless("what a process is about to write cannot be read")


def _try_clock(child: _Child) -> None:
    clocks.tell(child.pid, (0, 0, _SKEW * 10**9))
    if abs(child.ask(b"clock") - time.time() - _SKEW) > _SKEW / 2:
        raise Useless("programs do not read the clock through the vDSO")


def _try_files(child: _Child) -> None:
    files = Limits(limits.FILES)
    files.lower(child.pid, limits.lowest_free_descriptor(child.pid))
    if child.ask(b"open") == 0:
        raise Useless("a limit of descriptors is not enforced")
    files.restore(child.pid, 0)
    if child.ask(b"open") != 0:
        raise Useless("a limit of descriptors cannot be raised again")


def _try_memory(child: _Child) -> None:
    memory = Limits(limits.MEMORY)
    memory.lower(child.pid, limits.private_memory(child.pid) + _SLACK)
    if child.ask(b"memory") == 0:
        raise Useless("a limit of memory is not enforced")
    memory.restore(child.pid, 0)
    if child.ask(b"memory") != 0:
        raise Useless("a limit of memory cannot be raised again")


def _try_processor(child: _Child) -> None:
    if governor.processor_time(child.pid) is None:
        raise Useless("the processor time of a process cannot be read")
