"""A backend runs a scenario in a world of its own; abilities are optional and stand apart.

`World` and `Node` are all that a backend must have. Whatever else it can do it says by
implementing one of the ability protocols below AND naming it in `World.abilities`; the engine asks
for the name first, so that what a backend cannot do is a skip with a reason, never an error.
The names of the abilities are the ones the compiler knows (planc.vocabulary).
"""

from __future__ import annotations

import contextvars
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar, runtime_checkable

from planc_runtime.protocols.evidence import Evidence
from planc_runtime.protocols.node import Node, Placement
from planc_runtime.protocols.rules import ClockRule, DiskRule, LinkRule, Pairs, ResourceRule

T = TypeVar("T")

PROGRAM_PREFIX: contextvars.ContextVar[tuple[str, ...]] = contextvars.ContextVar(
    "planc_program_prefix", default=()
)
"""What stands before the arguments of a program that is to run on the host of this context."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a world needs to know of the run it serves."""

    seed: int
    directory: Path
    """Empty folder for this scenario: nodes' data below data/, logs below logs/."""
    coverage: bool = False
    troubles: frozenset[str] = frozenset()
    """Abilities that the scenario speaks of: what must be prepared before a node starts, and would
    slow others down, is prepared for these alone."""


class Lease(Protocol):
    """A trouble that is in force until it is healed; healing twice is harmless."""

    @property
    def evidence(self) -> Evidence: ...

    async def heal(self) -> Evidence: ...


class World(Protocol):
    """The machines of one scenario, from set-up to tear-down. Lives inside its event loop."""

    name: str
    """The backend's name: "sim", "local"."""
    abilities: frozenset[str]

    def now(self) -> float:
        """Seconds since the world began, on the controller's clock (virtual in a simulation)."""

    def place(self, name: str, ports: dict[str, int]) -> Placement:
        """Reserve address, ports and directories. `ports` are the wanted numbers by name."""

    def node(self, placement: Placement) -> Node: ...

    def host(self, name: str) -> contextvars.Context:
        """A context in which code runs as a host of its own (a load client) with its own address.

        Links between such a host and the nodes can be named in link rules like any node.
        """

    async def close(self) -> None:
        """Heal everything, end every node. Called once on every path out; must not hang."""


class Backend(Protocol):
    name: str

    def execute(self, settings: Settings, main: Callable[[World], Awaitable[T]]) -> T:
        """Create the event loop and the world, run `main(world)`, close both on every path out."""


# --- abilities ----------------------------------------------------------------------------------


@runtime_checkable
class ExplainsLacks(Protocol):
    """A world whose abilities depend on the machine says why some are not there."""

    missing: Mapping[str, str]
    """Ability -> reason."""


@runtime_checkable
class BringsPrograms(Protocol):
    """A world whose nodes may find their programs elsewhere than on this machine."""

    def brings_programs(self, service: str) -> bool:
        """Tell whether those of a service come with an image."""


@runtime_checkable
class CanPause(Protocol):
    """ability: pause"""

    async def pause(self, node: str) -> Lease: ...


@runtime_checkable
class HasLinks(Protocol):
    """abilities: partition, slow, drop, duplicate, reorder, corrupt, limit, refuse, cut"""

    async def impair(self, pairs: Pairs, rule: LinkRule) -> Lease:
        """Rules on the same pair add up: the lease that heals takes only its own away."""


@runtime_checkable
class HasClocks(Protocol):
    """abilities: skew, jump, drift"""

    async def set_clock(self, node: str, rule: ClockRule) -> Lease: ...


@runtime_checkable
class HasDisks(Protocol):
    """abilities: fill_disk, slow_disk, fail_fsync, lose_unsynced, flip_bits"""

    async def set_disk(self, node: str, rule: DiskRule) -> Lease: ...

    async def lose_unsynced(self, node: str) -> Evidence:
        """Power cut: the node must be down; what it had not synced is gone when it starts."""

    async def flip_bits(self, node: str, glob: str, count: int) -> Evidence:
        """Flip `count` bits in files below the data directory that match `glob`."""


@runtime_checkable
class HasResources(Protocol):
    """abilities: limit_memory, throttle_cpu, exhaust_files"""

    async def set_resources(self, node: str, rule: ResourceRule) -> Lease: ...


@runtime_checkable
class HasNames(Protocol):
    """ability: fail_names"""

    async def fail_names(self, node: str) -> Lease: ...


@runtime_checkable
class MayBreak(Protocol):
    """A world that can lose what it works with while the scenario goes on."""

    @property
    def broken(self) -> str | None:
        """Say what was lost: what was seen since says nothing about the system."""


@runtime_checkable
class TellsListeners(Protocol):
    """Helps to explain why a node does not answer."""

    def listeners(self, node: str) -> list[str]:
        """Return where the node listens for TCP connections, as `address:port`."""


@runtime_checkable
class HasProbes(Protocol):
    """What can be measured of a running node: {"memory": bytes, "files": open descriptors, ...}."""

    async def probe(self, node: str) -> dict[str, Any]: ...
