"""The lab in a container: the network of all nodes, and hands that reach into their processes.

One container of each world is neither a node nor a holder. It is privileged and sees the processes
of the engine's machine, so that whoever may talk to the engine needs no privilege for what is done
here: cables are laid into the nodes' network namespaces, limits and clocks of their processes are
changed from outside. The network itself is the one of the backend `local`, in this container's own
namespace: no bridge of the engine's, no firewall of the machine's.

Started as `python -I -S -c ... main(folder)`; the line is a socket in that folder.
"""

from __future__ import annotations

import os
import selectors
import socket
import sys
import time
from typing import Any

from planc_runtime.clusters.lab import rungs
from planc_runtime.clusters.lab.station import ROOT, Reply, Station
from planc_runtime.clusters.local import proc
from planc_runtime.clusters.local.warden import system
from planc_runtime.clusters.machine import trial
from planc_runtime.clusters.machine.machine import Machine, State

SOCKET = "lab.sock"
_BORN_WITHIN = 1.0
"""Seconds that a container's first process may take to start the node's program."""
_TICK = 0.001


class ContainerStation(Station):
    """A station that can do to processes of containers what keepers do to their children."""

    def __init__(self, channel: socket.socket, names: str, selector: selectors.BaseSelector):
        super().__init__(channel, names)
        self._selector = selector
        self._machines: dict[int, Machine] = {}
        """By the number of a container's first process."""

    def patience(self) -> float | None:
        waits = [machine.patience() for machine in self._machines.values()]
        return min((wait for wait in waits if wait is not None), default=None)

    def attend(self) -> None:
        """Do what is due, and forget machines that are gone."""
        for pid, machine in list(self._machines.items()):
            if proc.read(pid) is None:
                del self._machines[pid]
            else:
                machine.attend(())

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
        machine = self._machines.setdefault(pid, Machine(self._selector, pid))
        return machine.obey(state), []

    def _do_measure(self, pid: int) -> Reply:
        pids = [process.pid for process in proc.descendants(pid)]
        found: dict[str, Any] = {
            "memory": sum(map(proc.resident_bytes, pids)),
            "files": sum(map(proc.open_files, pids)),
            "processes": len(pids),
            "threads": sum(map(proc.thread_count, pids)),
        }
        return found, []


def main() -> None:
    folder = sys.argv[1]
    system.name_process("planc lab")
    # The path of a socket may have 107 bytes only; the name has few.
    os.chdir(folder)
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    channel.connect(SOCKET)
    with selectors.DefaultSelector() as selector:
        station = ContainerStation(channel, folder, selector)
        selector.register(channel, selectors.EVENT_READ)
        while True:
            asked = selector.select(station.patience())
            if asked and not station.answer():
                break
            station.attend()
    station.close()
