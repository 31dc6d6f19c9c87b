"""The declarations of a plan with their defaults filled in and their names resolved.

A declaration is known by its `key`, "path#name": that of the file which declares it, wherever it
is used. Numbers are SI throughout.
"""

from __future__ import annotations

from typing import Literal

from planc.model.base import Item
from planc.model.calls import Action, Probe, Request
from planc.model.expressions import Expression, Reference
from planc.model.statements import Statement


class Declaration(Item):
    key: str
    name: str


class Let(Declaration):
    kind: Literal["let"] = "let"
    value: Expression


# --- services -----------------------------------------------------------------------------------


class Source(Item):
    form: str
    """wheel, package or path."""
    name: str


class Need(Item):
    form: str
    """binary or module."""
    name: str
    sources: tuple[Source, ...]


class Ready(Item):
    probe: Probe
    has: Expression | None
    within: float


class Status(Item):
    request: Request
    returns: Expression | None


class Metrics(Item):
    request: Request
    every: float | None = None
    """Seconds between two readings; None for the default of the runtime."""


class Role(Item):
    name: str
    when: Expression


class Stop(Item):
    signal: str = "SIGTERM"
    kill_after: float | None = None


class Plant(Item):
    name: str
    sentence: str
    env: tuple[tuple[str, Expression], ...] = ()
    args: Expression | None = None
    params: tuple[tuple[str, Expression], ...] = ()


class Hook(Item):
    name: str
    request: Request


class Service(Declaration):
    kind: Literal["service"] = "service"
    folder: str
    """Of the file that declares it: what relative paths and Python references start from."""
    command: Expression | None = None
    python: str | None = None
    cwd: Expression | None = None
    setup: Expression | None = None
    env: tuple[tuple[str, Expression], ...] = ()
    files: tuple[tuple[str, Expression], ...] = ()
    ports: tuple[tuple[str, int], ...] = ()
    params: tuple[tuple[str, Expression], ...] = ()
    needs: tuple[Need, ...] = ()
    ready: Ready | None = None
    status: Status | None = None
    metrics: Metrics | None = None
    roles: tuple[Role, ...] = ()
    stop: Stop | None = None
    plants: tuple[Plant, ...] = ()
    hooks: tuple[Hook, ...] = ()

    def port_names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.ports)

    def role_names(self) -> tuple[str, ...]:
        return tuple(role.name for role in self.roles)


# --- clusters -----------------------------------------------------------------------------------


class Nodes(Item):
    count: Expression
    service: Reference
    label: str | None = None
    zone: str | None = None
    spare: bool = False


class NormalLinks(Item):
    delay: float
    jitter: float = 0.0
    loss: float | None = None
    rate: float | None = None


class Cluster(Declaration):
    kind: Literal["cluster"] = "cluster"
    members: tuple[Nodes, ...]
    settings: tuple[tuple[str, Expression], ...] = ()
    links: NormalLinks | None = None
    retransmit: float | None = None
    node_names: tuple[str, ...] = ()
    """Every node that can be named; of a count known only when the test runs, the largest."""
    node_services: tuple[str, ...] = ()
    """The key of each node's service, in the same order."""
    counted: bool = True
    """Whether `node_names` is all of them."""


# --- clients and load ---------------------------------------------------------------------------


class Operation(Item):
    name: str
    parameters: tuple[str, ...]
    action: Action | None
    returns: Expression | None = None
    fails_when: Expression | None = None
    unknown_when: Expression | None = None


class Client(Declaration):
    kind: Literal["client"] = "client"
    folder: str
    over: str
    port: str | None = None
    python: str | None = None
    operations: tuple[Operation, ...] = ()
    fail_on: tuple[str, ...] = ()
    unknown_on: tuple[str, ...] = ()
    timeout: float | None = None
    route: str | None = None
    headers: tuple[tuple[Expression, Expression], ...] = ()

    def operation(self, name: str) -> Operation | None:
        return next((each for each in self.operations if each.name == name), None)


class Rate(Item):
    start: Expression
    end: Expression | None = None
    over: Expression | None = None


class Keys(Item):
    count: Expression
    distribution: str
    parameter: float | None = None


class Values(Item):
    form: Literal["unique", "size"]
    low: Expression | None = None
    high: Expression | None = None


class Workload(Declaration):
    kind: Literal["workload"] = "workload"
    cluster: Reference
    client: Reference
    clients: Expression | None = None
    rate: Rate | None = None
    think: Expression | None = None
    mix: tuple[tuple[str, float], ...] = ()
    keys: Keys | None = None
    values: Values | None = None
    operations: Expression | None = None
    timeout: Expression | None = None


# --- faults, mocks, machines --------------------------------------------------------------------


class Fault(Declaration):
    kind: Literal["fault"] = "fault"
    parameters: tuple[str, ...]
    body: tuple[Statement, ...]


class MockReply(Item):
    probability: float | None
    status: Expression
    json_body: Expression | None = None
    text: Expression | None = None
    headers: tuple[tuple[Expression, Expression], ...] = ()
    after: Expression | None = None


class MockRoute(Item):
    method: str
    path: Expression
    replies: tuple[MockReply, ...]


class Mock(Declaration):
    kind: Literal["mock"] = "mock"
    port: int | None = None
    routes: tuple[MockRoute, ...]


class Transition(Item):
    sources: tuple[str, ...]
    target: str
    event: str


class Machine(Declaration):
    kind: Literal["machine"] = "machine"
    service: Reference | None = None
    cluster: Reference | None = None
    client: Reference
    state: Expression | None = None
    initial: str | None = None
    transitions: tuple[Transition, ...]


AnyDeclaration = Let | Service | Cluster | Client | Workload | Fault | Mock | Machine
