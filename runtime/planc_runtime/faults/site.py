"""What troubles need of the scenario they happen in. The engine's stage plays this role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, Protocol

from planc_runtime.plan.actions import Step
from planc_runtime.plan.nodeset import NodeView
from planc_runtime.plan.scope import Scope
from planc_runtime.plan.sourcemap import PlanLine
from planc_runtime.plan.spot import Spot
from planc_runtime.protocols.backend import World
from planc_runtime.protocols.evidence import Evidence
from planc_runtime.protocols.node import NodeState


class Patient(NodeView, Protocol):
    """A node that troubles are laid on. `machine` is its name in the world."""

    @property
    def machine(self) -> str: ...
    @property
    def state(self) -> NodeState: ...
    @property
    def hooks(self) -> Mapping[str, Any]: ...

    async def start(self) -> Evidence:
        """Start it as it was started before; spare nodes as they were placed."""

    async def stop(self) -> Evidence: ...

    async def kill(self) -> Evidence: ...

    async def call_hook(self, name: str, on: bool) -> Evidence:
        """Ask the service to misbehave, or to stop it."""

    def forget(self) -> None:
        """Drop what was observed of it: it is not so any more."""


class Site(Protocol):
    @property
    def world(self) -> World: ...

    def scope(self, rng: Random | None = None, taken: Sequence[NodeView] = ()) -> Scope: ...

    def patients(self) -> Sequence[Patient]:
        """All nodes of the scenario, in the order of their clusters."""

    def load_hosts(self) -> Sequence[str]:
        """Machines from which load comes."""

    def rng(self, *name: Any) -> Random:
        """A stream of random numbers that no other statement draws from."""

    def line(self, spot: Spot | None) -> PlanLine: ...

    def tell(self, kind: str, **fields: Any) -> None:
        """Add an event to the log."""

    async def observed(self) -> None:
        """Wait for the next observation of the nodes."""

    async def step(self, action: Step) -> None:
        """Carry out a step that is not a trouble."""
