"""The seven nouns of a plan, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from planc_runtime.plan.expr import Expr
from planc_runtime.plan.nodeset import NodeSet
from planc_runtime.plan.requests import Request
from planc_runtime.plan.scope import Scope
from planc_runtime.plan.spot import Spot


@dataclass(frozen=True, slots=True)
class Plan:
    title: str
    source: str
    """Path of the plan from the project's root: plans/consensus/first.plan."""
    owner: str = ""
    tags: tuple[str, ...] = ()
    severity: str = "medium"
    about: str = ""
    seed: int | None = None
    spot: Spot | None = None

    @property
    def key(self) -> str:
        """Its folder below the reports: the source without the plans' root and the suffix."""
        inner = self.source.partition("/")[2] or self.source
        return inner.removesuffix(".plan").removesuffix(".py")


@dataclass(frozen=True, slots=True)
class BinaryNeed:
    name: str
    wheel: str | None = None
    package: str | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class ModuleNeed:
    name: str
    wheel: str | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Ready:
    probe: Request
    has: Any = None
    within: Any = 10.0


@dataclass(frozen=True, eq=False, slots=True)
class Status:
    request: Request
    returns: Any = None


@dataclass(frozen=True, eq=False, slots=True)
class Metrics:
    """Where Prometheus metrics are read, and how often."""

    request: Request
    every: Any = 1.0


@dataclass(frozen=True, slots=True)
class Stop:
    signal: str = "SIGTERM"
    kill_after: Any = 5.0


@dataclass(frozen=True, eq=False, slots=True)
class Plant:
    """A bug that can be switched on from outside."""

    sentence: str
    env: Mapping[str, Any] = field(default_factory=dict)
    args: Any = None
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False, slots=True)
class Service:
    name: str
    folder: str
    command: Any = None
    python: str | None = None
    cwd: Any = None
    env: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, Any] = field(default_factory=dict)
    ports: Mapping[str, int] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)
    needs: tuple[Any, ...] = ()
    """BinaryNeed, ModuleNeed, or a tuple of which one is enough."""
    ready: Ready | None = None
    status: Status | None = None
    metrics: Metrics | None = None
    roles: Mapping[str, Any] = field(default_factory=dict)
    setup: Any = None
    stop: Stop = Stop()
    plants: Mapping[str, Plant] = field(default_factory=dict)
    hooks: Mapping[str, Request] = field(default_factory=dict)


@dataclass(frozen=True, eq=False, slots=True)
class Nodes:
    count: Any
    service: Service
    name: str | None = None
    zone: str | None = None
    spare: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class NormalLinks:
    """The network of a cluster without any fault."""

    delay: Any = 0.0
    jitter: Any = 0.0
    loss: Any = 0.0
    rate: Any = None


@dataclass(frozen=True, eq=False, slots=True)
class Cluster(Expr):
    """Its value, as a target, is all its nodes."""

    name: str
    members: tuple[Nodes, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    links: NormalLinks | None = None
    retransmit: Any = None

    def value(self, scope: Scope) -> NodeSet:
        return scope.seen().cluster(self.name)

    def describe(self) -> str:
        return self.name


@dataclass(frozen=True, eq=False, slots=True)
class Operation:
    name: str
    parameters: tuple[str, ...]
    action: Request | None = None
    returns: Any = None
    fails_when: Any = None
    unknown_when: Any = None


@dataclass(frozen=True, eq=False, slots=True)
class Client:
    name: str
    over: str
    folder: str = ""
    port: str | None = None
    operations: Mapping[str, Operation] = field(default_factory=dict)
    python: str | None = None
    fail_on: tuple[str, ...] = ()
    unknown_on: tuple[str, ...] = ()
    timeout: Any = 5.0
    route: str = "sticky"
    headers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False, slots=True)
class Ramp:
    start: Any
    end: Any
    over: Any


@dataclass(frozen=True, eq=False, slots=True)
class Keys:
    count: Any
    distribution: str = "uniform"
    parameter: Any = None


@dataclass(frozen=True, eq=False, slots=True)
class Values:
    """Unique values; of a size in bytes where `low` is given."""

    low: Any = None
    high: Any = None


@dataclass(frozen=True, eq=False, slots=True)
class Workload:
    name: str
    on: Cluster
    client: Client
    clients: Any = 1
    rate: Any = None
    think: Any = None
    mix: Mapping[str, Any] = field(default_factory=dict)
    keys: Keys | None = None
    values: Values | None = None
    operations: Any = None
    timeout: Any = None
    spot: Spot | None = None


@dataclass(frozen=True, eq=False, slots=True)
class MockReply:
    status: Any
    json: Any = None
    text: Any = None
    headers: Mapping[str, Any] = field(default_factory=dict)
    after: Any = 0.0
    probability: Any = None


@dataclass(frozen=True, eq=False, slots=True)
class MockRoute:
    method: str
    path: str
    replies: tuple[MockReply, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Mock(Expr):
    """A stand-in for a service; its value has `url` and `requests`."""

    name: str
    routes: tuple[MockRoute, ...]
    port: int | None = None

    def value(self, scope: Scope) -> Any:
        return scope.seen().mock(self.name)

    def describe(self) -> str:
        return self.name


@dataclass(frozen=True, eq=False, slots=True)
class Transition:
    sources: tuple[str, ...]
    target: str
    by: str


@dataclass(frozen=True, eq=False, slots=True)
class Machine:
    name: str
    client: Client
    transitions: tuple[Transition, ...]
    on: Cluster | None = None
    of: Service | None = None
    state: Any = None
    initial: str | None = None
