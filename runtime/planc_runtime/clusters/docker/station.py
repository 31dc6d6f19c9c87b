"""The lab in a container: the network of all nodes, and hands that reach into their processes.

One container of each world is neither a node nor a holder. It is privileged and sees the processes
of the engine's machine, so that whoever may talk to the engine needs no privilege for what is done
here: cables are laid into the nodes' network namespaces, limits and clocks of their processes are
changed from outside. The network itself is the one of the backend `local`, in this container's own
namespace: no bridge of the engine's, no firewall of the machine's.

Started as `python -I -S -c ... main(folder)`; the line is a socket in that folder.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import socket
import struct
import sys
import time
from collections.abc import Iterator, Set
from typing import Any

from planc_runtime.clusters.docker import shim
from planc_runtime.clusters.lab import rungs
from planc_runtime.clusters.lab.station import ROOT, Reply, Station
from planc_runtime.clusters.local import proc
from planc_runtime.clusters.local.warden import system
from planc_runtime.clusters.machine import trial
from planc_runtime.clusters.machine.machine import Machine, State

SOCKET = "lab.sock"
_BORN_WITHIN = 10.0
"""Seconds that a container's first process may take to start the node's program, and that to say
who it is: milliseconds, unless the machine is busy with other things."""
_TICK = 0.001


class ContainerStation(Station):
    """A station that can do to processes of containers what keepers do to their children."""

    def __init__(self, channel: socket.socket, names: str, selector: selectors.BaseSelector):
        super().__init__(channel, names)
        self._selector = selector
        self._machines: dict[int, Machine] = {}
        """By the number of a container's first process."""

        self._door = _listen()
        selector.register(self._door, selectors.EVENT_READ)

    def patience(self) -> float | None:
        waits = [machine.patience() for machine in self._machines.values()]
        return min((wait for wait in waits if wait is not None), default=None)

    def attend(self, ready: Set[object]) -> None:
        """Do what is due: programs that want to be watched, calls that wait, clocks."""
        if self._door in ready:
            self._let_in()
        for machine in self._machines.values():
            machine.attend(ready)

    def _let_in(self) -> None:
        """Watch a program that is about to begin; its parent is its container's first process."""
        line, _ = self._door.accept()
        line.settimeout(_BORN_WITHIN)
        with line, contextlib.suppress(OSError):
            files = json.loads(line.recv(4096))
            _, passed, _, _ = socket.recv_fds(line, 1, 1)
            peer = line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
            process = proc.read(struct.unpack("3i", peer)[0])
            if process is not None and passed:
                self._machine(process.parent).watch(passed[0], files)

    def _machine(self, pid: int) -> Machine:
        return self._machines.setdefault(pid, Machine(self._selector, pid))

    def _do_examine(self) -> Reply:
        """Try what this kernel allows, in the network and to processes."""
        network, nodes = rungs.attempt(ROOT), trial.find()
        return {
            "abilities": sorted({*network.abilities, *nodes.abilities}),
            "missing": {**network.missing, **nodes.missing},
        }, []

    def _do_number(self, name: str) -> Reply:
        return self._hub.number(name), []

    def _do_machine(self, pid: int, state: State) -> Reply:
        """Lay or lift a trouble of all processes below a container's first one."""
        deadline = time.monotonic() + _BORN_WITHIN
        while not proc.descendants(pid) and proc.read(pid) and time.monotonic() < deadline:
            time.sleep(_TICK)
        with _as_owner_of(pid):
            return self._machine(pid).obey(state), []

    def _do_ended(self, pid: int) -> Reply:
        """Let go of a container that has ended; return what its calls have met."""
        machine = self._machines.pop(pid, None)
        if machine is None:
            return {}, []
        machine.end()
        machine.close()
        return machine.syncs(), []

    def _do_measure(self, pid: int) -> Reply:
        pids = [process.pid for process in proc.descendants(pid)]
        found: dict[str, Any] = {
            "memory": sum(map(proc.resident_bytes, pids)),
            "files": sum(map(proc.open_files, pids)),
            "processes": len(pids),
            "threads": sum(map(proc.thread_count, pids)),
        }
        return found, []


@contextlib.contextmanager
def _as_owner_of(pid: int) -> Iterator[None]:
    """Have the real user of a process, which is who may change its limits; stay root in effect."""
    owner = os.stat(f"/proc/{pid}")
    os.setresgid(owner.st_gid, -1, -1)
    os.setresuid(owner.st_uid, -1, -1)
    try:
        yield
    finally:
        os.setresuid(0, -1, -1)
        os.setresgid(0, -1, -1)


def _listen() -> socket.socket:
    """Listen for programs that want to be watched, whoever they run as."""
    door = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    door.bind(shim.SOCKET)
    os.chmod(shim.SOCKET, 0o666)
    door.listen()
    return door


def main() -> None:
    folder = sys.argv[1]
    system.name_process("planc lab")
    # The path of a socket may have 107 bytes only; the name has few.
    os.chdir(folder)
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    channel.connect(SOCKET)
    with selectors.DefaultSelector() as selector:
        station = ContainerStation(channel, folder, selector)
        selector.register(station.channel, selectors.EVENT_READ)
        while True:
            ready = {key.fileobj for key, _ in selector.select(station.patience())}
            if station.channel in ready and not station.answer():
                break
            station.attend(ready)
    station.close()
