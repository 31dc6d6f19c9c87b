"""A node as the engine describes it to a backend, and as a backend hands it back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from planc_runtime.protocols.evidence import Evidence


class NodeState(StrEnum):
    CREATED = "created"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    """Ended because planc asked for it, with a signal that lets a program tidy up."""
    CRASHED = "crashed"
    """Ended by a SIGKILL of ours, or by itself when nobody asked for it."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a node will live; known before any node of the cluster is started."""

    name: str
    address: str
    """An IP address that only this node binds, in every backend."""
    ports: Mapping[str, int]
    data: Path
    """The node's own directory: its working directory and the place of its files."""
    log: Path
    """Standard output and error of every incarnation, appended."""
    address6: str | None = None
    """An IPv6 address beside it; None where the world gives none (ability: ipv6)."""


@dataclass(frozen=True, slots=True)
class Peer:
    name: str
    address: str
    ports: Mapping[str, int]
    zone: str | None = None
    address6: str | None = None


@dataclass(frozen=True, slots=True)
class NodeInfo:
    """What `async def main(node)` of a Python service receives, in every backend alike."""

    name: str
    address: str
    ports: Mapping[str, int]
    data: Path
    cluster: str
    index: int
    """1 for the first node of the cluster."""
    peers: tuple[Peer, ...]
    """All nodes of the cluster, this one included, in cluster order."""
    params: Mapping[str, Any] = field(default_factory=dict)
    planted: frozenset[str] = frozenset()
    """Names of the planted bugs that are switched on."""
    seed: int = 0
    """This node's own seed, derived from the scenario's."""
    address6: str | None = None
    """An IPv6 address of the node, where the backend gives one."""

    def to_json(self) -> str:
        raw = asdict(self)
        raw["data"] = str(self.data)
        raw["planted"] = sorted(self.planted)
        return json.dumps(raw, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> NodeInfo:
        raw = json.loads(text)
        raw["data"] = Path(raw["data"])
        raw["planted"] = frozenset(raw["planted"])
        raw["peers"] = tuple(Peer(**peer) for peer in raw["peers"])
        return cls(**raw)


@dataclass(frozen=True, slots=True)
class StopPolicy:
    signal: str = "SIGTERM"
    kill_after: float = 5.0
    """Seconds until SIGKILL follows."""


@dataclass(frozen=True, slots=True)
class Launch:
    """How one node is started. A backend uses `argv` or `entry`, whichever it can run."""

    info: NodeInfo
    argv: tuple[str, ...] | None = None
    """A program and its arguments; never a shell line."""
    entry: str | None = None
    """`package.module:callable`, an `async def main(node: NodeInfo)`."""
    path: tuple[Path, ...] = ()
    """Folders put first on the import path for `entry`: where the plan and its systems lie."""
    env: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    """Relative path below the data directory -> text, written before every start."""
    stop: StopPolicy = StopPolicy()
    cwd: Path | None = None
    """Working directory of a program; without one it is the node's data directory."""
    coverage: bool = False
    """Measure the node's Python code (contexts, data files under the report's folder)."""
    service: str = ""
    """The service that the node is one of, for backends that have settings by service."""


@runtime_checkable
class Node(Protocol):
    """The required role. Everything else that can be done to a node is an ability of its world."""

    @property
    def placement(self) -> Placement: ...

    @property
    def state(self) -> NodeState: ...

    @property
    def exit_status(self) -> int | None:
        """Of the last incarnation: 0..255, or minus the signal's number; None while it runs."""

    async def start(self, launch: Launch) -> Evidence:
        """Start a new incarnation.

        Raises CannotRun when the program is missing or cannot be executed.
        """

    async def stop(self) -> Evidence:
        """End it as the service's StopPolicy says; waits until it is gone."""

    async def kill(self) -> Evidence:
        """SIGKILL to everything the node started; returns when all of it is gone."""

    async def wait_exit(self) -> int:
        """Wait until the current incarnation ends, for whatever reason."""
