"""Asynchronous generators: whose they are, and what becomes of one that is dropped half-way."""

from __future__ import annotations

import asyncio
import weakref
from typing import TYPE_CHECKING, Any

from planc_runtime.clusters.sim.process import PROCESS, Process

if TYPE_CHECKING:

    class _Base(asyncio.BaseEventLoop):
        controller: Process
else:
    _Base = object

_MANY = 256


class Generators(_Base):
    """Mixed into SimLoop: the hooks that the interpreter calls for each generator."""

    def __init__(self) -> None:
        super().__init__()
        self._generators: dict[int, tuple[weakref.ref[Any], Process]] = {}
        self._many = _MANY

    def _asyncgen_firstiter_hook(self, agen: Any) -> None:
        self._generators[id(agen)] = (weakref.ref(agen), PROCESS.get() or self.controller)
        if len(self._generators) > self._many:
            self._generators = {
                key: kept for key, kept in self._generators.items() if kept[0]() is not None
            }
            self._many = 2 * len(self._generators) + _MANY

    def _asyncgen_finalizer_hook(self, agen: Any) -> None:
        """Close a generator that was dropped half-way, as its process; a dead one does nothing."""
        _, process = self._generators.pop(id(agen), (None, self.controller))
        if not process.dead and not self.is_closed():
            context = process.context.copy()
            self.call_soon(lambda: self.create_task(agen.aclose()), context=context)

    def generators_of(self, process: Process) -> list[Any]:
        """The asynchronous generators that a process has begun and not finished."""
        alive = [(reference(), owner) for reference, owner in self._generators.values()]
        return [agen for agen, owner in alive if agen is not None and owner is process]
