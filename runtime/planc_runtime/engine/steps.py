"""Steps of a scenario: calls, requests, programs, functions. What fails here ends the scenario."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from planc_runtime.clients.connect import connect
from planc_runtime.engine.load import client_spec, endpoints
from planc_runtime.engine.nodes.node import ClusterNode
from planc_runtime.engine.nodes.questions import value_or_none
from planc_runtime.engine.nodes.texts import filled, filled_all, number, words
from planc_runtime.errors import CannotRun, NotSupported, StepFailed
from planc_runtime.faults.targets import PATIENCE, patients_in
from planc_runtime.plan.expr import evaluate
from planc_runtime.plan.nouns import Client
from planc_runtime.plan.requests import NOTHING
from planc_runtime.plan.scope import Missing
from planc_runtime.protocols.client import Connection, Reply
from planc_runtime.protocols.outcome import Outcome

if TYPE_CHECKING:
    from planc_runtime.engine.stage import Stage

T = TypeVar("T")

TESTER = "tester"
"""The machine that steps are taken from: a client like others, unlike the observer."""


class Steps:
    """Takes steps, keeping a connection for each client and the nodes it is used on."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._connections: dict[tuple[Client, tuple[tuple[str, int], ...]], Connection] = {}

    async def close(self) -> None:
        for connection in self._connections.values():
            await connection.close()

    async def call(
        self, client: Client, operation: str, args: Sequence[Any], on: Any, *, must: bool
    ) -> Any:
        """Call an operation; returns its value.

        Raises StepFailed when it does not end ok and `must`; else returns what the answer brought,
        with `outcome` and `error`.
        """
        reply = await self.reply(client, operation, args, on)
        if reply.outcome is Outcome.OK:
            return reply.value
        if must:
            raise StepFailed(f"{client.name}.{operation} ended {reply.outcome.value}{_why(reply)}")
        return {**reply.fields, "outcome": reply.outcome.value, "error": reply.error}

    async def reply(self, client: Client, operation: str, args: Sequence[Any], on: Any) -> Reply:
        """Call an operation and return its reply, however it ended."""
        scope = self._stage.scope()
        values = [await evaluate(argument, scope) for argument in args]
        connection = await self._connection(client, on)
        return await self.as_tester(connection.invoke(operation, values))

    async def http(
        self,
        method: Any,
        url: Any,
        *,
        headers: Mapping[str, Any] | None,
        json: Any,
        body: Any,
        timeout: Any,  # noqa: ASYNC109
        must: bool,
    ) -> Any:
        """Send a request; the answer has status, headers, json, text and latency (seconds).

        Raises StepFailed when there is no answer, and with `must` when it is an error.
        """
        from planc_runtime.clients.once import fields_of, new_client, send
        from planc_runtime.clients.spec import HttpRequest

        scope = self._stage.scope()
        request = HttpRequest(
            filled(method, scope).upper(),
            filled(url, scope),
            filled_all(headers or {}, scope),
            json=value_or_none(json, scope),
            body=None if body is None else filled(body, scope),
            has_json=json is not NOTHING and json is not None,
        )
        seconds = 5.0 if timeout is None else number(timeout, scope)
        began = self._stage.world.now()

        async def exchange() -> dict[str, Any]:
            client = new_client(seconds)
            try:
                return fields_of(await send(client, request))
            finally:
                await client.aclose()

        try:
            fields = await self.as_tester(exchange())
        except _transport_troubles() as trouble:
            said = str(trouble) or type(trouble).__name__
            raise StepFailed(f"{request.method} {request.path} got no answer: {said}") from None
        if must and fields["status"] >= 400:
            raise StepFailed(f"{request.method} {request.path} answered {fields['status']}")
        return {**fields, "latency": self._stage.world.now() - began}

    async def exec(self, text: Any, on: Any, *, must: bool) -> Any:
        """Run a program; returns exit, output and errors. It sees the node as NODE_* variables."""
        from planc_runtime.clients.programs import run

        if self._stage.world.name == "sim":
            raise NotSupported("sim", "run programs", help="exec needs real processes: --on local")
        node = self._node((await self._named(on))[0]) if on is not None else None
        scope = self._stage.scope()
        if node is not None:
            scope = scope.with_names(**node.names())
        argv = words(text, scope)
        done = await run(argv)
        if must and done["exit"] != 0:
            said = (done["errors"] or done["output"]).strip()
            raise StepFailed(f"{argv[0]} ended with {done['exit']}: {said}")
        return done

    async def python(self, reference: str, args: Sequence[Any]) -> Any:
        scope = self._stage.scope()
        values = [await evaluate(argument, scope) for argument in args]
        return await self.as_tester(self._stage.escape(reference, values))

    async def as_tester(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something from the machine that steps are taken from."""
        context = self._stage.world.host(TESTER)
        if TESTER not in self._stage.hosts:
            self._stage.hosts[TESTER] = None
            await self._stage.ledger.reach()
        return await asyncio.get_running_loop().create_task(work, context=context)

    async def _connection(self, client: Client, on: Any) -> Connection:
        nodes = await self._nodes(client, on)
        # A connection to a life that is over would fail the first call of the next one.
        key = (client, tuple((node.machine, node.starts) for node in nodes))
        if key not in self._connections:
            spec = client_spec(client, self._stage)
            rng = self._stage.rng("step", client.name)
            where = endpoints(client, nodes)
            self._connections[key] = connect(spec, where, clock=self._stage.world.now, rng=rng)
        return self._connections[key]

    async def _nodes(self, client: Client, on: Any) -> Sequence[ClusterNode]:
        """Return the nodes named, or those of the first cluster that has the client's port."""
        if on is not None:
            return [self._node(patient) for patient in await self._named(on)]
        for nodes in self._stage.clusters.values():
            fitting = [n for n in nodes if client.port is None or client.port in n.placement.ports]
            if fitting:
                return fitting
        raise CannotRun(f"no cluster here has the port {client.port!r} of client {client.name!r}")

    async def _named(self, on: Any) -> Sequence[Any]:
        """Return the nodes of a target; a leader may still be on its way."""
        clock = self._stage.world.now
        deadline = clock() + PATIENCE
        while True:
            try:
                return patients_in(on, self._stage, self._stage.rng("on", len(self._stage.history)))
            except Missing as nobody:
                if clock() >= deadline:
                    raise StepFailed(f"there is nobody to ask: {nobody.message}") from None
            await self._stage.observed()

    def _node(self, patient: Any) -> ClusterNode:
        assert isinstance(patient, ClusterNode)
        return patient


def _why(reply: Reply) -> str:
    where = f" on {reply.node}" if reply.node else ""
    return f": {reply.error}{where}" if reply.error else where


def _transport_troubles() -> tuple[type[Exception], ...]:
    import httpx

    return (OSError, ValueError, httpx.HTTPError, httpx.InvalidURL)
