"""UDP between simulated processes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from planc_runtime.protocols.rules import LinkRule


class Inbox(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.got: list[tuple[bytes, Any]] = []
        self.errors: list[Exception] = []

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.got.append((data, addr))

    def error_received(self, exc: Exception) -> None:
        self.errors.append(exc)


ECHO = """
    import asyncio

    class Echo(asyncio.DatagramProtocol):
        def connection_made(self, transport):
            self.transport = transport

        def datagram_received(self, data, addr):
            self.transport.sendto(data, addr)

    async def main(node):
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(Echo, local_addr=(node.address, 7000))
        await asyncio.Future()
"""
OUT = frozenset({("planc", "n1")})


async def endpoint(**where: Any) -> tuple[asyncio.DatagramTransport, Inbox]:
    loop = asyncio.get_running_loop()
    return await loop.create_datagram_endpoint(Inbox, **where)


def exchange(stage: Any, rule: LinkRule, count: int = 200) -> list[bytes]:
    """Send numbered datagrams to an echo over an impaired link; returns what came back."""

    async def scenario() -> list[bytes]:
        node = await stage.start("n1", ECHO)
        transport, inbox = await endpoint(local_addr=("0.0.0.0", 0))
        await stage.world.impair(OUT, rule)
        for number in range(count):
            transport.sendto(b"%04d" % number, (node.placement.address, 7000))
            await asyncio.sleep(0.0005)
        await asyncio.sleep(60)
        return [data for data, _ in inbox.got]

    return stage.run(scenario)


NUMBERED = [b"%04d" % number for number in range(200)]


def test_datagrams_are_echoed(stage: Any) -> None:
    assert sorted(exchange(stage, LinkRule())) == NUMBERED


def test_a_cut_loses_them_all(stage: Any) -> None:
    assert exchange(stage, LinkRule(cut=True)) == []


def test_loss_loses_about_as_many_as_it_says(stage: Any) -> None:
    assert 70 < len(exchange(stage, LinkRule(loss=0.5))) < 130


def test_duplicates_come_twice(stage: Any) -> None:
    got = exchange(stage, LinkRule(duplicate=1.0))
    assert sorted(got) == sorted(NUMBERED * 2)


def test_corruption_flips_one_bit(stage: Any) -> None:
    got = exchange(stage, LinkRule(corrupt=1.0))
    assert len(got) == 200
    assert not set(got) & set(NUMBERED) or set(got) != set(NUMBERED)
    assert all(len(data) == 4 for data in got)


def test_reordering_changes_the_order_only(stage: Any) -> None:
    got = exchange(stage, LinkRule(reorder=0.5))
    assert sorted(got) == NUMBERED
    assert got != NUMBERED


def test_a_datagram_in_flight_is_lost_when_its_link_is_cut(stage: Any) -> None:
    async def scenario() -> int:
        node = await stage.start("n1", ECHO)
        transport, inbox = await endpoint(local_addr=("0.0.0.0", 0))
        await stage.world.impair(OUT, LinkRule(delay=5.0))
        transport.sendto(b"slow", (node.placement.address, 7000))
        await asyncio.sleep(1)
        lease = await stage.world.impair(OUT, LinkRule(cut=True))
        await asyncio.sleep(60)
        assert (await lease.heal()).data["dropped"] == 1
        return len(inbox.got)

    assert stage.run(scenario) == 0


def test_only_a_connected_endpoint_learns_that_nobody_is_there(stage: Any) -> None:
    async def scenario() -> tuple[int, int]:
        address = stage.node("n1").placement.address
        connected, first = await endpoint(remote_addr=(address, 9))
        unconnected, second = await endpoint(local_addr=("0.0.0.0", 0))
        connected.sendto(b"x")
        unconnected.sendto(b"x", (address, 9))
        await asyncio.sleep(1)
        assert all(isinstance(error, ConnectionRefusedError) for error in first.errors)
        return len(first.errors), len(second.errors)

    assert stage.run(scenario) == (1, 0)


def test_a_datagram_too_large_is_an_error(stage: Any) -> None:
    async def scenario() -> list[Exception]:
        transport, inbox = await endpoint(local_addr=("0.0.0.0", 0))
        transport.sendto(b"x" * 70_000, ("127.0.0.1", 9))
        return inbox.errors

    assert stage.run(scenario)[0].errno == 90


def test_a_killed_node_frees_its_port(stage: Any) -> None:
    async def scenario() -> bytes:
        node = await stage.start("n1", ECHO)
        await node.kill()
        await stage.start("n1", ECHO)
        transport, inbox = await endpoint(remote_addr=(node.placement.address, 7000))
        transport.sendto(b"again")
        await asyncio.sleep(1)
        return inbox.got[0][0]

    assert stage.run(scenario) == b"again"


def test_what_a_paused_program_does_not_read_overflows(stage: Any) -> None:
    async def scenario() -> tuple[int, int]:
        node = await stage.start("n1", ECHO)
        transport, inbox = await endpoint(remote_addr=(node.placement.address, 7000))
        lease = await stage.world.pause("n1")
        for _ in range(300):
            transport.sendto(b"x" * 1000)
        await asyncio.sleep(1)
        await lease.heal()
        await asyncio.sleep(1)
        return len(inbox.got), stage.world.network.link("planc", "n1").counts["overflowed"]

    assert stage.run(scenario) == (212, 88)


def test_a_port_is_taken_once(stage: Any) -> None:
    async def scenario() -> None:
        await endpoint(local_addr=("0.0.0.0", 7))
        with pytest.raises(OSError, match="in use"):
            await endpoint(local_addr=("127.0.0.1", 7))

    stage.run(scenario)
