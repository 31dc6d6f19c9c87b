"""Wait until a node is ready, and say what became of one that never was."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from planc_runtime.engine.nodes.ask import NoAnswer
from planc_runtime.engine.nodes.logs import last_lines
from planc_runtime.engine.nodes.node import ClusterNode
from planc_runtime.engine.nodes.texts import filled, number, words
from planc_runtime.errors import CannotRun, StepFailed
from planc_runtime.plan.expr import value_of
from planc_runtime.plan.functions import endpoint_of, host_and_port
from planc_runtime.plan.nouns import Ready
from planc_runtime.plan.requests import Command, Http, LogLine, Python, TcpOpen
from planc_runtime.plan.scope import Missing, Scope
from planc_runtime.protocols.backend import TellsListeners

if TYPE_CHECKING:
    from planc_runtime.engine.stage import Stage

PAUSE = 0.02
"""Seconds between two probes of one node."""


async def wait_ready(node: ClusterNode, stage: Stage) -> None:
    """Probe a node until it is ready.

    Raises CannotRun, with the last lines of its log, when it ends before or takes too long.
    """
    ready = node.service.ready or _default(node)
    if ready is None:
        return
    within = number(ready.within, stage.scope())
    dies = asyncio.ensure_future(node.node.wait_exit())
    probing = asyncio.ensure_future(_probe_until(node, ready, stage))
    try:
        done, _ = await asyncio.wait(
            {dies, probing}, timeout=within, return_when=asyncio.FIRST_COMPLETED
        )
        if probing in done:
            probing.result()
            return
        if dies in done:
            raise CannotRun(
                f"node {node.name} ended before it was ready, with {_ending(dies.result())}",
                help=log_tail(node),
            )
        raise CannotRun(
            f"node {node.name} was not ready within {within:g} s{_listeners(node, stage)}",
            help=log_tail(node),
        )
    finally:
        for task in (dies, probing):
            task.cancel()
        await asyncio.gather(dies, probing, return_exceptions=True)


def _default(node: ClusterNode) -> Ready | None:
    """Without a word of the plan, a node is ready when its first port accepts connections."""
    ports = list(node.placement.ports)
    return Ready(TcpOpen(ports[0])) if ports else None


def _ending(status: int) -> str:
    return f"signal {-status}" if status < 0 else f"exit status {status}"


def _listeners(node: ClusterNode, stage: Stage) -> str:
    """Tell where a node listens that is asked elsewhere: the commonest reason for silence."""
    place, world = node.placement, stage.world
    if not isinstance(world, TellsListeners) or not place.ports:
        return ""
    wanted = [endpoint_of(node, name) for name in place.ports]
    found = world.listeners(place.name)
    anywhere = {
        f"{address}:{port}" for address in ("0.0.0.0", "[::]") for port in place.ports.values()
    }
    if set(found) & {*wanted, *anywhere}:
        return ""
    told = f"at {', '.join(found)}" if found else "nowhere"
    return f": it listens {told}, and is asked at {', '.join(wanted)}"


def log_tail(node: ClusterNode) -> str:
    """Return where a node's log is, and its last lines."""
    log = node.placement.log
    lines = last_lines(log)
    shown = "".join(f"\n    {line}" for line in lines)
    return f"its log is {log}" + (f"; the last lines:{shown}" if lines else ", and empty")


async def _probe_until(node: ClusterNode, ready: Ready, stage: Stage) -> None:
    # Nobody tells us: a node can only be asked.
    while not await probe(node, ready, stage):
        if not await _turned_to_ipv6(node, ready.probe):
            await asyncio.sleep(PAUSE)


async def probe(node: ClusterNode, ready: Ready, stage: Stage) -> bool:
    """Ask once whether a node is ready."""
    scope = stage.scope().with_names(**node.names())
    match ready.probe:
        case Http():
            return await _over_http(node, ready, ready.probe, scope)
        case TcpOpen():
            return await _accepts(node, ready.probe)
        case LogLine():
            return _has_printed(node, filled(ready.probe.pattern, scope))
        case Command():
            return await _succeeds(ready.probe, scope)
        case Python():
            try:
                return bool(await stage.escape(ready.probe.reference, (node,), node.service.folder))
            except StepFailed:
                return False
    raise CannotRun(f"{type(ready.probe).__name__} is no probe")


async def _over_http(node: ClusterNode, ready: Ready, request: Http, scope: Scope) -> bool:
    try:
        answer = await node.ask(request, scope, 1.0)
    except NoAnswer:
        return False
    if ready.has is None:
        return answer.status < 400
    try:
        return bool(value_of(ready.has, scope.with_names(**answer.names())))
    except Missing:
        return False


async def _accepts(node: ClusterNode, request: TcpOpen) -> bool:
    return await _connects(*host_and_port(node, request.port))


async def _turned_to_ipv6(node: ClusterNode, request: object) -> bool:
    """Ask a node by IPv6 from now on, if it listens by nothing else: its own code decides that."""
    six = node.placement.address6
    if six is None or node.host == six or not isinstance(request, Http | TcpOpen):
        return False
    host, port = host_and_port(node, request.port)
    # In this order: whoever listens by both may have begun in between.
    if not await _connects(six, port) or await _connects(host, port):
        return False
    node.turn_to(six)
    return True


async def _connects(host: str, port: int) -> bool:
    try:
        async with asyncio.timeout(1.0):
            _, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    writer.close()
    return True


def _has_printed(node: ClusterNode, pattern: str) -> bool:
    try:
        text = node.placement.log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return re.search(pattern, text, re.MULTILINE) is not None


async def _succeeds(request: Command, scope: Scope) -> bool:
    from planc_runtime.clients.programs import run

    done = await run(words(request.text, scope))
    return bool(done["exit"] == 0)
