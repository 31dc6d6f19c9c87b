"""The exchange: the process through which the connections of a world's hosts are led.

Started as `python -I -S -c ... main(control, kept, prefix)`. `control` is the line to the test
process, whose end ends it. `kept` is the lease of the addresses. Hosts are known by the last number
of their addresses; who they are is the test process' affair.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from typing import Any

from planc_runtime.clusters.local.warden import system
from planc_runtime.clusters.redirect import table
from planc_runtime.clusters.redirect.gate import Gate
from planc_runtime.clusters.redirect.guide import ANSWER, EXCHANGE, QUESTION, name_of
from planc_runtime.clusters.redirect.link import Link
from planc_runtime.clusters.redirect.relay import Relay

_LARGEST = 1 << 17
Pair = tuple[int, int]


class Exchange:
    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._table_descriptor = table.make()
        self._table = table.Table(self._table_descriptor, writable=True)
        self._links: dict[Pair, Link] = {}
        self._gates: dict[tuple[int, int, int], Gate] = {}
        self._relays: dict[Pair, set[Relay]] = {}
        self._probing: dict[Pair, set[Relay]] = {}
        """Those of the prober, which are nobody's connections."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._probes: tuple[str, int] = ("", 0)
        self._seed = ""

    def answer(self, request: dict[str, Any]) -> Any:
        """Do what the test process asks."""
        return getattr(self, f"_do_{request.pop('op')}")(**request)

    def welcome(self, line: socket.socket) -> None:
        """Give somebody who leads connections the table."""
        socket.send_fds(line, [b"."], [self._table_descriptor])

    def port(self, source: int, target: int, port: int) -> int:
        """Return our port that leads from a host to a port of another; 0 leads to the prober."""
        key = (source, target, port)
        if key not in self._gates:
            address = f"{self._prefix}.{EXCHANGE}"
            self._gates[key] = Gate(address, lambda accepted: self._serve(key, accepted))
            self._guard(source, target)
        return self._gates[key].port

    # --- what the test process asks -------------------------------------------------------------

    def _do_open(self, probes: tuple[str, int], seed: str) -> None:
        self._probes, self._seed = (probes[0], probes[1]), seed

    def _do_gate(self, source: int, target: int, port: int) -> int:
        return self.port(source, target, port)

    def _do_follow(self, rules: list[tuple[int, int, dict[str, Any]]]) -> None:
        for source, target, rule in rules:
            self._link(source, target).follow(rule)
            self._table.set(source, target, bool(rule.get("cut")))
        for source, target, _ in rules:
            self._guard(source, target)
            self._guard(target, source)

    def _do_sever(self, pairs: list[Pair]) -> int:
        """Reset all connections of some pairs, those that we have not even looked at as well."""
        pairs = [(source, target) for source, target in pairs]
        for (source, target, _), gate in self._gates.items():
            if (source, target) in pairs:
                gate.accept()
        relays = [relay for a, b in pairs for relay in self._relays.get((a, b), set()).copy()]
        return sum(relay.sever() for relay in relays)

    def _do_counts(self) -> list[tuple[int, int, dict[str, int]]]:
        return [(*pair, dict(link.counts)) for pair, link in self._links.items()]

    # --------------------------------------------------------------------------------------------

    def _link(self, source: int, target: int) -> Link:
        if (source, target) not in self._links:
            self._links[source, target] = Link(source, target, self._seed)
        return self._links[source, target]

    def _guard(self, source: int, target: int) -> None:
        """Let gates of a pair do what its rules say; a connection takes both directions."""
        forth, back = self._link(source, target), self._link(target, source)
        for (a, b, _), gate in self._gates.items():
            if (a, b) == (source, target):
                gate.set(silent=forth.cut or back.cut, refusing=forth.refuse)

    def _serve(self, key: tuple[int, int, int], accepted: socket.socket) -> None:
        source, target, port = key
        there = (f"{self._prefix}.{target}", port) if port else self._probes
        here = f"{self._prefix}.{source}"
        known = self._relays if port else self._probing
        relays = known.setdefault((source, target), set())
        forth, back = self._link(source, target), self._link(target, source)
        relay = Relay(forth, back, relays.discard)
        relays.add(relay)
        task = asyncio.get_running_loop().create_task(relay.run(accepted, here, there))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _run(control: socket.socket, prefix: str) -> None:
    loop = asyncio.get_running_loop()
    exchange = Exchange(prefix)
    over = loop.create_future()
    guides = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    guides.bind(name_of(prefix))
    guides.listen(512)
    guides.setblocking(False)
    loop.add_reader(guides, _welcome, exchange, guides)
    control.setblocking(False)
    loop.add_reader(control, _obey, exchange, control, over)
    await over


def _obey(exchange: Exchange, control: socket.socket, over: asyncio.Future[None]) -> None:
    try:
        request = control.recv(_LARGEST)
    except BlockingIOError:
        return
    except ConnectionError:
        request = b""
    if not request:
        if not over.done():
            over.set_result(None)
        return
    try:
        answer = {"reply": exchange.answer(json.loads(request))}
    except OSError as trouble:
        answer = {"errno": trouble.errno, "reason": trouble.strerror}
    control.send(json.dumps(answer).encode())


def _welcome(exchange: Exchange, guides: socket.socket) -> None:
    line, _ = guides.accept()
    _, user, _ = system.peer_of(line)
    if user != os.getuid():
        line.close()
        return
    line.setblocking(False)
    exchange.welcome(line)
    asyncio.get_running_loop().add_reader(line, _guide, exchange, line)


def _guide(exchange: Exchange, line: socket.socket) -> None:
    try:
        question = line.recv(QUESTION.size)
    except OSError:
        question = b""
    if len(question) < QUESTION.size:
        asyncio.get_running_loop().remove_reader(line)
        line.close()
        return
    line.send(ANSWER.pack(exchange.port(*QUESTION.unpack(question))))


def main() -> None:
    control, kept = (int(argument) for argument in sys.argv[1:3])
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for handle in (control, kept):
        os.set_inheritable(handle, False)
    system.die_with_parent()
    system.name_process("planc exchange")
    asyncio.run(_run(socket.socket(fileno=control), sys.argv[3]))
