"""Which node an operation goes to, and when to go on to the next.

Going on within one operation is allowed only after a *certain* failure: a request that may have
arrived somewhere is never sent twice.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from planc_runtime.clients.outcome import NoAnswer, NotSent, of_trouble
from planc_runtime.clients.spec import ClientSpec, Endpoint, OperationSpec, Scope
from planc_runtime.protocols.client import Reply
from planc_runtime.protocols.outcome import Outcome

PAUSE = 0.02
"""Seconds between two rounds over nodes that all refused, lest a dead cluster be hammered."""


MISDIRECTED = frozenset({421, 307, 308, "MOVED", "READONLY"})


class Wire(Protocol):
    """A protocol's own part: one request to one node."""

    sent: bool
    """Whether a byte of the last request can have left; tells what its time-out means."""

    async def ask(self, endpoint: Endpoint, operation: OperationSpec, scope: Scope) -> Reply:
        """Raises NotSent or NoAnswer; cancelled when the operation's time is over."""

    async def drop(self, endpoint: Endpoint) -> None:
        """Forget the connection to a node, so that the next request opens a new one."""

    async def close(self) -> None: ...


class Routed:
    """A Connection: picks the node, keeps the time, never raises for what the network does."""

    def __init__(
        self,
        spec: ClientSpec,
        endpoints: Sequence[Endpoint],
        wire: Wire,
        *,
        clock: Callable[[], float],
        rng: random.Random,
        start: int = 0,
    ) -> None:
        """`start` spreads the clients: client 0 begins at the first node, client 1 at the next."""
        self._spec = spec
        self._endpoints = list(endpoints)
        self._wire = wire
        self._clock = clock
        self._rng = rng
        self._at = start % max(1, len(self._endpoints))

    async def invoke(self, operation: str, args: Sequence[Any]) -> Reply:
        shape = self._spec.operations[operation]
        scope = dict(zip(shape.parameters, args, strict=True))
        self._choose()
        deadline = self._clock() + self._spec.timeout
        last = Reply(Outcome.FAIL, error="no node to ask")
        for tries in range(1, 1_000_000):
            endpoint = self._endpoints[self._at]
            last, go_on = await self._once(endpoint, shape, scope, deadline)
            if not go_on:
                return last
            self._next()
            if tries % len(self._endpoints) == 0:
                if self._clock() + PAUSE >= deadline:
                    return last
                await asyncio.sleep(PAUSE)
        return last

    async def close(self) -> None:
        await self._wire.close()

    async def _once(
        self, endpoint: Endpoint, shape: OperationSpec, scope: Scope, deadline: float
    ) -> tuple[Reply, bool]:
        """Ask one node; also say whether another may be asked instead."""
        try:
            async with asyncio.timeout(max(0.0, deadline - self._clock())):
                reply = await self._wire.ask(endpoint, shape, scope)
        except TimeoutError:
            reply, go_on = of_trouble(self._spec, "timeout", sent=self._wire.sent), False
            self._next()
        except NotSent as problem:
            of_refusal = of_trouble(self._spec, "connection refused", sent=False)
            reply, go_on = Reply(of_refusal.outcome, error=problem.word), True
        except NoAnswer:
            reply, go_on = of_trouble(self._spec, "connection lost", sent=True), False
            self._next()
        else:
            answered = Reply(reply.outcome, reply.value, reply.error, endpoint.node, reply.fields)
            return answered, self._misdirected(reply)
        await self._wire.drop(endpoint)
        moves_on = go_on and reply.outcome is Outcome.FAIL and len(self._endpoints) > 1
        return Reply(reply.outcome, error=reply.error, node=endpoint.node), moves_on

    def _misdirected(self, reply: Reply) -> bool:
        """Whether the node refused because another one is in charge (RFC 9110, 421)."""
        return (
            self._spec.route != "each"
            and reply.outcome is Outcome.FAIL
            and reply.fields.get("status") in MISDIRECTED
        )

    def _choose(self) -> None:
        if self._spec.route == "any":
            self._at = self._rng.randrange(len(self._endpoints))
        elif self._spec.route == "each":
            self._next()

    def _next(self) -> None:
        self._at = (self._at + 1) % len(self._endpoints)
