"""What a Redis server or a sentinel says of itself, as a status: the INFO command over a socket."""

from __future__ import annotations

import asyncio
from typing import Any


async def server(node: Any) -> dict[str, Any]:
    """Return the role of a server, whom it follows, and how far it has come."""
    info = await _ask(node, "redis", "replication")
    primary = info["role"] == "master"
    return {
        "role": "primary" if primary else "replica",
        "follows": None if primary else info["master_host"],
        "linked": not primary and info["master_link_status"] == "up",
        "replicas": int(info["connected_slaves"]),
        "offset": int(info["master_repl_offset"]),
    }


async def sentinel(node: Any) -> dict[str, Any]:
    """Return whom a sentinel takes for the primary, and what it thinks of it."""
    info = await _ask(node, "sentinel", "sentinel")
    line = dict(pair.split("=", 1) for pair in info["master0"].split(","))
    return {
        "primary": line["address"].rsplit(":", 1)[0],
        "primary_is": {"sdown": "down, I think", "odown": "down"}.get(line["status"], "well"),
        "replicas": int(line["slaves"]),
        "sentinels": int(line["sentinels"]),
    }


async def _ask(node: Any, port: str, section: str) -> dict[str, str]:
    try:
        async with asyncio.timeout(1.0):
            text = await _info(node.placement.address, node.placement.ports[port], section)
    except (TimeoutError, EOFError) as silent:
        raise ConnectionError(f"{node.name} does not answer") from silent
    pairs = (line.partition(":") for line in text.splitlines() if ":" in line)
    return {name: value for name, _, value in pairs}


async def _info(address: str, port: int, section: str) -> str:
    reader, writer = await asyncio.open_connection(address, port)
    try:
        writer.write(f"INFO {section}\r\n".encode())
        size = await reader.readline()
        if not size.startswith(b"$"):
            raise ConnectionError(f"it does not tell: {size!r}")
        return (await reader.readexactly(int(size[1:]))).decode()
    finally:
        writer.close()
