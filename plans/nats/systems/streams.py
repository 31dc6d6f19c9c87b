"""A client of a JetStream stream that is kept by three servers: what is added must be found again.

One class per connection, over nats-py. The stream is made by whoever comes first.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import nats
from nats.errors import NoServersError
from nats.js.api import StorageType, StreamConfig
from nats.js.errors import APIError, NotFoundError, ServerError, ServiceUnavailableError

RECOLLECTING = 20
"""How often, each quarter of a second, a stream may be called unknown until it is gone."""


class Orders:
    """Speaks to one server; the server finds the stream's leader itself."""

    stream = "ORDERS"
    replicas = 3
    storage = StorageType.FILE

    def __init__(self, endpoint: Any) -> None:
        self._url = f"nats://{endpoint.address}:{endpoint.port}"
        self._nats: Any = None

    async def create(self) -> bool:
        """Make the stream on three servers; a second time does nothing."""
        js = (await self._connected()).jetstream(timeout=5)
        config = StreamConfig(
            self.stream,
            subjects=[self.stream.lower()],
            num_replicas=self.replicas,
            storage=self.storage,
        )
        while True:
            try:
                await js.add_stream(config)
                return True
            except (ServiceUnavailableError, ServerError, nats.errors.TimeoutError):
                await asyncio.sleep(0.1)

    async def add(self, element: Any) -> None:
        """Publish and wait until the stream's majority has it."""
        js = (await self._connected()).jetstream(timeout=2)
        await js.publish(self.stream.lower(), str(element).encode())

    async def read(self) -> list[Any]:
        """Return all messages of the stream, read one after the other from its leader.

        A stream that is gone, and does not come back, has none.
        """
        js = (await self._connected()).jetstream(timeout=5)
        try:
            found = []
            for number in range(1, await self._last(js) + 1):
                message = await js.get_msg(self.stream, number)
                found.append(_value((message.data or b"").decode()))
            return found
        except APIError as refusal:
            raise ConnectionError(str(refusal)) from refusal

    async def _last(self, js: Any) -> int:
        """Return the number of the last message.

        Servers that have just begun may not know yet which streams there are.
        """
        for _ in range(RECOLLECTING):
            try:
                return int((await js.stream_info(self.stream)).state.last_seq)
            except NotFoundError:
                await asyncio.sleep(0.25)
        return 0

    async def close(self) -> None:
        if self._nats is not None:
            await self._nats.close()

    async def _connected(self) -> Any:
        if self._nats is None or not self._nats.is_connected:
            await self.close()
            try:
                self._nats = await nats.connect(
                    self._url, allow_reconnect=False, connect_timeout=1, error_cb=_quiet
                )
            except (NoServersError, OSError, nats.errors.TimeoutError) as refused:
                raise ConnectionRefusedError(str(refused)) from refused
        return self._nats


class Fleeting(Orders):
    """A stream in the memory of one server."""

    stream = "FLEETING"
    replicas = 1
    storage = StorageType.MEMORY


async def _quiet(trouble: Exception) -> None:
    """The operations themselves tell what went wrong."""


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
