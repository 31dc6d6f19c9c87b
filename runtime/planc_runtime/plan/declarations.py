"""The seven nouns of a plan, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from planc_runtime.plan.expr import Expr
from planc_runtime.plan.nodeset import NodeSet
from planc_runtime.plan.requests import Request
from planc_runtime.plan.scope import Scope
from planc_runtime.plan.spot import Spot, here


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
        return inner.removesuffix(".plan")


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


def plan(
    title: str,
    *,
    source: str,
    owner: str = "",
    tags: Sequence[str] = (),
    severity: str = "medium",
    about: str = "",
    seed: int | None = None,
) -> Plan:
    """Declare the plan that a module was generated from."""
    return Plan(title, source, owner, tuple(tags), severity, about, seed, here())


def binary(
    name: str, wheel: str | None = None, package: str | None = None, path: str | None = None
) -> BinaryNeed:
    """Say which program a service needs and where it comes from."""
    return BinaryNeed(name, wheel, package, path)


def module(name: str, wheel: str | None = None) -> ModuleNeed:
    """Say which Python module a service needs and which wheel brings it."""
    return ModuleNeed(name, wheel)


def ready(probe: Request, has: Any = None, within: Any = 10.0) -> Ready:
    """Say how to tell that a node is ready, and how long that may take (seconds)."""
    return Ready(probe, has, within)


def status(request: Request, returns: Any = None) -> Status:
    """Say how a node's status is read."""
    return Status(request, returns)


def stop(signal: str = "SIGTERM", kill_after: Any = 5.0) -> Stop:
    """Say how a node is asked to end, and after how many seconds it is made to."""
    return Stop(signal, kill_after)


def plant(
    sentence: str,
    env: Mapping[str, Any] | None = None,
    args: Any = None,
    params: Mapping[str, Any] | None = None,
) -> Plant:
    """Declare a planted bug and how it is switched on."""
    return Plant(sentence, env or {}, args, params or {})


def service(
    name: str,
    *,
    folder: str,
    command: Any = None,
    python: str | None = None,
    cwd: Any = None,
    env: Mapping[str, Any] | None = None,
    files: Mapping[str, Any] | None = None,
    ports: Mapping[str, int] | None = None,
    params: Mapping[str, Any] | None = None,
    needs: Sequence[Any] = (),
    ready: Ready | None = None,
    status: Status | None = None,
    roles: Mapping[str, Any] | None = None,
    setup: Any = None,
    stop: Stop | None = None,
    plants: Mapping[str, Plant] | None = None,
    hooks: Mapping[str, Request] | None = None,
) -> Service:
    """Declare how one node runs; `folder` is where the file stands that declares it."""
    return Service(
        name,
        folder,
        command=command,
        python=python,
        cwd=cwd,
        env=env or {},
        files=files or {},
        ports=ports or {},
        params=params or {},
        needs=tuple(needs),
        ready=ready,
        status=status,
        roles=roles or {},
        setup=setup,
        stop=stop or Stop(),
        plants=plants or {},
        hooks=hooks or {},
    )


def nodes(
    count: Any,
    service: Service,
    name: str | None = None,
    zone: str | None = None,
    spare: bool = False,
) -> Nodes:
    """Declare some nodes of a service; spare ones are placed but not started."""
    return Nodes(count, service, name, zone, spare)


def links(delay: Any = 0.0, jitter: Any = 0.0, loss: Any = 0.0, rate: Any = None) -> NormalLinks:
    """Declare a cluster's normal network: seconds, a share, bits per second."""
    return NormalLinks(delay, jitter, loss, rate)


def cluster(
    name: str,
    *members: Nodes,
    set: Mapping[str, Any] | None = None,
    links: NormalLinks | None = None,
    retransmit: Any = None,
) -> Cluster:
    """Declare which nodes there are; `set` overrides parameters of their services."""
    return Cluster(name, members, set or {}, links, retransmit)


def operation(
    name: str,
    parameters: Sequence[str],
    action: Request | None = None,
    returns: Any = None,
    fails_when: Any = None,
    unknown_when: Any = None,
) -> Operation:
    """Declare one operation of a client."""
    return Operation(name, tuple(parameters), action, returns, fails_when, unknown_when)


def client(
    name: str,
    *,
    over: str,
    folder: str = "",
    port: str | None = None,
    operations: Sequence[Operation] = (),
    python: str | None = None,
    fail_on: Sequence[str] = (),
    unknown_on: Sequence[str] = (),
    timeout: Any = 5.0,
    route: str = "sticky",
    headers: Mapping[str, Any] | None = None,
) -> Client:
    """Declare how to talk to a cluster."""
    return Client(
        name,
        over,
        folder,
        port,
        {operation.name: operation for operation in operations},
        python,
        tuple(fail_on),
        tuple(unknown_on),
        timeout,
        route,
        headers or {},
    )


def ramp(start: Any, end: Any, over: Any) -> Ramp:
    """Change a rate evenly, in so many seconds."""
    return Ramp(start, end, over)


def keys(n: Any, distribution: str = "uniform", parameter: Any = None) -> Keys:
    """Declare the keys of a workload."""
    return Keys(n, distribution, parameter)


def unique() -> Values:
    """Write a different short value with every operation."""
    return Values()


def sized(low: Any, high: Any = None) -> Values:
    """Write values of a size in bytes."""
    return Values(low, high)


def workload(
    name: str,
    *,
    on: Cluster,
    client: Client,
    clients: Any = 1,
    rate: Any = None,
    think: Any = None,
    mix: Mapping[str, Any] | None = None,
    keys: Keys | None = None,
    values: Values | None = None,
    operations: Any = None,
    timeout: Any = None,
) -> Workload:
    """Declare a load; with a rate it is open loop."""
    return Workload(
        name,
        on,
        client,
        clients=clients,
        rate=rate,
        think=think,
        mix=mix or {},
        keys=keys,
        values=values,
        operations=operations,
        timeout=timeout,
        spot=here(),
    )


def reply(
    status: Any,
    json: Any = None,
    text: Any = None,
    headers: Mapping[str, Any] | None = None,
    after: Any = 0.0,
    probability: Any = None,
) -> MockReply:
    """Declare an answer of a mock."""
    return MockReply(status, json, text, headers or {}, after, probability)


def route(method: str, path: str, *replies: MockReply) -> MockRoute:
    """Declare what a mock answers to a request."""
    return MockRoute(method, path, replies)


def mock(name: str, routes: Sequence[MockRoute], port: int | None = None) -> Mock:
    """Declare a stand-in for a service."""
    return Mock(name, tuple(routes), port)


def transition(sources: str | Sequence[str], target: str, by: str) -> Transition:
    """Declare which event leads from which states to which."""
    found = (sources,) if isinstance(sources, str) else tuple(sources)
    return Transition(found, target, by)


def machine(
    name: str,
    *,
    client: Client,
    transitions: Sequence[Transition],
    on: Cluster | None = None,
    of: Service | None = None,
    state: Any = None,
    initial: str | None = None,
) -> Machine:
    """Declare a state machine to explore."""
    return Machine(name, client, tuple(transitions), on, of, state, initial)
