"""Bring clusters up: place every node first, so that all know of all, then start them at once."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from planc_runtime.engine.nodes.needs import check_needs, program_of
from planc_runtime.engine.nodes.node import ClusterNode
from planc_runtime.engine.nodes.readiness import log_tail, wait_ready
from planc_runtime.engine.nodes.texts import filled, filled_all, number, plain, words
from planc_runtime.errors import CannotRun, NotSupported, PlancError
from planc_runtime.faults.links import both_ways
from planc_runtime.plan.expr import Refusal
from planc_runtime.plan.nouns import (
    Cluster,
    Nodes,
    NormalLinks,
    Plant,
    Service,
)
from planc_runtime.plan.scope import Scope
from planc_runtime.protocols.backend import BringsPrograms, ExplainsLacks, HasLinks, World
from planc_runtime.protocols.node import Launch, NodeInfo, Peer, Placement, StopPolicy
from planc_runtime.protocols.rules import LinkRule

if TYPE_CHECKING:
    from planc_runtime.engine.stage import Stage


def place_cluster(cluster: Cluster, stage: Stage) -> list[ClusterNode]:
    """Reserve a place for every node of a cluster, spare ones included."""
    placed: list[ClusterNode] = []
    for name, members in _named(cluster, stage.scope()):
        machine = name if name not in stage.machines else f"{cluster.name}-{name}"
        stage.machines.add(machine)
        placement = stage.world.place(machine, dict(members.service.ports))
        node = ClusterNode(
            name,
            cluster.name,
            len(placed) + 1,
            members.service,
            stage.world.node(placement),
            zone=members.zone,
            spare=members.spare,
        )
        node.ip6 = _ip6(placement, stage.world)
        node.told = stage.tell
        node.started = stage.observer.watch
        placed.append(node)
    return placed


def _ip6(placement: Placement, world: World) -> Any:
    """Return a node's IPv6 address, or what says why there is none once it is asked for."""
    if placement.address6 is not None:
        return placement.address6
    reason = world.missing.get("ipv6") if isinstance(world, ExplainsLacks) else None
    lack = "give nodes an IPv6 address"
    return Refusal("ip6", NotSupported(world.name, f"{lack} here: {reason}" if reason else lack))


def _named(cluster: Cluster, scope: Scope) -> Iterator[tuple[str, Nodes]]:
    """Yield names in order: n1, n2, ... without `as`; gw, or gw1, gw2, ... with `as gw`."""
    numbered = 0
    for members in cluster.members:
        count = int(number(members.count, scope))
        for position in range(1, count + 1):
            if members.name is None:
                numbered += 1
                yield f"n{numbered}", members
            else:
                yield members.name if count == 1 else f"{members.name}{position}", members


def prepare_launches(cluster: Cluster, nodes: Sequence[ClusterNode], stage: Stage) -> None:
    """Work out how every node of a cluster is started; raises NotInstalled for what is missing."""
    peers = tuple(_peer(node) for node in nodes)
    for service in dict.fromkeys(node.service for node in nodes):
        check_needs(service, stage)
    for node in nodes:
        node.launch = _launch(cluster, node, peers, stage)
        node.host = _host(node.placement, node.launch)


def _host(placement: Placement, launch: Launch) -> str:
    """Return at which of its addresses a node is asked: the one that it is told to listen at.

    By IPv4 as well as by IPv6 when it is told both, or none.
    """
    told = "\n".join([*(launch.argv or ()), *launch.env.values(), *launch.files.values()])
    six = placement.address6
    if six is None or not _is_named(six, told) or _is_named(placement.address, told):
        return placement.address
    return six


def _is_named(address: str, text: str) -> bool:
    """Tell whether a text has an address, and not only the beginning of a longer one."""
    longer = r"\w:" if ":" in address else r"\w."
    return re.search(rf"(?<![{longer}]){re.escape(address)}(?![{longer}])", text) is not None


def _peer(node: ClusterNode) -> Peer:
    place = node.placement
    return Peer(node.name, place.address, dict(place.ports), node.zone, place.address6)


def _launch(cluster: Cluster, node: ClusterNode, peers: tuple[Peer, ...], stage: Stage) -> Launch:
    service = node.service
    plant = service.plants.get(stage.options.plant or "")
    params = _parameters(cluster, service, plant, stage.scope())
    info = NodeInfo(
        name=node.name,
        address=node.placement.address,
        ports=dict(node.placement.ports),
        data=node.placement.data,
        cluster=cluster.name,
        index=node.index,
        peers=peers,
        params=params,
        planted=frozenset({stage.options.plant}) if plant and stage.options.plant else frozenset(),
        seed=stage.rng("node", node.machine).getrandbits(32),
        address6=node.placement.address6,
    )
    scope = stage.scope().with_names(**_names(node, info))
    folder = stage.root / service.folder
    return Launch(
        info=info,
        argv=_argv(service, plant, scope, stage),
        entry=service.python,
        path=(folder, stage.plan_folder),
        env={
            **filled_all(service.env, scope),
            **(filled_all(plant.env, scope) if plant else {}),
        },
        files=filled_all(service.files, scope),
        stop=StopPolicy(service.stop.signal, number(service.stop.kill_after, scope)),
        coverage=stage.options.coverage,
        service=service.name,
        cwd=None if service.cwd is None else folder / filled(service.cwd, scope),
    )


def _parameters(
    cluster: Cluster, service: Service, plant: Plant | None, scope: Scope
) -> dict[str, Any]:
    """A plant's values go before the cluster's, and those before the service's own."""
    chosen: dict[str, Any] = dict(service.params)
    chosen.update({name: v for name, v in cluster.settings.items() if name in service.params})
    chosen.update(plant.params if plant else {})
    return {name: plain(value, scope) for name, value in chosen.items()}


def _names(node: ClusterNode, info: NodeInfo) -> dict[str, Any]:
    peers = [
        {
            "name": p.name,
            "ip": p.address,
            "ip6": p.address6 or node.ip6,
            "port": dict(p.ports),
            "zone": p.zone,
            "index": index,
        }
        for index, p in enumerate(info.peers, start=1)
    ]
    return {
        "node": node,
        "port": dict(info.ports),
        "param": dict(info.params),
        "peers": peers,
    }


def _argv(
    service: Service, plant: Plant | None, scope: Scope, stage: Stage
) -> tuple[str, ...] | None:
    if service.command is None:
        return None
    if stage.world.name == "sim":
        if service.python is None:
            raise NotSupported(
                "sim",
                f"run the program of service {service.name!r}",
                help='give it a `python "module:main"` form, or run it --on local',
            )
        return None
    argv = words(service.command, scope)
    argv += words(plant.args, scope) if plant is not None and plant.args is not None else ()
    if isinstance(stage.world, BringsPrograms) and stage.world.brings_programs(service.name):
        return argv
    return (program_of(service, argv[0], stage.root), *argv[1:])


async def start_nodes(nodes: Sequence[ClusterNode], stage: Stage) -> None:
    """Start nodes at the same time and wait until all are ready; raises CannotRun for the first."""
    await together(_start_one(node, stage) for node in nodes if not node.spare)


async def _start_one(node: ClusterNode, stage: Stage) -> None:
    await _set_up(node, stage)
    try:
        await node.start()
    except NotSupported:
        raise
    except PlancError as trouble:
        lines = log_tail(node)
        raise CannotRun(trouble.message, help=trouble.help or lines) from None
    await wait_ready(node, stage)


async def _set_up(node: ClusterNode, stage: Stage) -> None:
    """Run the service's set-up command, once, before the node's first start."""
    if node.service.setup is None or node.launch is None or node.starts:
        return
    if stage.world.name == "sim":
        raise NotSupported("sim", f"run the setup command of service {node.service.name!r}")
    from planc_runtime.clients.programs import run

    argv = words(node.service.setup, stage.scope().with_names(**_names(node, node.launch.info)))
    done = await run((program_of(node.service, argv[0], stage.root), *argv[1:]))
    if done["exit"] != 0:
        said = (done["errors"] or done["output"]).strip()
        raise CannotRun(f"the setup command of node {node.name} ended with {done['exit']}: {said}")


async def lay_normal_links(cluster: Cluster, nodes: Sequence[ClusterNode], stage: Stage) -> None:
    """Give a cluster the network that its plan calls normal, and say so in the events.

    A limit of TCP's back-off is worth something only where links can be cut.
    """
    world, links, scope = stage.world, cluster.links or NormalLinks(), stage.scope()
    if cluster.links is not None and "slow" not in world.abilities:
        raise NotSupported(world.name, f"give cluster {cluster.name!r} links of its own")
    if not isinstance(world, HasLinks) or "partition" not in world.abilities:
        return
    if cluster.retransmit is not None and "retransmit" not in world.abilities:
        reason = world.missing.get("retransmit") if isinstance(world, ExplainsLacks) else None
        lack = "limit the pauses of TCP's retransmission"
        raise NotSupported(
            world.name,
            f"{lack} here: {reason}" if reason else lack,
            help=f"without `retransmit` in cluster {cluster.name!r} it runs, and heals later",
        )
    rule = LinkRule(
        delay=number(links.delay, scope),
        jitter=number(links.jitter, scope),
        loss=number(links.loss, scope),
        rate=None if links.rate is None else number(links.rate, scope),
        retransmit=None if cluster.retransmit is None else number(cluster.retransmit, scope),
    )
    if rule == LinkRule():
        return
    machines = [node.machine for node in nodes]
    lease = await world.impair(frozenset(both_ways(machines, machines)), rule)
    stage.tell("links", cluster=cluster.name, proof=lease.evidence.proof)
    stage.summary.conditions.append(f"{cluster.name}: {lease.evidence.proof}")


async def together(work: Any) -> None:
    """Do several things at the same time; raises the first trouble, not a group of them."""
    try:
        async with asyncio.TaskGroup() as group:
            for part in work:
                group.create_task(part)
    except BaseExceptionGroup as troubles:
        raise first_of(troubles) from None


def first_of(troubles: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the first real trouble of a group, however deep."""
    for trouble in troubles.exceptions:
        if isinstance(trouble, BaseExceptionGroup):
            return first_of(trouble)
        return trouble
    return troubles
