"""Clients written in Python: a class with one method per operation.

    class Lookup:
        def __init__(self, endpoint): ...
        async def read(self, k): ...
        async def close(self): ...        # optional

Methods that are not async may block: they are called in a thread of the client's own host. A class
that has no async method at all is made there, too, so that libraries in C that open connections
(libpq, librdkafka, ...) are where the client is.

A method returns the value of an ok operation. Raising ConnectionRefusedError or `Refused` says that
the operation certainly did not happen; whatever else it raises leaves the outcome unknown, and
the next operation gets a new object.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
from typing import Any

from planc_runtime.clients.outcome import NotSent
from planc_runtime.clients.spec import ClientSpec, Endpoint, OperationSpec, Scope
from planc_runtime.protocols.client import Reply
from planc_runtime.protocols.outcome import Outcome


class Refused(Exception):
    """Raised by a python client: the operation certainly did not happen."""


class PythonWire:
    def __init__(self, spec: ClientSpec) -> None:
        self._spec = spec
        self._objects: dict[str, Any] = {}
        self.sent = True

    async def ask(self, endpoint: Endpoint, operation: OperationSpec, scope: Scope) -> Reply:
        client = await self._object(endpoint)
        method = getattr(client, operation.name)
        try:
            arguments = [scope[name] for name in operation.parameters]
            if inspect.iscoroutinefunction(method):
                value = method(*arguments)
            else:
                value = await asyncio.to_thread(method, *arguments)
            return Reply(Outcome.OK, value=await value if inspect.isawaitable(value) else value)
        except ConnectionRefusedError as problem:
            raise NotSent(str(problem)) from problem
        except Refused as refusal:
            return Reply(Outcome.FAIL, error=str(refusal) or "refused")
        except TimeoutError:
            raise
        except Exception as problem:
            # Whatever it had open may be beyond repair: the next operation gets a new object.
            await self.drop(endpoint)
            return Reply(Outcome.UNKNOWN, error=f"{type(problem).__name__}: {problem}")

    async def drop(self, endpoint: Endpoint) -> None:
        if (client := self._objects.pop(endpoint.node, None)) is not None:
            # What is broken already may not close: there is nothing more to be done about it.
            with contextlib.suppress(Exception):
                await shut(client)

    async def close(self) -> None:
        for client in self._objects.values():
            await shut(client)
        self._objects.clear()

    async def _object(self, endpoint: Endpoint) -> Any:
        if endpoint.node not in self._objects:
            assert self._spec.python is not None
            if blocks(self._spec.python):
                made = await asyncio.to_thread(self._spec.python, endpoint)
            else:
                made = self._spec.python(endpoint)
            self._objects[endpoint.node] = await made if inspect.isawaitable(made) else made
        return self._objects[endpoint.node]


def blocks(made: Any) -> bool:
    """Tell whether a class has methods, and none that is async."""
    if not isinstance(made, type):
        return False
    methods = [member for _, member in inspect.getmembers(made, inspect.isfunction)]
    return not any(inspect.iscoroutinefunction(method) for method in methods)


async def shut(client: Any) -> None:
    close = getattr(client, "close", None)
    if close is None:
        return
    closing = await asyncio.to_thread(close) if blocks(type(client)) else close()
    if inspect.isawaitable(closing):
        await closing
