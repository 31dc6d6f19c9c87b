"""The exchange from inside: gates that are open, silent or refusing, and streams that wait."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import select
import socket
import time
from collections.abc import Awaitable, Callable

import pytest

from planc_runtime.clusters.redirect.gate import Gate
from planc_runtime.clusters.redirect.link import Link
from planc_runtime.clusters.redirect.relay import Relay

HOST = "127.64.77.9"


def connection() -> socket.socket:
    made = socket.socket()
    made.setblocking(False)
    return made


async def connected(gate: Gate, within: float = 0.2) -> str:
    """Say what becomes of a connection to a gate."""
    with connection() as knock:
        knock.connect_ex((HOST, gate.port))
        asked = select.poll()
        asked.register(knock, select.POLLOUT)
        # The kernel is asked, and not a timer: this process may be held up for longer than that.
        if not await asyncio.to_thread(asked.poll, within * 1000):
            return "silent"
        return "refused" if knock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) else "open"


def test_a_gate_is_open_silent_or_refusing_and_keeps_its_port() -> None:
    async def main() -> None:
        served: list[socket.socket] = []
        gate = Gate(HOST, served.append)
        port = gate.port
        states = (
            ("open", {"silent": False, "refusing": False}),
            ("silent", {"silent": True, "refusing": False}),
            ("refused", {"silent": False, "refusing": True}),
            ("silent", {"silent": True, "refusing": True}),
            ("open", {"silent": False, "refusing": False}),
            ("refused", {"silent": False, "refusing": True}),
            ("open", {"silent": False, "refusing": False}),
        )
        for answer, state in states:
            gate.set(**state)
            assert await connected(gate) == answer, state
            assert gate.port == port
        gate.close()
        for one in served:
            one.close()

    asyncio.run(main())


def test_who_asked_over_a_cut_is_let_in_when_it_is_healed() -> None:
    """By the retransmission of its SYN, as on any network, and nobody of ours comes with it."""

    async def main() -> None:
        served: list[socket.socket] = []
        gate = Gate(HOST, served.append)
        gate.set(silent=True, refusing=False)
        with connection() as knock:
            loop = asyncio.get_running_loop()
            waiting = asyncio.ensure_future(loop.sock_connect(knock, (HOST, gate.port)))
            await asyncio.sleep(0.1)
            assert not waiting.done()
            gate.set(silent=False, refusing=False)
            await asyncio.wait_for(waiting, 20.0)
            while not served:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            assert [one.getpeername() for one in served] == [knock.getsockname()]
        gate.close()
        served[0].close()

    asyncio.run(main())


# --- streams ------------------------------------------------------------------------------------

Reader, Writer = asyncio.StreamReader, asyncio.StreamWriter
Ends = tuple[Reader, Writer, Reader, Writer]


def joined(test: Callable[[Link, Link, Ends], Awaitable[None]]) -> None:
    """Run a test on both ends of a connection that goes through a relay."""

    async def main() -> None:
        forth, back = Link(1, 2, "seed"), Link(2, 1, "seed")
        far: asyncio.Future[tuple[Reader, Writer]] = asyncio.get_running_loop().create_future()

        async def serve(reader: Reader, writer: Writer) -> None:
            far.set_result((reader, writer))

        server = await asyncio.start_server(serve, HOST, 0)
        place = server.sockets[0].getsockname()
        over = asyncio.Event()
        tasks = []

        def relay(accepted: socket.socket) -> None:
            made = Relay(forth, back, lambda _: over.set())
            tasks.append(asyncio.ensure_future(made.run(accepted, HOST, place)))

        gate = Gate(HOST, relay)
        gate.set(silent=False, refusing=False)
        reader, writer = await asyncio.open_connection(HOST, gate.port)
        async with asyncio.timeout(60.0):
            ends = (reader, writer, *(await far))
            await test(forth, back, ends)
            for each in (writer, ends[3]):
                each.close()
                with contextlib.suppress(ConnectionError):
                    await each.wait_closed()
            forth.follow({})
            back.follow({})
            await over.wait()
        assert not forth.flows
        assert not back.flows
        gate.close()
        server.close()

    asyncio.run(main())


def test_bytes_are_late_by_the_delay_and_in_order() -> None:
    async def late(forth: Link, back: Link, ends: Ends) -> None:
        reader, writer, far_reader, far_writer = ends
        forth.follow({"delay": 0.2, "jitter": 0.15})
        began = time.monotonic()
        for number in range(20):
            writer.write(f"{number}\n".encode())
            await writer.drain()
        assert [int(await far_reader.readline()) for _ in range(20)] == list(range(20))
        assert time.monotonic() - began >= 0.05
        far_writer.write(b"back\n")
        assert await reader.readline() == b"back\n"

    joined(late)


def test_a_cut_holds_one_way_and_the_end_of_the_stream_with_it() -> None:
    async def held(forth: Link, back: Link, ends: Ends) -> None:
        reader, writer, far_reader, far_writer = ends
        forth.follow({"cut": True})
        writer.write(b"held")
        writer.write_eof()
        far_writer.write(b"free\n")
        assert await reader.readline() == b"free\n"
        waiting = asyncio.ensure_future(far_reader.read())
        await asyncio.sleep(0.2)
        assert not waiting.done()
        assert forth.counts["held"] == 4
        forth.follow({})
        assert await waiting == b"held"
        far_writer.write(b"half open\n")
        assert await reader.readline() == b"half open\n"

    joined(held)


def test_a_reset_arrives_as_a_reset_and_not_over_a_cut() -> None:
    async def broken(forth: Link, back: Link, ends: Ends) -> None:
        _, writer, far_reader, _ = ends
        forth.follow({"cut": True})
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        writer.transport.abort()
        waiting = asyncio.ensure_future(far_reader.read(1))
        await asyncio.sleep(0.2)
        assert not waiting.done()
        forth.follow({})
        with pytest.raises(ConnectionResetError):
            await waiting

    joined(broken)


def test_a_limit_is_kept_and_a_sender_has_to_wait() -> None:
    async def slow(forth: Link, back: Link, ends: Ends) -> None:
        _, writer, far_reader, _ = ends
        forth.follow({"rate": 800_000.0})
        began = time.monotonic()
        writer.write(bytes(50_000))
        assert len(await far_reader.readexactly(50_000)) == 50_000
        assert time.monotonic() - began >= 0.45

    joined(slow)


def test_much_on_a_cut_link_makes_the_sender_wait_and_loses_nothing() -> None:
    async def much(forth: Link, back: Link, ends: Ends) -> None:
        _, writer, far_reader, _ = ends
        forth.follow({"cut": True})
        size = 32 << 20
        writer.write(bytes(size))
        sending = asyncio.ensure_future(writer.drain())
        await asyncio.sleep(0.3)
        assert not sending.done()
        assert forth.counts["held"] < size
        forth.follow({})
        assert len(await far_reader.readexactly(size)) == size
        await sending

    joined(much)


def test_the_error_numbers_are_those_of_the_kernel() -> None:
    """A gate that refuses is a port that nobody listens on, to connect_ex as well."""

    async def main() -> None:
        gate = Gate(HOST, lambda accepted: None)
        gate.set(silent=False, refusing=True)
        with socket.socket() as knock:
            assert knock.connect_ex((HOST, gate.port)) == errno.ECONNREFUSED
        gate.close()

    asyncio.run(main())
