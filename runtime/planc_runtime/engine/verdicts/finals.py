"""The final reads: what is left of every key that was written, after everything was mended.

Could not read is not lost. So before the reads a probe write must be acknowledged and read back: a
cluster that does not serve at all is unavailable, and nothing is said about its data.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from planc_runtime.checkers.values import canonical
from planc_runtime.clients.connect import connect
from planc_runtime.engine.load import client_spec, endpoints
from planc_runtime.history.operation import Operation
from planc_runtime.plan.nouns import Workload
from planc_runtime.protocols.client import Connection, Reply
from planc_runtime.protocols.outcome import Outcome

if TYPE_CHECKING:
    from planc_runtime.engine.stage import Stage

PATIENCE = 15.0
"""Seconds in which a mended cluster must serve again."""
PAUSE = 0.1
READS = frozenset({"read", "get"})
PROBE = "planc-probe"


async def read_finals(stage: Stage, *, each_node: bool = False) -> str | None:
    """Read every key that was written, perhaps from each node; return why not, or None.

    Keys that could not be read are recorded as unread: the checker leaves them open.
    """
    workloads = _driven(stage)
    if not workloads:
        return "no workload was run"
    for workload in workloads:
        if "read" not in workload.client.operations:
            return f"client {workload.client.name} has no `read`, so nothing can be read back"
        unavailable = await _read_workload(workload, stage, each_node=each_node)
        if unavailable is not None:
            return unavailable
    return None


def _driven(stage: Stage) -> list[Workload]:
    return list({w.name: w for w in stage.workloads}.values())


async def _read_workload(workload: Workload, stage: Stage, *, each_node: bool) -> str | None:
    client = client_spec(workload.client, stage)
    where = endpoints(workload.client, stage.nodes_of(workload.on.name))
    rng = stage.rng("final reads", workload.name)
    connection = connect(client, where, clock=stage.world.now, rng=rng)
    process = next(stage.processes)
    try:
        if not await _serves(workload, connection, stage):
            return f"the cluster {workload.on.name} did not serve again within {PATIENCE:g} s"
        written = _written(workload, stage)
        for args in () if each_node else written:
            await _read(args, connection, stage, process)
    finally:
        await connection.close()
    for endpoint in where if each_node else ():
        alone = connect(client, [endpoint], clock=stage.world.now, rng=rng)
        patience = PATIENCE
        try:
            for args in written:
                answered = await _read(args, alone, stage, process, patience, endpoint.node)
                # Who kept silent once is asked for the rest, but not waited for.
                patience = PATIENCE if answered else 0.0
        finally:
            await alone.close()
    return None


def _written(workload: Workload, stage: Stage) -> list[tuple[Any, ...]]:
    """Return the arguments of one read for each key that was written, in order of first writing."""
    parameters = workload.client.operations["read"].parameters
    if not parameters:
        return [()]
    writes = [
        o for o in stage.history.of_workload(workload.name) if o.f not in READS and o.workload
    ]
    return list(dict.fromkeys((operation.key,) for operation in writes if operation.args))


async def _serves(workload: Workload, connection: Connection, stage: Stage) -> bool:
    write = workload.client.operations.get("write")
    read = workload.client.operations["read"]
    if write is None or len(write.parameters) != 2 or len(read.parameters) != 1:
        return True
    deadline = stage.world.now() + PATIENCE
    number = 0
    while stage.world.now() < deadline:
        number += 1
        # An interface may take texts only, or numbers only: the one, then the other.
        value = f"probe-{number}" if number % 2 else number
        done = await connection.invoke("write", (PROBE, value))
        if done.outcome is Outcome.OK:
            seen = await connection.invoke("read", (PROBE,))
            if seen.outcome is Outcome.OK and canonical(seen.value) == canonical(value):
                return True
        await asyncio.sleep(PAUSE)
    return False


async def _read(
    args: Sequence[Any],
    connection: Connection,
    stage: Stage,
    process: int,
    patience: float = PATIENCE,
    node: str | None = None,
) -> bool:
    """Read one key until it is answered, and record each try; `node` is the one asked."""
    deadline = stage.world.now() + patience
    while True:
        now = stage.world.now()
        operation = Operation(-1, process, "final_read", tuple(args), now, now)
        stage.history.begin(operation)
        _fill(operation, await connection.invoke("read", args), stage)
        operation.node = operation.node or node
        answered = operation.outcome is Outcome.OK
        if answered or stage.world.now() >= deadline:
            return answered
        await asyncio.sleep(PAUSE)


def _fill(operation: Operation, reply: Reply, stage: Stage) -> None:
    operation.completed = stage.world.now()
    operation.outcome = reply.outcome
    operation.value = reply.value
    operation.error = reply.error
    operation.node = reply.node
    stage.history.end(operation)
