"""TCP clients that send a line and read a line."""

from __future__ import annotations

import asyncio

from planc_runtime.clients.outcome import NoAnswer, NotSent, judged
from planc_runtime.clients.spec import ClientSpec, Endpoint, Line, OperationSpec, Scope
from planc_runtime.protocols.client import Reply
from planc_runtime.protocols.outcome import Outcome

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class LineWire:
    def __init__(self, spec: ClientSpec) -> None:
        self._spec = spec
        self._streams: dict[str, Streams] = {}
        self.sent = False

    async def ask(self, endpoint: Endpoint, operation: OperationSpec, scope: Scope) -> Reply:
        assert operation.build is not None
        request = operation.build(scope)
        assert isinstance(request, Line)
        self.sent = False
        reader, writer = await self._open(endpoint)
        self.sent = True
        try:
            writer.write(request.text.encode() + b"\n")
            await writer.drain()
            answer = await reader.readline()
        except (OSError, ValueError) as problem:
            raise NoAnswer(str(problem)) from problem
        if not answer.endswith(b"\n"):
            raise NoAnswer("the connection was closed before the end of a line")
        fields = {"reply": answer.decode("utf-8", "replace").rstrip("\r\n")}
        return judged(operation, Outcome.OK, {**fields, **scope}, fields)

    async def drop(self, endpoint: Endpoint) -> None:
        if streams := self._streams.pop(endpoint.node, None):
            streams[1].transport.abort()

    async def close(self) -> None:
        for _, writer in self._streams.values():
            writer.transport.abort()
        self._streams.clear()

    async def _open(self, endpoint: Endpoint) -> Streams:
        if endpoint.node not in self._streams:
            try:
                opened = await asyncio.open_connection(endpoint.address, endpoint.port)
            except OSError as problem:
                raise NotSent(str(problem)) from problem
            self._streams[endpoint.node] = opened
        return self._streams[endpoint.node]
