"""Code in C that makes its own sockets: from which host it reaches the nodes."""

import asyncio
import ctypes
import os
import socket
import struct
import threading
from collections.abc import Callable
from typing import Any

import pytest

from planc_runtime.clients.python import PythonWire
from planc_runtime.clients.spec import ClientSpec, Endpoint, OperationSpec
from planc_runtime.protocols.rules import LinkRule
from planc_runtime.testing.scene import Scene

from .conftest import Play

LIBC = ctypes.CDLL(None, use_errno=True)


def ask_in_c(address: str, port: int, text: str) -> tuple[str, str]:
    """Ask the test service as a library in C would; return its answer, and who we were."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    handle = LIBC.socket(family, socket.SOCK_STREAM | socket.SOCK_CLOEXEC, 0)
    if handle < 0:
        raise OSError(ctypes.get_errno(), "socket")
    with socket.socket(fileno=handle) as held:
        number = struct.pack("=H", family) + struct.pack(">H", port)
        packed = socket.inet_pton(family, address)
        place = number + (packed + bytes(8) if family == socket.AF_INET else bytes(4) + packed)
        place += b"" if family == socket.AF_INET else bytes(4)
        if LIBC.connect(handle, place, len(place)) != 0:
            raise OSError(ctypes.get_errno(), "connect")
        held.sendall(f"echo {text}\n".encode())
        return held.recv(100).decode().strip(), str(held.getsockname()[0])


class Blocking:
    """A client as its author writes it around such a library."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.made = ask_in_c(endpoint.address, endpoint.port or 0, "made")
        self._endpoint = endpoint

    def echo(self, text: str) -> tuple[str, str]:
        return ask_in_c(self._endpoint.address, self._endpoint.port or 0, text)


def as_host(scene: Scene, name: str, work: Callable[[], Any]) -> "asyncio.Task[Any]":
    return asyncio.create_task(asyncio.to_thread(work), context=scene.world.host(name))


def address_of(scene: Scene, name: str) -> str:
    world: Any = scene.world
    return str(world._network.address(name))


def test_a_thread_of_a_host_is_on_it_in_c_as_well(rung: str, play: Play) -> None:
    async def main(scene: Scene) -> None:
        await scene.start("n1")
        place = scene.node("n1").placement
        for name in ("client-1", "client-2"):
            answer, own = await as_host(scene, name, lambda: ask_in_c(place.address, 7101, "x"))
            assert answer == "ok x"
            assert own == address_of(scene, name)
        if place.address6 is not None:
            six = place.address6
            answer, own = await as_host(scene, "client-1", lambda: ask_in_c(six, 7101, "x"))
            assert answer == "ok x"
            assert own.startswith("fd77::")

    play(main)


@pytest.mark.usefixtures("lab")
def test_threads_that_a_library_starts_are_led_as_well(play: Play) -> None:
    async def main(scene: Scene) -> None:
        await scene.start("n1")
        place = scene.node("n1").placement
        found: list[tuple[str, str]] = []

        def starts_a_thread() -> None:
            work = lambda: found.append(ask_in_c(place.address, 7101, "x"))  # noqa: E731
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()

        await as_host(scene, "client", starts_a_thread)
        assert found == [("ok x", address_of(scene, "client"))]

    play(main)


@pytest.mark.usefixtures("lab")
def test_a_blocking_client_of_a_plan_is_on_its_host(play: Play) -> None:
    async def main(scene: Scene) -> None:
        await scene.start("n1")
        place = scene.node("n1").placement
        operation = OperationSpec("echo", ("text",))
        wire = PythonWire(ClientSpec("c", "python", {"echo": operation}, python=Blocking))
        endpoint = Endpoint("n1", place.address, place.ports["tcp"])
        asked = wire.ask(endpoint, operation, {"text": "x"})
        reply = await asyncio.create_task(asked, context=scene.world.host("client"))
        assert reply.value == ("ok x", address_of(scene, "client"))
        assert (await wire._object(endpoint)).made == ("ok made", address_of(scene, "client"))

    play(main)


@pytest.mark.usefixtures("lab")
def test_a_partition_holds_for_it(play: Play) -> None:
    async def main(scene: Scene) -> None:
        world: Any = scene.world
        await scene.start("n1")
        place = scene.node("n1").placement
        world.host("client")
        cut = await world.impair(
            frozenset({("client", "n1"), ("n1", "client")}), LinkRule(cut=True)
        )
        asking = as_host(scene, "client", lambda: ask_in_c(place.address, 7101, "x"))
        done, _ = await asyncio.wait([asking], timeout=0.5)
        assert not done
        await cut.heal()
        assert (await asking)[0] == "ok x"

    play(main)


@pytest.mark.usefixtures("lab")
def test_other_sockets_and_other_threads_are_left_alone(play: Play) -> None:
    def others() -> list[int]:
        first, second = socket.socketpair()
        with first, second, socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as third:
            return [first.family, third.family]

    async def main(scene: Scene) -> None:
        families = await as_host(scene, "client", others)
        assert families == [socket.AF_UNIX, socket.AF_NETLINK]
        spaces = await as_host(scene, "client", lambda: os.readlink("/proc/thread-self/ns/net"))
        assert spaces == os.readlink("/proc/self/ns/net")

    play(main)
    handle = LIBC.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
    assert handle >= 0
    os.close(handle)
