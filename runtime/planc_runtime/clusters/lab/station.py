"""The warden's side of the lab: it owns the network, and does to it what the test process asks.

Requests are answered one after the other, each at once: nothing here ever waits for a packet. The
test process asks for sockets too: a socket belongs to the namespace it was made in, whoever uses
it, so that a client needs no privilege, and no thread of it has to move, to be a host of its own.
"""

from __future__ import annotations

import json
import os
import select
import socket
from typing import Any

from planc_runtime.clusters.lab import kernel, naming, severing
from planc_runtime.clusters.lab.guests import Guest
from planc_runtime.clusters.lab.hub import INTERFACE, Hub, Pair
from planc_runtime.clusters.lab.prober import open_probe_socket
from planc_runtime.clusters.lab.steering import Steering

USERNS, ROOT, REDIRECT, LOOPBACK = "userns", "root", "redirect", "loopback"
"""The rungs: how the network is come by, or that there is none."""

LARGEST = 1 << 17
"""Bytes of the largest request or answer."""

Reply = tuple[Any, list[int]]


def enter_lab(rung: str) -> None:
    """Move this process, which must have one thread, to where the hub is to be."""
    if rung == USERNS:
        kernel.become_owner()
    kernel.unshare(kernel.NEWNET)
    kernel.private_mounts()


class Station:
    """Make it once the process is in the lab; `answer()` whenever `channel` can be read."""

    def __init__(self, line: socket.socket, names: str) -> None:
        self._line = line
        self._guests: dict[int, Guest] = {}
        """Threads of the test process that act from a host, by what they are heard on."""
        self.channel = select.epoll()
        """Can be read when the line or a guest has something to ask."""
        self.channel.register(line, select.EPOLLIN)
        self._hub = Hub()
        self._steering = Steering(self._hub)
        self._names = naming.Names(names)

    def answer(self) -> bool:
        """Answer who has asked; False when nobody will ask any more."""
        for descriptor, _ in self.channel.poll(0):
            if descriptor == self._line.fileno():
                if not self._answer_line():
                    return False
            elif not self._guests[descriptor].serve():
                self.channel.unregister(descriptor)
                self._guests.pop(descriptor).close()
        return True

    def _answer_line(self) -> bool:
        try:
            request, given, _, _ = socket.recv_fds(self._line, LARGEST, 1)
        except ConnectionError:
            return False
        if not request:
            return False
        passed: list[int] = []
        try:
            message = json.loads(request)
            if given:
                message["descriptor"] = given[0]
            reply, passed = getattr(self, f"_do_{message.pop('op')}")(**message)
            answer = {"reply": reply}
        except OSError as trouble:
            where = trouble.filename or "the network"
            answer = {"errno": trouble.errno, "reason": f"{where}: {trouble.strerror}"}
        try:
            socket.send_fds(self._line, [json.dumps(answer).encode()], passed)
        except ConnectionError:
            return False
        finally:
            for descriptor in passed:
                os.close(descriptor)
        return True

    def settle_in(self, name: str) -> None:
        """Move this process, a keeper that is about to start a node, to the node's host."""
        host = self._hub.hosts[name]
        kernel.enter(host.network, kernel.NEWNET)
        kernel.private_mounts()
        self._names.show(name)

    def close(self) -> None:
        """End what the lab runs itself; the network goes with the last who is in it."""
        self._steering.close()

    @property
    def processes(self) -> set[int]:
        """The processes that belong to the lab itself."""
        return {self._steering.process} if self._steering.process else set()

    def _do_identity(self) -> Reply:
        """Pass the user namespace, which a program must enter before it can enter a host."""
        return os.getpid(), [os.open("/proc/self/ns/user", os.O_RDONLY | os.O_CLOEXEC)]

    def _do_add(self, name: str, pid: int | None = None) -> Reply:
        """Bring up a host; in the network namespace of a process where one is named."""
        network = (
            None if pid is None else os.open(f"/proc/{pid}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        )
        host = self._hub.add(name, network)
        self._names.add(name, *host.addresses)
        with kernel.inside(host.network):
            probes = open_probe_socket(INTERFACE)
        answer = {
            "address": host.address,
            "address6": host.address6,
            "mac": host.mac.hex(),
        }
        return answer, [os.dup(host.network), probes.detach()]

    def _do_socket(self, name: str, family: int, type: int, proto: int) -> Reply:
        with kernel.inside(self._hub.hosts[name].network):
            return None, [socket.socket(family, type, proto).detach()]

    def _do_lead(self, name: str, descriptor: int) -> Reply:
        """Make a thread's sockets on a host; the descriptor is where its calls are heard."""
        self._guests[descriptor] = Guest(descriptor, self._hub.hosts[name].network)
        self.channel.register(descriptor, select.EPOLLIN)
        return None, []

    def _do_cut(self, add: list[Pair], remove: list[Pair]) -> Reply:
        self._hub.cut(add, remove)
        self._steering.cut([(a, b) for a, b in add], [(a, b) for a, b in remove])
        return None, []

    def _do_refuse(self, add: list[Pair], remove: list[Pair]) -> Reply:
        self._hub.refuse(add, remove)
        return None, []

    def _do_backoff(self, names: list[str], seconds: float | None) -> Reply:
        return [self._hub.limit_backoff(name, seconds) for name in names], []

    def _do_sever(self, pairs: list[Pair]) -> Reply:
        return sum(severing.sever(self._hub, a, b) for a, b in pairs), []

    def _do_counts(self, what: str) -> Reply:
        packets = {"cut": self._hub.cut_packets, "refuse": self._hub.refused_packets}[what]()
        return [[*pair, count] for pair, count in packets.items()], []

    def _do_shape(self, rules: list[tuple[str, str, dict[str, Any] | None]], seed: str) -> Reply:
        self._steering.shape([((a, b), rule) for a, b, rule in rules], seed)
        return None, []

    def _do_shaped(self) -> Reply:
        return self._steering.counts(), []

    def _do_hide_names(self, name: str, hidden: bool) -> Reply:
        return self._names.hide(name, hidden), []
