"""A node as the engine knows it: placed, launched, observed, and laid in trouble."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from planc_runtime.engine.nodes.ask import Answer, Asker, NoAnswer, Question
from planc_runtime.engine.nodes.questions import question_of
from planc_runtime.errors import CannotRun
from planc_runtime.plan.expr import value_of
from planc_runtime.plan.functions import host_and_port
from planc_runtime.plan.nouns import Service
from planc_runtime.plan.requests import Http
from planc_runtime.plan.scope import Missing, Scope
from planc_runtime.protocols.evidence import Evidence, Hold, indeterminate, installed
from planc_runtime.protocols.node import Launch, Node, NodeState, Placement

UNKNOWN: Any = object()
"""The status of a node that has not answered since it was last started."""


class ClusterNode:
    """Plays `NodeView` for expressions and `Patient` for troubles."""

    def __init__(
        self,
        name: str,
        cluster: str,
        index: int,
        service: Service,
        node: Node,
        *,
        zone: str | None = None,
        spare: bool = False,
    ) -> None:
        self.name = name
        self.cluster = cluster
        self.index = index
        self.zone = zone
        self.spare = spare
        self.service = service
        self.node = node
        self.launch: Launch | None = None
        self.started: Callable[[ClusterNode], None] = lambda node: None
        """Called with every incarnation; spare nodes are observed from their first one on."""
        self.told: Callable[..., None] = lambda kind, **fields: None
        self.ip6: Any = None
        """Its IPv6 address, or the reason why it has none."""
        self.host = node.placement.address
        """The address at which it is asked."""
        self.starts = 0
        self.killed = False
        """Whether it is down because we wanted it."""
        self._status: Any = UNKNOWN
        self._role: str | None = None
        self._askers: dict[int, Asker] = {}

    def __repr__(self) -> str:
        return self.name

    # --- what expressions see -----------------------------------------------------------------

    @property
    def placement(self) -> Placement:
        return self.node.placement

    @property
    def state(self) -> NodeState:
        return self.node.state

    @property
    def running(self) -> bool:
        return self.node.state is NodeState.RUNNING

    @property
    def known(self) -> bool:
        """Whether it runs and has answered since it was last started or went on."""
        return self.running and self._status is not UNKNOWN

    @property
    def role(self) -> str | None:
        return self._role if self.known else None

    @property
    def status(self) -> Any:
        if not self.known:
            raise Missing(f"the status of {self.name} is not known: it is {self.state.value}")
        return self._status

    def field(self, name: str) -> Any:
        """Return what a plan may ask of a node by name."""
        match name:
            case "name" | "zone" | "index" | "running" | "role" | "status" | "cluster" | "spare":
                return getattr(self, name)
            case "ip" | "address":
                return self.placement.address
            case "ip6":
                return value_of(self.ip6, Scope())
            case "port" | "ports":
                return dict(self.placement.ports)
            case "data" | "log":
                return str(getattr(self.placement, name))
            case "state":
                return self.state.value
        raise Missing(f"a node has no {name!r}")

    def names(self) -> dict[str, Any]:
        """Return the names that texts and expressions of its service may use."""
        params = self.launch.info.params if self.launch else {}
        return {"node": self, "port": dict(self.placement.ports), "param": dict(params)}

    # --- what the observer does ---------------------------------------------------------------

    def learn(self, status: Any, role: str | None) -> bool:
        """Take a new status; say whether anything is different from before."""
        changed = self._status is UNKNOWN or status != self._status or role != self._role
        self._status, self._role = status, role
        return changed

    def forget(self) -> None:
        self._status, self._role = UNKNOWN, None
        for asker in self._askers.values():
            asker.drop()

    def turn_to(self, host: str) -> None:
        """Ask it at another of its addresses from now on."""
        for asker in self._askers.values():
            asker.drop()
        self._askers.clear()
        self.host = host

    async def ask(self, request: Http, scope: Scope, timeout: float) -> Answer:  # noqa: ASYNC109
        """Send an HTTP request of the plan to this node; raises NoAnswer and Missing."""
        host, port = host_and_port(self, request.port)
        if port not in self._askers:
            self._askers[port] = Asker(host, port)
        question: Question = question_of(request, scope)
        return await self._askers[port].ask(question, timeout)

    # --- what troubles do ---------------------------------------------------------------------

    @property
    def machine(self) -> str:
        return self.placement.name

    @property
    def hooks(self) -> Mapping[str, Any]:
        return {name.replace("-", "_"): hook for name, hook in self.service.hooks.items()}

    async def start(self) -> Evidence:
        """Start it again as it was launched, with a new incarnation's status unknown."""
        if self.launch is None:
            raise CannotRun(f"node {self.name} was never prepared")
        self.forget()
        evidence = await self.node.start(self.launch)
        # Until now whoever looks sees the life that was ended, which did not end by itself.
        self.killed = False
        if evidence.hold is not Hold.SKIPPED:
            self.starts += 1
            self.started(self)
        self._tell(evidence)
        return evidence

    async def stop(self) -> Evidence:
        self.killed = True
        return self._tell(await self.node.stop())

    async def kill(self) -> Evidence:
        self.killed = True
        return self._tell(await self.node.kill())

    async def call_hook(self, name: str, on: bool) -> Evidence:
        """Ask the service to misbehave; the same request with DELETE makes it honest again."""
        hook = self.hooks[name]
        if not isinstance(hook, Http):
            raise CannotRun(f"the hook {name!r} of {self.service.name} is not an HTTP request")
        request = hook if on else Http("DELETE", hook.path, hook.port, hook.headers)
        try:
            answer = await self.ask(request, Scope(self.names()), 2.0)
        except NoAnswer as silent:
            return indeterminate(f"{self.name} did not answer its hook {name!r}: {silent}")
        word = "misbehaves" if on else "is honest again"
        proof = f"{self.name} answered {answer.status} to its hook {name!r} and {word}"
        return installed(proof) if answer.status < 300 else indeterminate(proof)

    def _tell(self, evidence: Evidence) -> Evidence:
        self.told("node", node=self.name, state=self.state.value, proof=evidence.proof)
        return evidence
