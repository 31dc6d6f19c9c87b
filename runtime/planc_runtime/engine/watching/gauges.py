"""What probes read off the nodes over time: memory, open files."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from planc_runtime.engine.watching.view import probe
from planc_runtime.errors import PlancError
from planc_runtime.faults.targets import patients_in
from planc_runtime.plan.expr import Expr

if TYPE_CHECKING:
    from planc_runtime.engine.stage import Stage

PERIOD = 0.5
"""Seconds between two readings of a node."""
ASKED_BY = frozenset({"memory_growth", "open_files_of", "open_files_growth"})


class Gauges:
    """Probes every running node while the scenario lasts, if the scenario asks for it at all."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._task: asyncio.Task[None] | None = None
        self._readings: dict[str, list[tuple[float, dict[str, Any]]]] = {}

    def begin(self) -> None:
        names = self._stage.declaration.body.__code__.co_names
        if not ASKED_BY.isdisjoint(names):
            self._task = asyncio.create_task(self._watch(), name="gauges")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def readings(self, target: Expr, what: str) -> Mapping[str, Sequence[tuple[float, float]]]:
        """Return what was read of some nodes ("memory", "files"), node by node, with the times.

        A backend that cannot tell it leaves nothing.
        """
        nodes = patients_in(target, self._stage, self._stage.rng("gauges"))
        return {
            node.name: [
                (at, float(found[what])) for at, found in self._of(node.machine) if what in found
            ]
            for node in nodes
        }

    def _of(self, machine: str) -> Sequence[tuple[float, dict[str, Any]]]:
        return self._readings.get(machine, ())

    async def _watch(self) -> None:
        while True:
            for node in self._stage.patients():
                if node.running:
                    with contextlib.suppress(PlancError):
                        found = await probe(self._stage, node)
                        reading = (self._stage.world.now(), found)
                        self._readings.setdefault(node.machine, []).append(reading)
            await asyncio.sleep(PERIOD)
