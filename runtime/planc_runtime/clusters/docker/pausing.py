"""Pauses as leases: a container is frozen as long as at least one of them is open."""

from __future__ import annotations

from planc_runtime.clusters.docker.node import DockerNode
from planc_runtime.protocols.evidence import Evidence, indeterminate, installed, skipped


class PauseLease:
    """Use `pause()`, which opens one."""

    def __init__(self, node: DockerNode, evidence: Evidence) -> None:
        self._node = node
        self._evidence = evidence
        self._life = node.life
        self._open = self._life is not None

    @property
    def evidence(self) -> Evidence:
        return self._evidence

    async def heal(self) -> Evidence:
        """Let the node go on, unless another pause holds it or the incarnation has ended."""
        name = self._node.placement.name
        if not self._open:
            return skipped(f"{name} is not held by this pause")
        self._open = False
        if self._life is None or self._life is not self._node.life:
            return skipped(f"{name} ended while it was paused")
        self._node.pauses -= 1
        if self._node.pauses:
            return skipped(f"{name} is still held by another pause")
        assert self._node.container is not None
        if not await self._node.container.unpause():
            return skipped(f"{name} ended while it was paused")
        return await _seen(self._node, paused=False)


async def pause(node: DockerNode) -> PauseLease:
    """Freeze all processes of a node by their control group, and read its state back."""
    name = node.placement.name
    if node.life is None or node.container is None:
        return PauseLease(node, skipped(f"{name} was {node.state.value} already"))
    node.pauses += 1
    if node.pauses == 1 and not await node.container.pause():
        return PauseLease(node, skipped(f"{name} ended before it could be paused"))
    return PauseLease(node, await _seen(node, paused=True))


async def _seen(node: DockerNode, *, paused: bool) -> Evidence:
    assert node.container is not None
    state = await node.container.state()
    words = f"container {node.container.id[:12]} of {node.placement.name}"
    status = state["Status"]
    seen = state["Paused"] == paused and state["Running"]
    return (installed if seen else indeterminate)(f"{words} is {status}", status=status)
