"""From a declared workload to connections and a load: every expression bound to a function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import Context
from typing import TYPE_CHECKING, Any

from planc_runtime.clients import spec as clients
from planc_runtime.clients.connect import connect
from planc_runtime.engine.escapes import find_escape
from planc_runtime.engine.nodes.node import ClusterNode
from planc_runtime.engine.nodes.texts import filled, filled_all, number, plain, words
from planc_runtime.errors import CannotRun
from planc_runtime.plan.expr import value_of
from planc_runtime.plan.nouns import Client, Operation, Ramp, Workload
from planc_runtime.plan.requests import NOTHING, Command, Http, Line, Redis, Request
from planc_runtime.plan.scope import Scope
from planc_runtime.protocols.client import Connection
from planc_runtime.workloads import spec as loads
from planc_runtime.workloads.drive import Load, drive

if TYPE_CHECKING:
    from planc_runtime.engine.stage import Stage


def client_spec(client: Client, stage: Stage, timeout: Any = None) -> clients.ClientSpec:
    """Bind a client's expressions; raises CannotRun when its python class cannot be found."""
    scope = stage.scope()
    folders = stage.folders(client.folder)
    return clients.ClientSpec(
        name=client.name,
        over=client.over,
        operations={name: _operation(op, scope) for name, op in client.operations.items()}
        if client.python is None
        else {name: _shape(op) for name, op in client.operations.items()},
        timeout=number(client.timeout if timeout is None else timeout, scope),
        route=client.route,
        fail_on=frozenset(client.fail_on),
        unknown_on=frozenset(client.unknown_on),
        headers=filled_all(client.headers, scope),
        python=None if client.python is None else find_escape(client.python, folders),
    )


def _shape(operation: Operation) -> clients.OperationSpec:
    return clients.OperationSpec(operation.name, operation.parameters)


def _operation(operation: Operation, scope: Scope) -> clients.OperationSpec:
    return clients.OperationSpec(
        operation.name,
        operation.parameters,
        build=None if operation.action is None else _builder(operation.action, scope),
        returns=_bound(operation.returns, scope),
        fails_when=_bound(operation.fails_when, scope),
        unknown_when=_bound(operation.unknown_when, scope),
    )


def _bound(expression: Any, scope: Scope) -> Callable[[clients.Scope], Any] | None:
    if expression is None:
        return None
    return lambda names: value_of(expression, Scope(names, scope.view))


def _builder(action: Request, scope: Scope) -> Callable[[clients.Scope], clients.Request]:
    def build(names: clients.Scope) -> clients.Request:
        inner = Scope(names, scope.view)
        match action:
            case Http():
                return _http(action, inner)
            case Redis():
                return clients.Words(tuple(value_of(word, inner) for word in action.words))
            case Line():
                return clients.Line(filled(action.text, inner))
            case Command():
                return clients.Command(words(action.text, inner))
        raise CannotRun(f"a client cannot send {type(action).__name__}")

    return build


def _http(action: Http, scope: Scope) -> clients.HttpRequest:
    return clients.HttpRequest(
        filled(action.method, scope),
        filled(action.path, scope),
        filled_all(action.headers, scope),
        json=None if action.json is NOTHING else plain(action.json, scope),
        body=None if action.body is None else filled(action.body, scope),
        has_json=action.json is not NOTHING,
    )


def endpoints(client: Client, nodes: Sequence[ClusterNode]) -> list[clients.Endpoint]:
    """Return where a client may go: every node that has the client's port, spare ones too."""
    found = []
    for node in nodes:
        ports = node.placement.ports
        if client.port is None or client.port in ports:
            port = ports[client.port] if client.port else next(iter(ports.values()), None)
            found.append(clients.Endpoint(node.name, node.host, port, node.ip6))
    if not found:
        raise CannotRun(f"no node has the port {client.port!r} of client {client.name!r}")
    return found


def load_spec(workload: Workload, stage: Stage, rate: Any = None) -> loads.LoadSpec:
    """Settle every number of a workload."""
    scope = stage.scope()
    declared = workload.client.operations
    mix = workload.mix or dict.fromkeys(declared, 1.0)
    if missing := [name for name in mix if name not in declared]:
        raise CannotRun(f"client {workload.client.name!r} has no operation {missing[0]!r}")
    shares = {name: number(share, scope) for name, share in mix.items()}
    total = sum(shares.values()) or 1.0
    timeout = workload.client.timeout if workload.timeout is None else workload.timeout
    limit = workload.operations
    return loads.LoadSpec(
        workload.name,
        {name: loads.OperationShape(name, declared[name].parameters) for name in shares},
        {name: share / total for name, share in shares.items()},
        clients=int(number(workload.clients, scope)),
        rate=_ramp(workload.rate if rate is None else rate, scope),
        think=0.0 if workload.think is None else number(workload.think, scope),
        keys=_keys(workload, scope),
        values=_values(workload, scope),
        limit=None if limit is None else int(number(limit, scope)),
        timeout=number(timeout, scope),
    )


def _ramp(rate: Any, scope: Scope) -> loads.Ramp | None:
    match rate:
        case None:
            return None
        case Ramp():
            ends = number(rate.start, scope), number(rate.end, scope)
            return loads.Ramp(*ends, number(rate.over, scope))
        case _:
            steady = number(rate, scope)
            return loads.Ramp(steady, steady)


def _keys(workload: Workload, scope: Scope) -> loads.KeySpace:
    keys = workload.keys
    if keys is None:
        return loads.KeySpace(10)
    count = int(number(keys.count, scope))
    if keys.parameter is None:
        return loads.KeySpace(count, keys.distribution)
    return loads.KeySpace(count, keys.distribution, number(keys.parameter, scope))


def _values(workload: Workload, scope: Scope) -> loads.ValueShape:
    values = workload.values
    if values is None or values.low is None:
        return loads.ValueShape()
    low = int(number(values.low, scope))
    high = None if values.high is None else int(number(values.high, scope))
    return loads.ValueShape(low, high)


async def drive_workload(
    workload: Workload, stage: Stage, *, seconds: float | None, rate: Any = None
) -> Load:
    """Run a workload against its cluster, each of its clients on a machine of its own."""
    spec = load_spec(workload, stage, rate)
    connections, hosts = open_clients(workload, spec, stage)
    await stage.ledger.reach()
    stage.tell("workload", name=workload.name, phase="start")
    try:
        return await drive(
            spec,
            connections,
            hosts,
            history=stage.history,
            clock=stage.world.now,
            rng=stage.rng("workload", workload.name, len(stage.blocks)),
            values=stage.values,
            processes=stage.processes,
            seconds=seconds,
        )
    finally:
        for connection in connections:
            await connection.close()
        stage.tell("workload", name=workload.name, phase="end")


def open_clients(
    workload: Workload, spec: loads.LoadSpec, stage: Stage
) -> tuple[list[Connection], list[Context]]:
    """Return a connection and a machine for each client of a workload."""
    client = client_spec(workload.client, stage, workload.timeout)
    where = endpoints(workload.client, stage.nodes_of(workload.on.name))
    connections: list[Connection] = []
    hosts: list[Context] = []
    for position in range(spec.clients):
        name = f"client-{workload.name}-{position + 1}"
        stage.hosts[name] = None
        hosts.append(stage.world.host(name))
        rng = stage.rng("client", workload.name, position)
        connections.append(connect(client, where, clock=stage.world.now, rng=rng, start=position))
    return connections, hosts
