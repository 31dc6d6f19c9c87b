"""The machines of one scenario as containers: addresses, folders, the lab they hang on."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import itertools
from pathlib import Path
from typing import Any

from planc_runtime.clusters.docker import abilities, pausing
from planc_runtime.clusters.docker.engine import Engine
from planc_runtime.clusters.docker.events import Watch
from planc_runtime.clusters.docker.holders import Holders
from planc_runtime.clusters.docker.labels import Labels
from planc_runtime.clusters.docker.network import ContainerNetwork, open_network
from planc_runtime.clusters.docker.node import DockerNode, Hands
from planc_runtime.clusters.docker.options import Options
from planc_runtime.clusters.docker.reaping import Reaper, remove_orphans
from planc_runtime.clusters.docker.recipes import Recipes
from planc_runtime.clusters.docker.root import provide
from planc_runtime.clusters.docker.troubles import Troubles
from planc_runtime.clusters.local import measuring
from planc_runtime.clusters.machine.conditions import State
from planc_runtime.errors import CannotRun, NotSupported, PlancError
from planc_runtime.protocols.backend import Lease, Settings
from planc_runtime.protocols.evidence import Evidence
from planc_runtime.protocols.node import Placement
from planc_runtime.protocols.rules import ClockRule, DiskRule, LinkRule, Pairs, ResourceRule

_FIRST_PORT = 20000
"""Of the ports that are given where a plan asks for any: each node has all of them to itself."""
_ENDING = 3.0
"""Seconds that nodes under coverage have to end by themselves, so that they save their data."""


class DockerWorld:
    """Containers; see `World` for the contract. Use `open()`."""

    name = "docker"

    def __init__(
        self, settings: Settings, engine: Engine, reaper: Reaper, options: Options
    ) -> None:
        self._settings = settings
        self._engine = engine
        self._reaper = reaper
        self._options = options
        self._marks = reaper.marks
        self._nodes: dict[str, DockerNode] = {}
        self._ports = itertools.count(_FIRST_PORT)
        self._troubles = Troubles(self._tell, settings.seed)
        self._watch = Watch(engine, self._marks, self._died)
        self._endings: set[asyncio.Task[None]] = set()
        self._network: ContainerNetwork | None = None
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()

    @classmethod
    async def open(cls, settings: Settings, options: Options) -> DockerWorld:
        """Find the engine and start the lab; raises CannotRun when either is impossible."""
        engine = Engine.connect()
        try:
            world = cls(settings, engine, Reaper(engine, Labels.new()), options)
        except BaseException:
            engine.close()
            raise
        try:
            await world._set_up()
        except BaseException:
            await world.close()
            raise
        return world

    async def _set_up(self) -> None:
        for name in ("data", "logs"):
            _make(self._settings.directory / name)
        await self._engine.ask(remove_orphans, self._engine)
        image = await self._engine.ask(provide, self._engine)
        names = self._settings.directory.absolute() / "names"
        network = await open_network(self._engine, self._marks, image, names, self._settings.seed)
        self._network = network
        self._holders = Holders(self._engine, self._marks, image, network)
        self._recipes = Recipes(self._settings, self._options, self._marks, image, names)
        self.abilities, self.missing = abilities.of(
            network.abilities, network.missing, await self._engine.ask(self._engine.info)
        )
        self._began = self._loop.time()

    @property
    def network(self) -> ContainerNetwork:
        assert self._network is not None
        return self._network

    def now(self) -> float:
        return self._loop.time() - self._began

    def place(self, name: str, ports: dict[str, int]) -> Placement:
        """Reserve address, ports and directories; port 0 asks for any."""
        if name in self._nodes:
            raise PlancError(f"there is a node {name!r} already")
        data = self._settings.directory.absolute() / "data" / name
        _make(data)
        address, address6 = self.network.reserve(name)
        placement = Placement(
            name=name,
            address=address,
            ports={key: port or next(self._ports) for key, port in ports.items()},
            data=data,
            log=self._settings.directory.absolute() / "logs" / f"{name}.log",
            address6=address6,
        )
        self._holders.begin(name)
        hands = Hands(self._tell, self._forget)
        node = DockerNode(placement, self._engine, self._recipes, self._holders, hands)
        self._nodes[name] = node
        return placement

    def node(self, placement: Placement) -> DockerNode:
        return self._nodes[placement.name]

    def brings_programs(self, service: str) -> bool:
        """Tell whether the programs of a service come with an image rather than this machine."""
        return self._options.image_of(service) is not None

    def host(self, name: str) -> contextvars.Context:
        """A load client is this process itself; its sockets are on a host of the lab."""
        return self.network.host(name)

    async def impair(self, pairs: Pairs, rule: LinkRule) -> Lease:
        await self._holders.ready({name for pair in pairs for name in pair})
        return await self.network.impair(pairs, rule)

    async def pause(self, node: str) -> Lease:
        return await pausing.pause(self._nodes[node])

    async def set_clock(self, node: str, rule: ClockRule) -> Lease:
        return await self._troubles.set_clock(self._nodes[node], rule)

    async def set_resources(self, node: str, rule: ResourceRule) -> Lease:
        return await self._troubles.set_resources(self._nodes[node], rule)

    async def flip_bits(self, node: str, glob: str, count: int) -> Evidence:
        return await self._troubles.flip_bits(self._nodes[node], glob, count)

    async def set_disk(self, node: str, rule: DiskRule) -> Lease:
        wanted = {"fill_disk": rule.full, "slow_disk": rule.delay, "fail_fsync": rule.fail_sync}
        self._require(node, *(name for name, asked in wanted.items() if asked))
        return await self._troubles.set_disk(self._nodes[node], rule)

    async def lose_unsynced(self, node: str) -> Evidence:
        self._require(node, "lose_unsynced")
        return await self._troubles.cut_power(self._nodes[node], self._recipes.store(node))

    async def fail_names(self, node: str) -> Lease:
        await self._holders.of(node)
        return await self.network.fail_names(node)

    async def probe(self, node: str) -> dict[str, Any]:
        """Measure all processes of a node together; see `HasProbes`."""
        life = self._nodes[node].life
        found: dict[str, Any] = self.network.line.ask("measure", pid=life.pid if life else -1)
        return found

    def _require(self, node: str, *wanted: str) -> None:
        """Raise NotSupported unless a node's program was begun with its calls watched."""
        container = self._nodes[node].container
        for ability in wanted:
            reason = self.missing.get(ability, "")
            if ability not in self._settings.troubles:
                reason = "the world was not told before its nodes began (Settings.troubles)"
            elif container is not None and not container.recipe.watched:
                reason = abilities.OF_AN_IMAGE
            if reason:
                raise NotSupported(self.name, f"{ability.replace('_', ' ')} here: {reason}")

    async def _forget(self, pid: int) -> State:
        """Tell the lab that a container has ended, unless the lab itself has."""
        with contextlib.suppress(CannotRun):
            found: State = self.network.line.ask("ended", pid=pid)
            return found
        return {}

    async def _tell(self, pid: int, state: State) -> State:
        found: State = self.network.line.ask("machine", pid=pid, state=state)
        return found

    def _died(self, container: str, code: int) -> None:
        for node in self._nodes.values():
            if node.container is not None and node.container.id == container:
                ending = asyncio.ensure_future(node.died(code))
                self._endings.add(ending)
                ending.add_done_callback(self._endings.discard)

    async def close(self) -> None:
        """End every node and remove all containers; bounded, whatever the nodes do."""
        try:
            await self._end_nodes()
            if self._network is not None:
                await self._holders.close()
            await self._reaper.finish()
        finally:
            # Without this, a second Ctrl-C would leave the containers to the life of this process.
            self._reaper.let_go()
            self._watch.close()
            if self._network is not None:
                self._network.close()
            self._engine.close()
            measuring.tidy(self._settings.directory)

    async def _end_nodes(self) -> None:
        """Kill the nodes; where they measure themselves, give them time to save."""
        running = [node for node in self._nodes.values() if node.life is not None]
        endings = [node.stop() if self._settings.coverage else node.kill() for node in running]
        if endings:
            _, late = await asyncio.wait(map(asyncio.ensure_future, endings), timeout=_ENDING)
            for task in late:
                task.cancel()
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.gather(*self._endings), _ENDING)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as trouble:
        raise CannotRun(f"cannot create the folder {folder}: {trouble.strerror}") from None
