"""Pauses of containers: the engine freezes and thaws their control group."""

from __future__ import annotations

from planc_runtime.clusters.docker.node import DockerNode
from planc_runtime.clusters.pausing import PauseLease
from planc_runtime.protocols.evidence import Evidence, indeterminate, installed, skipped


async def pause(node: DockerNode) -> PauseLease:
    """Freeze all processes of a node by their control group, and read its state back."""
    return PauseLease(node, await _freeze(node), lambda: _thaw(node))


async def _freeze(node: DockerNode) -> Evidence:
    name = node.placement.name
    if node.life is None or node.container is None:
        return skipped(f"{name} was {node.state.value} already")
    node.pauses += 1
    if node.pauses == 1 and not await node.container.pause():
        return skipped(f"{name} ended before it could be paused")
    return await _seen(node, paused=True)


async def _thaw(node: DockerNode) -> Evidence | None:
    assert node.container is not None
    return await _seen(node, paused=False) if await node.container.unpause() else None


async def _seen(node: DockerNode, *, paused: bool) -> Evidence:
    assert node.container is not None
    state = await node.container.state()
    words = f"container {node.container.id[:12]} of {node.placement.name}"
    status = state["Status"]
    seen = state["Paused"] == paused and state["Running"]
    return (installed if seen else indeterminate)(f"{words} is {status}", status=status)
