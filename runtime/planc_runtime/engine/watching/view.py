"""The system as expressions see it: the observer's knowledge, and questions on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planc_runtime.engine.nodes.ask import NoAnswer
from planc_runtime.engine.nodes.node import ClusterNode
from planc_runtime.engine.watching.prometheus import Unreadable, figure
from planc_runtime.errors import NotSupported
from planc_runtime.plan.nodeset import Each, NodeSet
from planc_runtime.plan.scope import Missing
from planc_runtime.protocols.backend import HasProbes

if TYPE_CHECKING:
    from planc_runtime.engine.stage import Stage


class StageView:
    """Plays `View` for expressions."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def cluster(self, name: str) -> NodeSet:
        nodes = tuple(self._stage.nodes_of(name))
        if not nodes:
            raise Missing(f"the cluster {name} is not running")
        return NodeSet(nodes)

    def with_role(self, cluster: str, role: str) -> NodeSet:
        return NodeSet(tuple(n for n in self._stage.nodes_of(cluster) if n.role == role))

    def most_seen(self, cluster: str, role: str, by: str, since: float) -> tuple[Any, NodeSet]:
        return self._stage.observer.most_seen(cluster, role, by, since)

    def mock(self, name: str) -> Any:
        if name not in self._stage.mocks:
            raise Missing(f"the mock {name} is not running")
        return self._stage.mocks[name]

    async def read(self, what: str, arguments: tuple[Any, ...]) -> Any:
        if what == "python":
            reference, *rest = arguments
            return await self._stage.escape(str(reference), rest)
        target, *rest = arguments
        if not isinstance(target, NodeSet):
            raise Missing(f"{what} is asked of nodes")
        found = [await self._of_node(what, node, rest) for node in target]
        if len(found) == 1:
            return found[0]
        return Each(found)

    async def _of_node(self, what: str, node: Any, rest: list[Any]) -> Any:
        match what:
            case "memory":
                return (await probe(self._stage, node))["memory"]
            case "open_files":
                return (await probe(self._stage, node))["files"]
            case "metric":
                return await metric(self._stage, node, str(rest[0]))
        raise Missing(f"planc does not know how to read {what}")


async def probe(stage: Stage, node: ClusterNode) -> dict[str, Any]:
    """Return what the backend can measure of a node; raises NotSupported where it cannot."""
    world = stage.world
    if not isinstance(world, HasProbes):
        raise NotSupported(world.name, "measure memory and open files of nodes")
    return await world.probe(node.machine)


async def metric(stage: Stage, node: ClusterNode, name: str) -> float:
    """Return a figure, all its samples together, from a node's metrics as they are now."""
    try:
        found = figure(await stage.scraper.page(node), name)
    except NoAnswer as silent:
        raise Missing(f"{node.name} did not show its metrics: {silent}") from None
    except Unreadable as broken:
        raise Missing(f"{node.name}: {broken}") from None
    if found is None:
        raise Missing(f"{node.name} has no metric {name!r}")
    return found
