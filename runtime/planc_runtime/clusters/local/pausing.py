"""Pauses as leases: a node is frozen as long as at least one of them is open."""

from __future__ import annotations

from planc_runtime.clusters.local.control import Control
from planc_runtime.clusters.local.node import LocalNode
from planc_runtime.protocols.evidence import Evidence, indeterminate, installed, skipped

_WITHIN = 5.0
"""Seconds in which every process must be seen stopped, or running again."""


class PauseLease:
    """Use `pause()`, which opens one."""

    def __init__(self, node: LocalNode, control: Control, evidence: Evidence) -> None:
        self._node = node
        self._control = control
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
        reply = await self._control.ask(self._life, "resume", within=_WITHIN)
        if reply is None:
            return skipped(f"{name} ended while it was paused")
        if not reply["done"]:
            return indeterminate(f"{name} was sent SIGCONT but is seen stopped", **_data(reply))
        return installed(f"{_pids(reply)} seen running again", **_data(reply))


async def pause(node: LocalNode, control: Control) -> PauseLease:
    """SIGSTOP everything the node started, and read its state back."""
    name = node.placement.name
    if node.life is None:
        return PauseLease(node, control, skipped(f"{name} was {node.state.value} already"))
    node.pauses += 1
    reply = await control.ask(node.life, "pause", within=_WITHIN)
    if reply is None:
        evidence = skipped(f"{name} ended before it could be paused")
    elif reply["done"]:
        evidence = installed(f"{_pids(reply)} in state T", **_data(reply))
    else:
        evidence = indeterminate(f"{name} was sent SIGSTOP but not seen stopped", **_data(reply))
    return PauseLease(node, control, evidence)


def _pids(reply: dict[str, object]) -> str:
    pids = reply["pids"]
    assert isinstance(pids, list)
    return f"{'pids' if len(pids) > 1 else 'pid'} {', '.join(map(str, pids))}"


def _data(reply: dict[str, object]) -> dict[str, object]:
    return {"pids": reply["pids"]}
