"""The declarations of a plan, as a generated module writes them: each returns a frozen noun."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from planc_runtime.plan.nouns import (
    BinaryNeed,
    Client,
    Cluster,
    Keys,
    Machine,
    Metrics,
    Mock,
    MockReply,
    MockRoute,
    ModuleNeed,
    Nodes,
    NormalLinks,
    Operation,
    Plan,
    Plant,
    Ramp,
    Ready,
    Service,
    Status,
    Stop,
    Transition,
    Values,
    Workload,
)
from planc_runtime.plan.requests import Request
from planc_runtime.plan.spot import here


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


def metrics(request: Request, every: Any = 1.0) -> Metrics:
    """Say where a node shows its Prometheus metrics, and the seconds between two readings."""
    return Metrics(request, every)


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
    metrics: Metrics | None = None,
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
        metrics=metrics,
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
