"""The lab of a world of containers: started by the engine, reached over a socket in a folder."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from pathlib import Path
from typing import Any

from planc_runtime.clusters.docker import root, station
from planc_runtime.clusters.docker.engine import Engine, told
from planc_runtime.clusters.docker.labels import Labels
from planc_runtime.clusters.lab.hub import NETWORK, NETWORK6
from planc_runtime.clusters.lab.line import Line
from planc_runtime.clusters.lab.network import TESTER, LabNetwork
from planc_runtime.clusters.lab.rungs import Rung
from planc_runtime.errors import CannotRun

LAB = "the lab"
_START = (
    "import sys; sys.path.insert(0, sys.argv.pop(1));"
    "from planc_runtime.clusters.docker.station import main; main()"
)
_PATIENCE = 20.0
_POWERS = ("NET_ADMIN", "NET_RAW", "SYS_ADMIN", "SYS_PTRACE")
"""Capabilities of the lab, beside those that containers have."""
_found: dict[str, Rung] = {}
"""What was found out, by the engine's socket."""


class ContainerNetwork(LabNetwork):
    """The test process' side of it; nodes are reserved first and join when they have a holder."""

    def __init__(self, line: Line, engine: Engine, seed: str) -> None:
        super().__init__(line, _examined(line, engine), seed)

    def reserve(self, name: str) -> tuple[str, str | None]:
        """Return the addresses that a node will have; the second where there is IPv6."""
        number = self.line.ask("number", name=name)
        without = self.address6(TESTER) is None
        return str(NETWORK[number]), None if without else str(NETWORK6[number])


async def open_network(
    engine: Engine, marks: Labels, image: str, names: Path, seed: int
) -> ContainerNetwork:
    """Start the lab's container and wait until it is on the line; raises CannotRun."""
    with _listening(names) as listener:
        container = await engine.ask(_start, engine, marks, image, names)
        try:
            channel = await engine.ask(_accept, listener, container)
        finally:
            (names / station.SOCKET).unlink(missing_ok=True)
    return ContainerNetwork(Line(channel), engine, str(seed))


def _examined(line: Line, engine: Engine) -> Rung:
    """Return what the lab can do on the engine's machine, which is tried once per process."""
    if engine.socket not in _found:
        found = line.ask("examine")
        _found[engine.socket] = Rung("docker", frozenset(found["abilities"]), found["missing"])
    return _found[engine.socket]


def _listening(folder: Path) -> socket.socket:
    """Listen at a socket in a folder, however long its path is."""
    folder.mkdir(parents=True, exist_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        listener.bind(f"/proc/self/fd/{place}/{station.SOCKET}")
        listener.listen(1)
        listener.settimeout(0.5)
    except OSError as trouble:
        listener.close()
        raise CannotRun(f"cannot listen in {folder}: {trouble.strerror}") from None
    finally:
        os.close(place)
    return listener


def _start(engine: Engine, marks: Labels, image: str, names: Path) -> Any:
    from docker.errors import DockerException

    try:
        return _run(engine, marks, image, names)
    except DockerException as trouble:
        raise CannotRun(
            f"the engine does not start the container of the network lab: {told(trouble)}",
            help="it needs the capabilities " + ", ".join(_POWERS),
        ) from None


def _run(engine: Engine, marks: Labels, image: str, names: Path) -> Any:
    api = engine.client.api
    settings = api.create_host_config(
        cap_add=list(_POWERS),
        # All of the scenario's folder: names, and the journals of disks, are written there.
        mounts=[*root.mounts(), root.bound(names.parent, writable=True)],
        network_mode="none",
        pid_mode="host",
        security_opt=["seccomp=unconfined", "apparmor=unconfined"],
    )
    # What hosts allow is set below /proc/sys, each in its own namespace.
    settings["ReadonlyPaths"] = []
    made = api.create_container(
        image,
        entrypoint=[sys.executable],
        command=["-I", "-S", "-X", "utf8", "-c", _START, str(root.PACKAGES), str(names)],
        host_config=settings,
        labels=marks.of(LAB),
    )
    api.start(made["Id"])
    return engine.client.containers.get(made["Id"])


def _accept(listener: socket.socket, container: Any) -> socket.socket:
    """Wait for the lab's call; raises CannotRun with its last words when it has died instead."""
    for _ in range(int(_PATIENCE / 0.5)):
        with contextlib.suppress(TimeoutError):
            return listener.accept()[0]
        container.reload()
        if container.status == "exited":
            said = container.logs(tail=5).decode(errors="replace").strip()
            raise CannotRun(f"the container of the network lab has ended: {said}")
    raise CannotRun(f"the container of the network lab is silent for {_PATIENCE:.0f} s")
