"""How many others a node knows, asked over its line protocol."""

from __future__ import annotations

import asyncio
from typing import Any


async def known(node: Any) -> dict[str, int]:
    """Return how many nodes are in its routing table: of its own zone, of others, and together."""
    async with asyncio.timeout(1.0):
        address, port = node.placement.address, node.placement.ports["lines"]
        reader, writer = await asyncio.open_connection(address, port)
        try:
            writer.write(b"KNOWN\n")
            near, far = map(int, (await reader.readline()).split())
        finally:
            writer.close()
    return {"near": near, "far": far, "known": near + far}
