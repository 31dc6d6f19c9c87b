"""Redis clients, over redis-py. Loss and doubt are told apart by whether the command had left."""

from __future__ import annotations

from typing import Any

import redis.asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as Lost
from redis.exceptions import RedisError, ResponseError
from redis.exceptions import TimeoutError as TooLate

from planc_runtime.clients.outcome import NoAnswer, NotSent, judged
from planc_runtime.clients.spec import ClientSpec, Endpoint, OperationSpec, Scope, Words
from planc_runtime.protocols.client import Reply
from planc_runtime.protocols.outcome import Outcome


class RedisWire:
    """One connection per node, opened apart from the command, so that a refused one is a certain
    failure; redis-py's own retries are off: they would send a command twice."""

    def __init__(self, spec: ClientSpec) -> None:
        self._spec = spec
        self._connections: dict[str, redis.Connection] = {}
        self.sent = False

    async def ask(self, endpoint: Endpoint, operation: OperationSpec, scope: Scope) -> Reply:
        assert operation.build is not None
        request = operation.build(scope)
        assert isinstance(request, Words)
        self.sent = False
        connection = await self._connection(endpoint)
        self.sent = True
        try:
            await connection.send_command(*(as_word(word) for word in request.words))
            answer = await connection.read_response()
        except ResponseError as refusal:
            return refused(self._spec, str(refusal))
        except TooLate as problem:
            raise TimeoutError from problem
        except (Lost, RedisError, OSError) as problem:
            raise NoAnswer(str(problem)) from problem
        value = readable(answer)
        fields = {"reply": value}
        return judged(operation, Outcome.OK, {**fields, **scope}, fields)

    async def drop(self, endpoint: Endpoint) -> None:
        if connection := self._connections.pop(endpoint.node, None):
            await connection.disconnect(nowait=True)

    async def close(self) -> None:
        for connection in self._connections.values():
            await connection.disconnect(nowait=True)
        self._connections.clear()

    async def _connection(self, endpoint: Endpoint) -> redis.Connection:
        known = self._connections.get(endpoint.node)
        if known is not None and known.is_connected:
            return known
        fresh = redis.Connection(
            host=endpoint.address,
            port=endpoint.port or 6379,
            # What every server speaks; the newer protocol begins with a command not all know.
            protocol=2,
            retry=Retry(NoBackoff(), 0),
            socket_timeout=self._spec.timeout,
            socket_connect_timeout=self._spec.timeout / 2,
        )
        try:
            await fresh.connect()  # type: ignore[no-untyped-call]
        except (RedisError, OSError) as problem:
            raise NotSent(str(problem)) from problem
        self._connections[endpoint.node] = fresh
        return fresh


def refused(spec: ClientSpec, message: str) -> Reply:
    """Return the outcome of an error reply: the server says it did not do it."""
    word = message.split(" ", 1)[0]
    outcome = Outcome.UNKNOWN if word in spec.unknown_on else Outcome.FAIL
    return Reply(outcome, error=message, fields={"reply": None, "status": word, "text": message})


def as_word(value: Any) -> str | bytes | int | float:
    if isinstance(value, str | bytes | int | float) and not isinstance(value, bool):
        return value
    return "" if value is None else str(value)


def readable(answer: Any) -> Any:
    """Return the answer with every byte string as text."""
    if isinstance(answer, bytes):
        return answer.decode("utf-8", "surrogateescape")
    if isinstance(answer, list | tuple):
        return [readable(item) for item in answer]
    if isinstance(answer, dict):
        return {readable(key): readable(value) for key, value in answer.items()}
    return answer
