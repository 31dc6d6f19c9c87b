"""A small service that tells what happens to it: the node that backends are tried with.

One request a line over TCP, one answer a line; an answer is `ok ...` or `error ...`. It runs
unmodified in every backend, and has no opinion about any of them.

    echo TEXT            TEXT again
    name                 this node's name and those of its peers
    env VARIABLE         a variable of the environment
    param NAME           a parameter of its description; `planted` for the planted bugs
    set K V, get K       in memory, lost with the process
    write F TEXT         write a file below the data directory, without syncing it
    sync F               fsync that file
    read F               its content
    clock, ticks         wall clock and monotonic clock, in seconds
    resolve HOST         an address of HOST
    relay PEER TEXT      ask a peer to echo TEXT, over a connection of its own
    hold PEER, held TEXT open a connection to a peer; echo TEXT over it
    relay6, hold6        the same over IPv6
    send PEER COUNT      send that many numbered datagrams; `send6` over IPv6
    listen GROUP         take in what is sent to a multicast group or the broadcast address
    shout GROUP COUNT    send that many numbered datagrams to such a group
    received             the datagrams that came in, as `FROM:NUMBER` or `damaged`, in order
    grow MIB             ask for that much memory, and give it back
    spin ROUNDS          keep the processor busy, giving way to others after every round
    exit STATUS, raise   end the process by itself
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import mmap
import os
import socket
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from planc_runtime.protocols.node import NodeInfo, Peer

Answer = Callable[..., Awaitable[str]]


class _Inbox(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.received: list[str] = []

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        self.received.append(data.decode(errors="replace"))


class Service:
    def __init__(self, node: NodeInfo) -> None:
        self._node = node
        self._memory: dict[str, str] = {}
        self._inbox = _Inbox()
        self._datagrams: asyncio.DatagramTransport | None = None
        self._datagrams6: asyncio.DatagramTransport | None = None
        self._held: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def run(self) -> int:
        """Serve until asked to end; return the status to end with."""
        loop = asyncio.get_running_loop()
        self._datagrams, _ = await loop.create_datagram_endpoint(
            lambda: self._inbox, local_addr=(self._node.address, self._node.ports["udp"])
        )
        addresses = [self._node.address]
        if self._node.address6 is not None:
            addresses.append(self._node.address6)
            self._datagrams6, _ = await loop.create_datagram_endpoint(
                lambda: self._inbox, local_addr=(self._node.address6, self._node.ports["udp"])
            )
        server = await asyncio.start_server(self._serve, addresses, self._node.ports["tcp"])
        print(f"{self._node.name} serves", flush=True)
        try:
            async with server:
                return await self._ended
        finally:
            self._file("farewell").write_text("tidied up")

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while line := await reader.readline():
                verb, *words = line.decode().split()
                answer = await self._answer(verb, words)
                writer.write(answer.encode() + b"\n")
                await writer.drain()
        writer.close()

    async def _answer(self, verb: str, words: list[str]) -> str:
        answer: Answer = getattr(self, f"do_{verb}")
        try:
            return f"ok {await answer(*words)}"
        except OSError as trouble:
            return f"error {trouble.errno} {type(trouble).__name__}"

    async def do_echo(self, text: str) -> str:
        return text

    async def do_name(self) -> str:
        return " ".join([self._node.name, *(peer.name for peer in self._node.peers)])

    async def do_env(self, variable: str) -> str:
        return os.environ.get(variable, "-")

    async def do_param(self, name: str) -> str:
        if name == "planted":
            return " ".join(sorted(self._node.planted))
        return str(self._node.params[name])

    async def do_set(self, key: str, value: str) -> str:
        self._memory[key] = value
        return value

    async def do_get(self, key: str) -> str:
        return self._memory.get(key, "-")

    async def do_write(self, name: str, text: str) -> str:
        self._file(name).write_text(text)
        return text

    async def do_sync(self, name: str) -> str:
        handle = os.open(self._file(name), os.O_RDWR)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        return name

    async def do_read(self, name: str) -> str:
        return self._file(name).read_text(errors="replace")

    async def do_clock(self) -> str:
        return str(time.time())

    async def do_ticks(self) -> str:
        return str(time.monotonic())

    async def do_resolve(self, host: str) -> str:
        found = await asyncio.get_running_loop().getaddrinfo(host, 0, type=socket.SOCK_STREAM)
        return str(found[0][4][0])

    async def do_relay(self, peer: str, text: str) -> str:
        reader, writer = await self._connect(peer)
        try:
            return await _ask(reader, writer, text)
        finally:
            writer.close()

    async def do_hold(self, peer: str) -> str:
        self._held = await self._connect(peer)
        return peer

    async def do_relay6(self, peer: str, text: str) -> str:
        reader, writer = await self._connect(peer, six=True)
        try:
            return await _ask(reader, writer, text)
        finally:
            writer.close()

    async def do_hold6(self, peer: str) -> str:
        self._held = await self._connect(peer, six=True)
        return peer

    async def do_held(self, text: str) -> str:
        assert self._held is not None
        return await _ask(*self._held, text)

    async def do_send(self, peer: str, count: str) -> str:
        return self._send(self._datagrams, self._peer(peer).address, count)

    async def do_send6(self, peer: str, count: str) -> str:
        return self._send(self._datagrams6, self._peer(peer).address6, count)

    async def do_shout(self, group: str, count: str) -> str:
        shouting = self._datagrams6 if ":" in group else self._datagrams
        assert shouting is not None
        if ":" not in group:
            own = shouting.get_extra_info("socket")
            own.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        return self._send(shouting, group, count)

    async def do_listen(self, group: str) -> str:
        ear = _ear(group, self._node.ports["udp"], self._node.address)
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self._inbox, sock=ear)
        return group

    async def do_received(self) -> str:
        halves = [text.partition("=") for text in self._inbox.received]
        return " ".join(first if first == second else "damaged" for first, _, second in halves)

    async def do_grow(self, mebibytes: str) -> str:
        mmap.mmap(-1, int(mebibytes) << 20, mmap.MAP_PRIVATE).close()
        return mebibytes

    async def do_spin(self, rounds: str) -> str:
        for _ in range(int(rounds)):
            sum(range(2000))
            await asyncio.sleep(0)
        return rounds

    async def do_exit(self, status: str) -> str:
        self._ended.set_result(int(status))
        return status

    async def do_raise(self) -> str:
        self._ended.set_exception(RuntimeError("as it was asked to"))
        return ""

    def _send(
        self, sender: asyncio.DatagramTransport | None, address: str | None, count: str
    ) -> str:
        assert sender is not None
        for number in range(int(count)):
            # Said twice, so that one damaged bit cannot make a sound datagram of another.
            text = "=".join([f"{self._node.name}:{number}"] * 2)
            sender.sendto(text.encode(), (address, self._node.ports["udp"]))
        return count

    async def _connect(
        self, peer: str, *, six: bool = False
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        target = self._peer(peer)
        address = target.address6 if six else target.address
        return await asyncio.open_connection(address, target.ports["tcp"])

    def _peer(self, name: str) -> Peer:
        return next(peer for peer in self._node.peers if peer.name == name)

    def _file(self, name: str) -> Path:
        return self._node.data / name


def _ear(group: str, port: int, address: str) -> socket.socket:
    """Open a socket that hears what is sent to many, and to nobody else."""
    parsed = ipaddress.ip_address(group)
    family = socket.AF_INET6 if parsed.version == 6 else socket.AF_INET
    ear = socket.socket(family, socket.SOCK_DGRAM)
    ear.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    ear.bind((group, port))
    if parsed.version == 6:
        # Of which interface is left to the system: a node has one.
        joined = parsed.packed + bytes(4)
        ear.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, joined)
    elif parsed.is_multicast:
        joined = parsed.packed + socket.inet_aton(address)
        ear.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, joined)
    ear.setblocking(False)
    return ear


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, text: str) -> str:
    writer.write(f"echo {text}\n".encode())
    await writer.drain()
    answer = await reader.readline()
    if not answer:
        raise ConnectionResetError(104, "the peer closed the connection")
    return answer.decode().split()[1]


async def main(node: NodeInfo) -> None:
    if status := await Service(node).run():
        sys.exit(status)
