"""The networks that are compared: the lab, what `ip` makes, and proxies between client and server.

Each side is made in namespaces of its own, in a process of its own, and is gone with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from network.processes import in_network, started
from planc_runtime.clusters.lab.hub import Hub
from planc_runtime.clusters.lab.station import ROOT, enter_lab
from planc_runtime.clusters.lab.steering import Steering

PORT, PROXY_PORT, TOXIPROXY_PORT = 8000, 9000, 8474
DELAY = 0.002
"""Seconds there and back, of delayed pairs."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two hosts, and where the second is reached by the first."""

    client: int
    """Descriptors of their network namespaces."""
    server: int
    address: str
    port: int = PORT


Side = Callable[[], contextlib.AbstractContextManager[Pair]]


def ip_script(count: int) -> dict[str | None, list[str]]:
    """Return what `ip -batch` needs for so many hosts, here and in each of their namespaces."""
    hosts = range(1, count + 1)
    here = ["link add hub type bridge forward_delay 0 mcast_snooping 0", "link set hub up"]
    inside: dict[str | None, list[str]] = {}
    for n in hosts:
        here += [
            f"netns add h{n}",
            f"link add v{n} type veth peer name eth0 address {_mac(n)} netns h{n}",
            f"link set v{n} master hub up",
        ]
        others = [other for other in hosts if other != n]
        inside[f"h{n}"] = [
            "link set lo up",
            f"addr add 10.77.0.{n}/16 broadcast + dev eth0",
            f"addr add fd77::{n:x}/64 dev eth0 nodad",
            "link set eth0 up",
            *(f"neigh add 10.77.0.{m} lladdr {_mac(m)} dev eth0 nud permanent" for m in others),
            *(f"neigh add fd77::{m:x} lladdr {_mac(m)} dev eth0 nud permanent" for m in others),
        ]
    return {None: here, **inside}


def _mac(number: int) -> str:
    return f"02:00:0a:4d:00:{number:02x}"


def ip(script: dict[str | None, list[str]]) -> None:
    for name, lines in script.items():
        where = [] if name is None else ["-n", name]
        subprocess.run(["ip", *where, "-batch", "-"], input="\n".join(lines), text=True, check=True)


def private_names() -> None:
    """Let names of namespaces that `ip` makes be nobody else's, and go with this process."""
    os.makedirs("/run/netns", exist_ok=True)
    ctypes.CDLL(None).mount(b"tmpfs", b"/run/netns", b"tmpfs", 0, None)


@contextlib.contextmanager
def bare_bridge() -> Iterator[Pair]:
    """Two hosts on a kernel bridge made by `ip`, and nothing else."""
    enter_lab(ROOT)
    private_names()
    ip(ip_script(2))
    client, server = (os.open(f"/run/netns/h{n}", os.O_RDONLY) for n in (1, 2))
    in_network(client, lambda: _wait_for("10.77.0.2"))
    yield Pair(client, server, "10.77.0.2")


@contextlib.contextmanager
def clean_pair() -> Iterator[Pair]:
    """Two hosts of the lab, with a trouble on the link of another pair."""
    yield from _lab_pair([(("c", "a"), {"delay": DELAY})])


@contextlib.contextmanager
def delayed_pair() -> Iterator[Pair]:
    """Two hosts of the lab that are half of DELAY away from each other, both ways."""
    half = {"delay": DELAY / 2}
    yield from _lab_pair([(("a", "b"), half), (("b", "a"), half)])


def shaped(rule: dict[str, float]) -> Side:
    """Two hosts of the lab, with a rule on the way from client to server."""

    @contextlib.contextmanager
    def side() -> Iterator[Pair]:
        yield from _lab_pair([(("a", "b"), rule)])

    return side


def _lab_pair(rules: list[tuple[tuple[str, str], dict[str, float]]]) -> Iterator[Pair]:
    enter_lab(ROOT)
    hub = Hub()
    hosts = [hub.add(name) for name in "abc"]
    steering = Steering(hub)
    steering.shape(rules, "benchmark")
    try:
        yield Pair(hosts[0].network, hosts[1].network, hosts[1].address)
    finally:
        steering.close()


def through_toxiproxy(program: str, delay: float = 0.0) -> Side:
    """Toxiproxy on the server's host, with a latency each way of half a delay."""

    @contextlib.contextmanager
    def side() -> Iterator[Pair]:
        with bare_bridge() as pair:
            command = [program, "-host", "127.0.0.1", "-port", str(TOXIPROXY_PORT)]
            with started(pair.server, lambda: _become(command)):
                in_network(pair.server, lambda: _configure(pair, delay))
                yield Pair(pair.client, pair.server, pair.address, PROXY_PORT)

    return side


def _become(command: list[str]) -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(nothing, stream)
    os.execv(command[0], command)


def _configure(pair: Pair, delay: float) -> None:
    until_listening("127.0.0.1", TOXIPROXY_PORT)
    proxy = {
        "name": "p",
        "listen": f"{pair.address}:{PROXY_PORT}",
        "upstream": f"127.0.0.1:{PORT}",
        "enabled": True,
    }
    _post("/proxies", proxy)
    for stream in ("upstream", "downstream") if delay else ():
        latency = {"latency": round(delay * 500)}
        _post("/proxies/p/toxics", {"type": "latency", "stream": stream, "attributes": latency})


def _post(path: str, content: object) -> None:
    request = urllib.request.Request(
        f"http://127.0.0.1:{TOXIPROXY_PORT}{path}",
        json.dumps(content).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        answer.read()


@contextlib.contextmanager
def through_asyncio() -> Iterator[Pair]:
    """A proxy of a few lines of asyncio on the server's host."""
    with (
        bare_bridge() as pair,
        started(pair.server, lambda: asyncio.run(_forward(pair.address))),
    ):
        in_network(pair.client, lambda: until_listening(pair.address, PROXY_PORT))
        yield Pair(pair.client, pair.server, pair.address, PROXY_PORT)


async def _forward(address: str) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection("127.0.0.1", PORT)
        except ConnectionRefusedError:
            writer.close()
            return
        await asyncio.gather(_copy(reader, back), _copy(there, writer))

    server = await asyncio.start_server(serve, address, PROXY_PORT)
    await server.serve_forever()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await source.read(1 << 16):
            target.write(data)
            await target.drain()
    target.close()


def _wait_for(address: str) -> None:
    """Wait until a host answers at all: `ip` does not wait for the bridge's ports."""
    _until(lambda: _connects(address, PORT) != "silent")


def until_listening(address: str, port: int) -> None:
    _until(lambda: _connects(address, port) == "open")


def _connects(address: str, port: int) -> str:
    with socket.socket() as probe:
        probe.settimeout(0.05)
        try:
            probe.connect((address, port))
        except ConnectionRefusedError:
            return "refused"
        except OSError:
            return "silent"
        return "open"


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("it never came up")
        time.sleep(0.01)
