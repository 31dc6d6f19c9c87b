"""Pauses of processes: the keeper stops and continues all that a node has started."""

from __future__ import annotations

from typing import Any

from planc_runtime.clusters.local.control import Control
from planc_runtime.clusters.local.node import LocalNode
from planc_runtime.clusters.pausing import PauseLease
from planc_runtime.protocols.evidence import Evidence, indeterminate, installed, skipped

_WITHIN = 5.0
"""Seconds in which every process must be seen stopped, or running again."""


async def pause(node: LocalNode, control: Control) -> PauseLease:
    """SIGSTOP everything the node started, and read its state back."""
    return PauseLease(node, await _stop(node, control), lambda: _go_on(node, control))


async def _stop(node: LocalNode, control: Control) -> Evidence:
    name = node.placement.name
    if node.life is None:
        return skipped(f"{name} was {node.state.value} already")
    node.pauses += 1
    reply = await control.ask(node.life, "pause", within=_WITHIN)
    if reply is None:
        return skipped(f"{name} ended before it could be paused")
    if not reply["done"]:
        return indeterminate(f"{name} was sent SIGSTOP but not seen stopped", pids=reply["pids"])
    return installed(f"{_pids(reply)} in state T", pids=reply["pids"])


async def _go_on(node: LocalNode, control: Control) -> Evidence | None:
    assert node.life is not None
    reply = await control.ask(node.life, "resume", within=_WITHIN)
    if reply is None:
        return None
    if not reply["done"]:
        told = f"{node.placement.name} was sent SIGCONT but is seen stopped"
        return indeterminate(told, pids=reply["pids"])
    return installed(f"{_pids(reply)} seen running again", pids=reply["pids"])


def _pids(reply: dict[str, Any]) -> str:
    pids = reply["pids"]
    return f"{'pids' if len(pids) > 1 else 'pid'} {', '.join(map(str, pids))}"
