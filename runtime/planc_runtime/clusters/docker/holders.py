"""Containers that hold a node's network: it has to be there before the node and outlive it.

A container's network namespace goes with its last process, and the engine cannot be told to enter
one that somebody else has made. So each node's network belongs to a container that does nothing,
and the node's own ones share it, as the containers of a pod do.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

from planc_runtime.clusters.docker import root
from planc_runtime.clusters.docker.engine import Engine, told
from planc_runtime.clusters.docker.labels import Labels
from planc_runtime.clusters.docker.network import ContainerNetwork
from planc_runtime.errors import CannotRun

_PATIENT = ["sleep", "infinity"]


def _settings() -> dict[str, str]:
    """Return what the network of a node allows: any port to anybody, and IPv6 where there is any.

    The engine switches IPv6 off in networks that it does not give an address.
    """
    found = {"net.ipv4.ip_unprivileged_port_start": "0"}
    for scope in ("all", "default"):
        if os.path.exists(f"/proc/sys/net/ipv6/conf/{scope}/disable_ipv6"):
            found[f"net.ipv6.conf.{scope}.disable_ipv6"] = "0"
    return found


class Holders:
    """They are all started at once, and waited for when they are needed."""

    def __init__(
        self, engine: Engine, marks: Labels, image: str, network: ContainerNetwork
    ) -> None:
        self._engine = engine
        self._marks = marks
        self._image = image
        self._network = network
        self._tasks: dict[str, asyncio.Task[str]] = {}

    def begin(self, node: str) -> None:
        """Start the holder of a node's network; does not wait for it."""
        self._tasks[node] = asyncio.ensure_future(self._make(node))

    async def of(self, node: str) -> str:
        """Return the id of a node's holder, once the node is a host of the lab."""
        return await asyncio.shield(self._tasks[node])

    async def ready(self, names: set[str]) -> None:
        """Wait until all nodes among these hosts are in the lab."""
        await asyncio.gather(*(self.of(name) for name in sorted(names & set(self._tasks))))

    async def close(self) -> None:
        """Wait for what the engine was asked for; it cannot be called back."""
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _make(self, node: str) -> str:
        from docker.errors import DockerException

        try:
            container = await self._engine.ask(self._start, node)
        except DockerException as trouble:
            raise CannotRun(
                f"the engine starts no container for the network of {node!r}: {told(trouble)}"
            ) from None
        self._network.place(node, container.attrs["State"]["Pid"])
        found: str = container.id
        return found

    def _start(self, node: str) -> Any:
        container = self._engine.client.containers.run(
            self._image,
            command=_PATIENT,
            detach=True,
            labels=self._marks.of(f"network of {node}"),
            mounts=root.mounts(),
            network_mode="none",
            hostname=node,
            sysctls=_settings(),
        )
        container.reload()
        return container
