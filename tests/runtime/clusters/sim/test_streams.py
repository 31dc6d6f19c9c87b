"""TCP between simulated processes, as asyncio's streams and transports see it."""

from __future__ import annotations

import asyncio
import ssl
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planc_runtime.clusters.sim.streams import WINDOW
from planc_runtime.protocols.rules import LinkRule

BOTH = frozenset({("planc", "n1"), ("n1", "planc")})


def test_a_stream_carries_what_is_written(stage: Any) -> None:
    async def scenario() -> str:
        await stage.start("n1")
        return await stage.ask("n1", "hello")

    assert stage.run(scenario) == "hello"


def test_a_message_takes_time(stage: Any) -> None:
    async def scenario() -> float:
        await stage.start("n1")
        began = stage.world.now()
        await stage.ask("n1", "hello")
        return stage.world.now() - began

    # Two round trips: the handshake, then question and answer.
    assert 4 * 0.000_2 <= stage.run(scenario) <= 4 * 0.001


def test_connections_are_refused_where_nobody_listens(stage: Any) -> None:
    async def scenario() -> None:
        node = await stage.start("n1")
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("n1", 7001)
        await node.kill()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("n1", 7000)

    stage.run(scenario)


def test_an_address_without_a_machine_times_out(stage: Any) -> None:
    async def scenario() -> float:
        with pytest.raises(TimeoutError):
            await asyncio.open_connection("10.99.0.1", 80)
        return stage.world.now()

    assert stage.run(scenario) == pytest.approx(127.0)


def test_a_port_is_taken_once(stage: Any) -> None:
    async def scenario() -> None:
        server = await asyncio.start_server(lambda r, w: None, None, 80)
        with pytest.raises(OSError, match="in use"):
            await asyncio.start_server(lambda r, w: None, "127.0.0.1", 80)
        server.close()
        await server.wait_closed()
        await asyncio.start_server(lambda r, w: None, None, 80)
        with pytest.raises(OSError, match="assign"):
            await asyncio.start_server(lambda r, w: None, "10.77.0.250", 81)

    stage.run(scenario)


def test_loopback_is_the_machine_itself(stage: Any) -> None:
    lonely = """
        import asyncio

        async def answer(reader, writer):
            writer.write(writer.get_extra_info("peername")[0].encode())
            writer.close()

        async def main(node):
            await asyncio.start_server(answer, "127.0.0.1", 7000)
            reader, writer = await asyncio.open_connection("localhost", 7000)
            print((await reader.read()).decode())
            await asyncio.sleep(100)
    """

    async def scenario() -> None:
        await stage.start("n1", lonely)
        await asyncio.sleep(1)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("n1", 7000)

    stage.run(scenario)
    assert stage.log("n1") == "127.0.0.1\n"


def test_any_free_port_will_do(stage: Any) -> None:
    async def scenario() -> None:
        first = await asyncio.start_server(lambda r, w: None, None, 0)
        second = await asyncio.start_server(lambda r, w: None, None, 0)
        ports = {server.sockets[0].getsockname()[1] for server in (first, second)}
        assert len(ports) == 2
        await asyncio.open_connection("127.0.0.1", ports.pop())

    stage.run(scenario)


def test_a_reader_that_does_not_read_stops_the_writer(stage: Any) -> None:
    async def scenario() -> tuple[bool, int]:
        gate = asyncio.Event()
        received = 0

        async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal received
            await gate.wait()
            while data := await reader.read(10_000):
                received += len(data)

        await asyncio.start_server(slow, None, 80)
        _, writer = await asyncio.open_connection("127.0.0.1", 80)
        writer.write(b"x" * (10 * WINDOW))
        draining = asyncio.create_task(writer.drain())
        await asyncio.sleep(60)
        stuck = not draining.done()
        gate.set()
        await draining
        writer.close()
        await asyncio.sleep(60)
        return stuck, received

    assert stage.run(scenario) == (True, 10 * WINDOW)


def test_the_end_of_a_stream_leaves_the_other_direction_open(stage: Any) -> None:
    async def scenario() -> bytes:
        async def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"%d" % len(await reader.read()))
            writer.close()

        await asyncio.start_server(count, None, 80)
        reader, writer = await asyncio.open_connection("127.0.0.1", 80)
        writer.write(b"12345")
        writer.write_eof()
        return await reader.read()

    assert stage.run(scenario) == b"5"


def test_writing_to_a_closed_connection_is_answered_with_a_reset(stage: Any) -> None:
    async def scenario() -> None:
        await asyncio.start_server(lambda r, w: w.close(), None, 80)
        reader, writer = await asyncio.open_connection("127.0.0.1", 80)
        assert await reader.read() == b""
        writer.write(b"too late")
        await asyncio.sleep(0.1)
        with pytest.raises(ConnectionResetError):
            await writer.drain()

    stage.run(scenario)


def test_data_written_before_close_arrives(stage: Any) -> None:
    async def scenario() -> int:
        async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"x" * (3 * WINDOW))
            writer.close()

        await asyncio.start_server(send, None, 80)
        reader, _ = await asyncio.open_connection("127.0.0.1", 80)
        return len(await reader.read())

    assert stage.run(scenario) == 3 * WINDOW


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    chunks=st.lists(st.binary(min_size=1, max_size=3_000), min_size=1, max_size=12),
    rule=st.builds(
        LinkRule,
        delay=st.floats(0, 0.2),
        jitter=st.floats(0, 0.3),
        loss=st.floats(0, 0.6),
        duplicate=st.floats(0, 1),
        reorder=st.floats(0, 1),
        corrupt=st.floats(0, 0.5),
        rate=st.none() | st.floats(1e5, 1e9),
    ),
    seed=st.integers(0, 1_000),
)
def test_bytes_arrive_in_order_whatever_the_link_does(
    stage: Any, chunks: list[bytes], rule: LinkRule, seed: int
) -> None:
    async def scenario() -> bytes:
        await stage.start("n1")
        reader, writer = await asyncio.open_connection("n1", 7000)
        await stage.world.impair(BOTH, rule)
        for chunk in chunks:
            writer.write(chunk.replace(b"\n", b"."))
            await asyncio.sleep(0.001)
        writer.write(b"\n")
        return await reader.readline()

    assert stage.run(scenario, seed) == b"".join(chunks).replace(b"\n", b".") + b"\n"


def test_buffered_protocols_are_served(stage: Any) -> None:
    class Buffered(asyncio.BufferedProtocol):
        def __init__(self) -> None:
            self.room = bytearray(4)
            self.taken = b""

        def get_buffer(self, sizehint: int) -> bytearray:
            return self.room

        def buffer_updated(self, count: int) -> None:
            self.taken += bytes(self.room[:count])

    async def scenario() -> bytes:
        loop = asyncio.get_running_loop()
        protocols: list[Buffered] = []
        await loop.create_server(lambda: protocols.append(Buffered()) or protocols[0], None, 80)
        _, writer = await asyncio.open_connection("127.0.0.1", 80)
        writer.write(b"more than four")
        await asyncio.sleep(1)
        return protocols[0].taken

    assert stage.run(scenario) == b"more than four"


def test_sockets_of_connections_tell_their_ends(stage: Any) -> None:
    async def scenario() -> None:
        node = await stage.start("n1")
        _, writer = await asyncio.open_connection(b"n1".decode(), 7000)
        sock = writer.get_extra_info("socket")
        assert sock.getpeername() == (node.placement.address, 7000)
        assert sock.getsockname() == writer.get_extra_info("sockname")
        sock.setsockopt(6, 1, 1)
        assert sock.getsockopt(6, 1) == 1

    stage.run(scenario)


def test_a_server_may_be_given_a_socket(stage: Any) -> None:
    import socket

    async def scenario() -> bytes:
        with socket.socket() as sock:
            sock.bind(("0.0.0.0", 8123))
            await asyncio.start_server(lambda r, w: w.write(b"there\n"), sock=sock)
            reader, _ = await asyncio.open_connection("127.0.0.1", 8123)
            return await reader.readline()

    assert stage.run(scenario) == b"there\n"


def test_a_socket_may_be_connected_first(stage: Any) -> None:
    import socket

    async def scenario() -> bytes:
        node = await stage.start("n1")
        loop = asyncio.get_running_loop()
        with socket.socket() as sock:
            sock.setblocking(False)
            await loop.sock_connect(sock, (node.placement.address, 7000))
            reader, writer = await asyncio.open_connection(sock=sock)
            writer.write(b"through\n")
            return await reader.readline()

    assert stage.run(scenario) == b"through\n"


def test_names_resolve_to_machines(stage: Any) -> None:
    import socket

    async def scenario() -> None:
        node = stage.node("n1")
        loop = asyncio.get_running_loop()
        infos = await loop.getaddrinfo("n1", "80", type=socket.SOCK_STREAM)
        assert [info[4] for info in infos] == [(node.placement.address, 80)]
        assert socket.gethostbyname("n1") == node.placement.address
        with pytest.raises(socket.gaierror):
            await loop.getaddrinfo("nowhere", 80)
        assert (await loop.getnameinfo((node.placement.address, 80)))[0] == "n1"

    stage.run(scenario)


def _anonymous(protocol: int) -> ssl.SSLContext:
    """TLS without certificates, which only a test may want."""
    context = ssl.SSLContext(protocol)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("aNULL:@SECLEVEL=0")
    return context


def test_tls_runs_over_simulated_connections(stage: Any) -> None:
    async def scenario() -> bytes:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(await reader.readline())
            writer.close()

        await asyncio.start_server(answer, None, 443, ssl=_anonymous(ssl.PROTOCOL_TLS_SERVER))
        context = _anonymous(ssl.PROTOCOL_TLS_CLIENT)
        reader, writer = await asyncio.open_connection("127.0.0.1", 443, ssl=context)
        assert writer.get_extra_info("cipher")
        writer.write(b"secret\n")
        return await reader.read()

    assert stage.run(scenario) == b"secret\n"


def test_a_protocol_that_raises_loses_its_connection(stage: Any) -> None:
    class Broken(asyncio.Protocol):
        def data_received(self, data: bytes) -> None:
            raise ValueError(data)

    async def scenario() -> bytes:
        await asyncio.get_running_loop().create_server(Broken, None, 80)
        reader, writer = await asyncio.open_connection("127.0.0.1", 80)
        writer.write(b"x")
        return await reader.read()

    assert stage.run(scenario) == b""


def test_a_failed_tls_handshake_says_so(stage: Any) -> None:
    async def scenario() -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        await asyncio.start_server(lambda r, w: w.write(b"not TLS at all\n"), None, 80)
        with pytest.raises(ssl.SSLError):
            await asyncio.open_connection("127.0.0.1", 80, ssl=context)

    stage.run(scenario)
