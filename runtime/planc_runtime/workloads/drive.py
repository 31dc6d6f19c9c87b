"""Drive load: open loop or closed loop, and say honestly what was offered.

Open loop: operations are due at times set beforehand, whatever the system does, and their latency
counts from that time, so that a stall is seen by all who would have waited (no coordinated
omission; Tene, "How NOT to measure latency"). `clients` bounds how many can be under way; what
waits for a free client grows old, and is given up, never sent, once it is older than its timeout.
Closed loop: each client sends its next operation when it has the answer to the one before.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from contextvars import Context
from dataclasses import dataclass, field

from planc_runtime.history.history import History
from planc_runtime.history.operation import Operation
from planc_runtime.protocols.client import Connection, Reply
from planc_runtime.protocols.outcome import Outcome
from planc_runtime.workloads.arguments import Arguments
from planc_runtime.workloads.spec import LoadSpec, Ramp

BACK_OFF = 0.01
"""Seconds that a closed-loop client waits after a failure: a dead cluster refuses at once, and
would otherwise fill the history with nothing."""


@dataclass(slots=True)
class Load:
    """What a workload did. Rates are operations per second over `seconds`."""

    name: str
    seconds: float = 0.0
    offered: int = 0
    """Operations that were due; a closed loop offers what it sends."""
    sent: int = 0
    given_up: int = 0
    """Never sent: no client was free before their timeout."""
    lags: list[float] = field(default_factory=list)
    """How late the generator itself was with each due operation, in seconds."""
    outcomes: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))

    @property
    def open_loop(self) -> bool:
        return bool(self.lags)


@dataclass(slots=True)
class Run:
    """The moving parts that all clients of one workload run share."""

    spec: LoadSpec
    history: History
    clock: Callable[[], float]
    arguments: Arguments
    processes: Iterator[int]
    load: Load

    async def operate(
        self, connection: Connection, process: int, intended: float
    ) -> tuple[int, Outcome]:
        """Send one operation and record it; returns the process that goes on, and the outcome.

        A process whose operation ended unknown may not speak again: its operation may still
        happen. A new one takes its place.
        """
        name, args = self.arguments.next(process)
        operation = self.history.begin(
            Operation(-1, process, name, args, intended, self.clock(), workload=self.spec.name)
        )
        self.load.sent += 1
        self._close(operation, await connection.invoke(name, args))
        ended = operation.outcome is Outcome.UNKNOWN
        return (next(self.processes) if ended else process), operation.outcome

    def give_up(self, process: int, intended: float) -> None:
        name, args = self.arguments.next(process)
        operation = self.history.begin(
            Operation(-1, process, name, args, intended, self.clock(), workload=self.spec.name)
        )
        self.load.given_up += 1
        self._close(operation, Reply(Outcome.FAIL, error="never sent: no client was free"))

    def _close(self, operation: Operation, reply: Reply) -> None:
        operation.completed = self.clock()
        operation.outcome = reply.outcome
        operation.value = reply.value
        operation.error = reply.error
        operation.node = reply.node
        self.history.end(operation)
        self.load.outcomes[reply.outcome] += 1
        if reply.outcome is Outcome.OK:
            self.arguments.saw(operation.f, operation.args, reply.value)


async def drive(
    spec: LoadSpec,
    connections: Sequence[Connection],
    hosts: Sequence[Context],
    *,
    history: History,
    clock: Callable[[], float],
    rng: random.Random,
    values: Iterator[int],
    processes: Iterator[int],
    seconds: float | None,
) -> Load:
    """Run a workload for so many seconds, or until its operations are done; returns the load.

    `connections` and `hosts` go by client: each client's operations run in the context of its
    host. `values` and `processes` number values and processes and are shared by all workloads of
    a scenario. Operations under way at the end are waited for: their clients time them out.
    """
    run = Run(spec, history, clock, Arguments(spec, rng, values), processes, Load(spec.name))
    began = clock()
    if spec.rate is None:
        clients = [closed_loop(run, c, began, seconds) for c in connections]
    else:
        due: asyncio.Queue[float | None] = asyncio.Queue()
        clients = [open_loop(run, c, due) for c in connections]
    async with asyncio.TaskGroup() as group:
        for client, host in zip(clients, hosts, strict=True):
            group.create_task(client, context=host)
        if spec.rate is not None:
            await pace(run, spec.rate, due, began, seconds)
            for _ in connections:
                due.put_nowait(None)
    run.load.seconds = seconds if seconds is not None else clock() - began
    if spec.rate is None:
        run.load.offered = run.load.sent
    return run.load


async def pace(
    run: Run, rate: Ramp, due: asyncio.Queue[float | None], began: float, seconds: float | None
) -> None:
    """Hand out operations at the times they are due, and note how late that was."""
    for count in itertools.count():
        if count == run.spec.limit:
            return
        offset = rate.when(count)
        if seconds is not None and offset >= seconds:
            return
        await sleep_until(run.clock, began + offset)
        run.load.offered += 1
        run.load.lags.append(max(0.0, run.clock() - began - offset))
        due.put_nowait(began + offset)


async def open_loop(run: Run, connection: Connection, due: asyncio.Queue[float | None]) -> None:
    """One client: takes what is due, oldest first, until there is no more."""
    process = next(run.processes)
    while (intended := await due.get()) is not None:
        if run.clock() - intended > run.spec.timeout:
            run.give_up(process, intended)
        else:
            process, _ = await run.operate(connection, process, intended)


async def closed_loop(
    run: Run, connection: Connection, began: float, seconds: float | None
) -> None:
    """One client: asks, waits for the answer, thinks, asks again."""
    process = next(run.processes)
    while run.spec.limit is None or run.load.sent < run.spec.limit:
        now = run.clock()
        if seconds is not None and now - began >= seconds:
            return
        process, outcome = await run.operate(connection, process, now)
        pause = run.spec.think if outcome is Outcome.OK else max(run.spec.think, BACK_OFF)
        await asyncio.sleep(pause)


async def sleep_until(clock: Callable[[], float], when: float) -> None:
    if (left := when - clock()) > 0:
        await asyncio.sleep(left)
