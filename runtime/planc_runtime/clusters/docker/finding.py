"""Whether nodes can be containers here, for whoever wants to know before anything is started."""

from __future__ import annotations

from typing import Any

from planc_runtime.clusters.docker.engine import Engine
from planc_runtime.errors import CannotRun


def examine() -> dict[str, Any]:
    """Return which engine a run would use, or why there is none and what would bring one."""
    try:
        engine = Engine.connect()
    except CannotRun as trouble:
        return {"carries": False, "missing": trouble.message, "remedy": trouble.help}
    try:
        info = engine.info()
    finally:
        engine.close()
    return {
        "carries": True,
        "socket": engine.socket,
        "version": info.get("ServerVersion", ""),
        "storage": info.get("Driver", ""),
        "cgroups": info.get("CgroupVersion", ""),
    }
