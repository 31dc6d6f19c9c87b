"""Walk through the states of a machine, by events that are legal there and by ones that are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

from planc_runtime.engine.conditions import becomes_true
from planc_runtime.engine.nodes.node import ClusterNode
from planc_runtime.errors import CannotRun
from planc_runtime.history.verdict import Result, Verdict
from planc_runtime.plan.expr import Expr, Known
from planc_runtime.plan.nodeset import NodeSet
from planc_runtime.plan.nouns import Machine, Transition
from planc_runtime.plan.scope import Missing
from planc_runtime.protocols.outcome import Outcome

if TYPE_CHECKING:
    from planc_runtime.engine.stage import Stage
    from planc_runtime.engine.steps import Steps

SETTLE = 5.0
"""Seconds that a legal transition may take until the state is the new one."""
SHARE_OF_ILLEGAL = 0.3
_SHOWN = 8


@dataclass(slots=True)
class Exploration:
    """What a walk found."""

    machine: Machine
    steps: int = 0
    legal: int = 0
    refused: int = 0
    unclear: int = 0
    wrong: list[str] = field(default_factory=list)
    """Legal transitions that did not lead where they should."""
    accepted: list[str] = field(default_factory=list)
    """Illegal ones that were not refused, or changed the state all the same."""
    visited: dict[str, int] = field(default_factory=dict)

    def verdict(self) -> Verdict:
        """Judge the legal part: every transition led where the plan says."""
        wanted = "every legal transition leads where the plan says"
        data = {"steps": self.steps, "legal": self.legal, "visited": self.visited}
        counted = f"{self.legal} legal and {self.refused + len(self.accepted)} illegal events"
        if self.wrong:
            measured = f"{len(self.wrong)} of {self.legal} legal transitions went wrong"
            return Verdict(Result.FAILED, measured, wanted, self.wrong[:_SHOWN], data)
        if not self.legal:
            return Verdict(Result.INCONCLUSIVE, "no legal transition was tried", wanted, (), data)
        places = f"{len(self.visited)} of {len(states(self.machine))} states were visited"
        return Verdict(
            Result.PASSED, f"{counted} in {self.steps} steps; {places}", wanted, (), data
        )

    def illegal_verdict(self) -> Verdict:
        """Judge the illegal part: every one was refused, and changed nothing."""
        wanted = "every illegal transition is refused"
        tried = self.refused + len(self.accepted)
        if self.accepted:
            measured = f"{len(self.accepted)} of {tried} illegal transitions were accepted"
            return Verdict(Result.FAILED, measured, wanted, self.accepted[:_SHOWN])
        if not tried:
            return Verdict(Result.INCONCLUSIVE, "no illegal transition was tried", wanted)
        return Verdict(Result.PASSED, f"all {tried} were refused", wanted)


def states(machine: Machine) -> list[str]:
    """Return the states that a machine names, in the order of the plan."""
    found = dict.fromkeys([machine.initial] if machine.initial else [])
    for transition in machine.transitions:
        found.update(dict.fromkeys([*transition.sources, transition.target]))
    return [state for state in found if state]


async def explore(machine: Machine, steps: int, stage: Stage, take: Steps) -> Exploration:
    """Take so many steps, each on a node and by an event drawn from the seed."""
    found = Exploration(machine)
    stage.explorations.append(found)
    walk = _Walk(machine, found, stage, take)
    rng = stage.rng("explore", machine.name, len(stage.explorations))
    nodes = _nodes(machine, stage)
    for _ in range(steps):
        found.steps += 1
        await walk.step(rng.choice(nodes), rng)
    return found


def _nodes(machine: Machine, stage: Stage) -> Sequence[ClusterNode]:
    if machine.on is not None:
        nodes: Sequence[ClusterNode] = stage.nodes_of(machine.on.name)
    else:
        nodes = [n for n in stage.patients() if machine.of is None or n.service is machine.of]
    if not nodes:
        raise CannotRun(f"no node here is one that machine {machine.name!r} speaks of")
    return nodes


class _Walk:
    def __init__(self, machine: Machine, found: Exploration, stage: Stage, take: Steps) -> None:
        self._machine = machine
        self._found = found
        self._stage = stage
        self._take = take
        self._events = list(dict.fromkeys(t.by for t in machine.transitions))

    async def step(self, node: ClusterNode, rng: Random) -> None:
        state = await self._state(node)
        if state is None:
            self._found.unclear += 1
            return
        self._found.visited[state] = self._found.visited.get(state, 0) + 1
        legal = {t.by: t for t in self._machine.transitions if state in t.sources}
        illegal = [event for event in self._events if event not in legal]
        if illegal and (not legal or rng.random() < SHARE_OF_ILLEGAL):
            await self._illegal(node, state, rng.choice(illegal))
        elif legal:
            await self._legal(node, state, legal[rng.choice(list(legal))])

    async def _legal(self, node: ClusterNode, state: str, transition: Transition) -> None:
        self._found.legal += 1
        outcome, error = await self._fire(node, transition.by)
        what = f"{node.name}: {state} -> {transition.target} by {transition.by}"
        if outcome is Outcome.FAIL:
            self._found.wrong.append(f"{what} was refused: {error}")
            return
        arrived = self._expression(node) == transition.target
        after, _ = await becomes_true(arrived, SETTLE, self._stage, self._stage.world.now())
        if after is None:
            now = await self._state(node)
            self._found.wrong.append(f"{what} left it in {now}")

    async def _illegal(self, node: ClusterNode, state: str, event: str) -> None:
        outcome, _ = await self._fire(node, event)
        what = f"{node.name}: {event} in state {state}"
        after = await self._state(node)
        if outcome is Outcome.OK:
            self._found.accepted.append(f"{what} was accepted; the state is now {after}")
        elif after is not None and after != state:
            self._found.accepted.append(f"{what} was refused, yet the state is now {after}")
        elif outcome is Outcome.FAIL:
            self._found.refused += 1
        else:
            self._found.unclear += 1

    async def _fire(self, node: ClusterNode, event: str) -> tuple[Outcome, str | None]:
        parameters = self._machine.client.operations[event].parameters
        args = [node.name][: len(parameters)]
        on = Known(NodeSet((node,), single=True), node.name)
        reply = await self._take.reply(self._machine.client, event, args, on)
        return reply.outcome, reply.error

    async def _state(self, node: ClusterNode) -> str | None:
        await self._stage.observer.look(node)
        try:
            return str(self._expression(node).value(self._stage.scope()))
        except Missing:
            return None

    def _expression(self, node: ClusterNode) -> Expr:
        """Return the state as an expression; without a word of the plan it is `status.state`."""
        state = self._machine.state
        if state is None:
            return Known(NodeSet((node,), single=True), node.name)["status"]["state"]
        return _OnNode(node, state)


class _OnNode(Expr):
    """An expression over `status` and `node`, of one node."""

    __slots__ = ("_node", "_state")

    def __init__(self, node: ClusterNode, state: Any) -> None:
        self._node = node
        self._state = state

    def value(self, scope: Any) -> Any:
        status = self._node.status
        inner = scope.with_names(**self._node.names(), status=status)
        return self._state.value(inner) if isinstance(self._state, Expr) else self._state

    def describe(self) -> str:
        return f"the state of {self._node.name}"
