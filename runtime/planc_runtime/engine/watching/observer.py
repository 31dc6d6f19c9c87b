"""Look at every node again and again, and remember who was seen as what.

Roles and states of a distributed system are known only by asking. The observer asks each running
node for its status at a fixed period, keeps the latest answer, and wakes whoever waits for a
condition whenever something is different. What it remembers over time is only what
`count(... by FIELD)` needs: which nodes were seen in a role for each value of a field.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from planc_runtime.engine.nodes.ask import NoAnswer
from planc_runtime.engine.nodes.node import ClusterNode
from planc_runtime.engine.nodes.readiness import log_tail
from planc_runtime.engine.nodes.texts import words
from planc_runtime.errors import StepFailed
from planc_runtime.plan.expr import value_of
from planc_runtime.plan.nodeset import NodeSet, field_of
from planc_runtime.plan.requests import Command, Http, Python
from planc_runtime.plan.scope import Missing
from planc_runtime.protocols.node import NodeState

if TYPE_CHECKING:
    from planc_runtime.engine.stage import Stage

PERIOD = {"sim": 0.05}
"""Seconds between two looks at a node: of virtual time on sim, of real time elsewhere."""
REAL_PERIOD = 0.1
PATIENCE = 1.0
"""Seconds that a status may take; then the node counts as unknown until it answers again."""

FIRST_SIGHT = 5.0
"""Seconds in which a node that has just been started should show a status."""


class Bell:
    """Wakes everybody who waits, at once."""

    def __init__(self) -> None:
        self._waiting: list[asyncio.Future[None]] = []

    def ring(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def wait(self) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        await future


@dataclass(slots=True)
class Sightings:
    """Who was seen in one role, by the values of one status field; with the last time."""

    values: dict[str, Any] = field(default_factory=dict)
    seen: dict[str, dict[ClusterNode, float]] = field(default_factory=dict)

    def add(self, value: Any, node: ClusterNode, now: float) -> None:
        key = json.dumps(value, sort_keys=True, default=repr)
        self.values[key] = value
        self.seen.setdefault(key, {})[node] = now

    def most(self, since: float) -> tuple[Any, tuple[ClusterNode, ...]]:
        best: tuple[Any, tuple[ClusterNode, ...]] = (None, ())
        for key, nodes in self.seen.items():
            recent = tuple(node for node, last in nodes.items() if last >= since)
            if len(recent) > len(best[1]):
                best = (self.values[key], recent)
        return best


class Observer:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._period = PERIOD.get(stage.world.name, REAL_PERIOD)
        self._tasks: dict[ClusterNode, asyncio.Task[None]] = {}
        self._sightings: dict[tuple[str, str, str], Sightings] = {}
        self._dead: set[tuple[ClusterNode, int]] = set()
        self._closed = False
        self.bell = Bell()
        self.deaths: list[str] = []
        """Nodes that ended though nobody asked them to, a sentence each."""

    def watch(self, node: ClusterNode) -> None:
        """Begin to look at a node; a second time does nothing."""
        if node not in self._tasks:
            name = f"observe {node.name}"
            self._tasks[node] = asyncio.create_task(self._watch(node), name=name)

    async def close(self) -> None:
        # An author's status function may swallow the cancellation: the loop must end all the same.
        self._closed = True
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        for node in self._tasks:
            self._stage.arrivals.look(node)
            node.forget()

    def notice_deaths(self) -> None:
        """Look once more who is not there any more."""
        for node in self._tasks:
            self._notice_death(node)

    def most_seen(self, cluster: str, role: str, by: str, since: float) -> tuple[Any, NodeSet]:
        """Answer `count(ROLE(cluster) by FIELD)`; what is asked for is remembered from then on."""
        key = (cluster, role, by)
        if key not in self._sightings:
            self._sightings[key] = Sightings()
            for node in self._stage.nodes_of(cluster):
                self._sight(node)
        value, nodes = self._sightings[key].most(since)
        return value, NodeSet(nodes)

    async def first_sight(self, nodes: Sequence[ClusterNode]) -> None:
        """Wait a while until every running node has been seen: `leader(C)` then has a meaning."""
        asked = [node for node in nodes if node.service.status is not None]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FIRST_SIGHT):
                while any(node.running and not node.known for node in asked):
                    await self.bell.wait()

    async def look_at_all(self) -> None:
        """Ask every running node now: what is expected of this moment is judged by this moment."""
        running = [node for node in self._tasks if node.running]
        await asyncio.gather(*(self.look(node) for node in running))

    async def look(self, node: ClusterNode) -> None:
        """Ask a node for its status now; forgets it when there is no answer."""
        if node.service.status is None:
            return
        life = node.starts
        try:
            status = await self._read(node)
        except (NoAnswer, Missing, OSError):
            if node.known:
                node.forget()
                self._stage.tell("status", node=node.name, role=None, fields=None)
                self.bell.ring()
            return
        if node.running and node.starts == life:
            self._learn(node, status)

    async def _watch(self, node: ClusterNode) -> None:
        clock = self._stage.world.now
        while not self._closed:
            began = clock()
            if node.running:
                await self.look(node)
            self._stage.arrivals.look(node)
            self._notice_death(node)
            # Files, logs and time itself may matter to a condition: it is looked at in any case.
            self.bell.ring()
            late = clock() - began
            await asyncio.sleep(max(self._period - late % self._period, 0.001))

    def _learn(self, node: ClusterNode, status: Any) -> None:
        if node.learn(status, role_of(node, status)):
            self._stage.tell("status", node=node.name, role=node.role, fields=status)
            self.bell.ring()
        self._sight(node)

    def _sight(self, node: ClusterNode) -> None:
        if not node.known:
            return
        for (cluster, role, by), sightings in self._sightings.items():
            if node.cluster == cluster and node.role == role:
                with contextlib.suppress(Missing):
                    sightings.add(field_of(node.status, by), node, self._stage.world.now())

    async def _read(self, node: ClusterNode) -> Any:
        declared = node.service.status
        assert declared is not None
        scope = self._stage.scope().with_names(**node.names())
        match declared.request:
            case Http():
                answer = await node.ask(declared.request, scope, PATIENCE)
                if answer.status >= 400:
                    raise NoAnswer(f"status {answer.status}")
                names = answer.names()
            case Command():
                from planc_runtime.clients.programs import run

                names = await run(words(declared.request.text, scope))
            case Python(reference=reference):
                try:
                    return await self._stage.escape(reference, (node,), node.service.folder)
                except StepFailed as silent:
                    raise NoAnswer(silent.message) from silent
            case other:
                raise NoAnswer(f"{type(other).__name__} is no way to read a status")
        if declared.returns is None:
            return names.get("json", names)
        return value_of(declared.returns, scope.with_names(**names))

    def _notice_death(self, node: ClusterNode) -> None:
        """Take note of a node that ended by itself, once for each of its lives."""
        key = (node, node.starts)
        if node.state is not NodeState.CRASHED or node.killed or key in self._dead:
            return
        self._dead.add(key)
        node.forget()
        proof = f"ended by itself, with status {node.node.exit_status}"
        self._stage.tell("node", node=node.name, state=node.state.value, proof=proof)
        at = self._stage.world.now()
        self.deaths.append(f"node {node.name} {proof} (seen at {at:.3f} s); {log_tail(node)}")


def role_of(node: ClusterNode, status: Any) -> str | None:
    """Return the first role whose condition holds.

    A service that tells leaders apart has followers even if it does not say so.
    """
    from planc_runtime.plan.scope import Scope

    scope = Scope({**node.names(), "status": status})
    for role, condition in node.service.roles.items():
        with contextlib.suppress(Missing):
            if value_of(condition, scope):
                return role
    implied = "leader" in node.service.roles and "follower" not in node.service.roles
    return "follower" if implied else None
