"""Output: what a node prints or logs goes to the node's own log.

Loggers are installed code and so shared by all nodes: the levels and formats that the first of them
configures hold for the others.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

from planc_runtime.clusters.sim.life import Life
from planc_runtime.clusters.sim.patches.patching import Patches
from planc_runtime.clusters.sim.process import PROCESS


class NodeStream:
    """Stands in for sys.stdout or sys.stderr; the real one serves all but nodes."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def write(self, text: str) -> int:
        process = PROCESS.get()
        if isinstance(process, Life):
            process.say(text)
            return len(text)
        return int(self._real.write(text))

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        if not isinstance(PROCESS.get(), Life):
            self._real.flush()

    def isatty(self) -> bool:
        return not isinstance(PROCESS.get(), Life) and bool(self._real.isatty())

    @property
    def buffer(self) -> Any:
        process = PROCESS.get()
        return _Bytes(process) if isinstance(process, Life) else self._real.buffer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class _Bytes:
    def __init__(self, life: Life) -> None:
        self._life = life

    def write(self, data: bytes) -> int:
        self._life.say(data.decode("utf-8", "backslashreplace"))
        return len(data)

    def flush(self) -> None:
        """The log is written at once."""


def apply(patches: Patches) -> None:
    patches.set(sys, "stdout", NodeStream(sys.stdout))
    patches.set(sys, "stderr", NodeStream(sys.stderr))
    real_init = logging.Handler.__init__

    def init(self: logging.Handler, level: int | str = logging.NOTSET) -> None:
        real_init(self, level)
        self.planc_owner = PROCESS.get()  # type: ignore[attr-defined]

    patches.set(logging.Handler, "__init__", init)
    patches.set(logging.Logger, "callHandlers", _calling_own(_start_without_handlers(patches)))


def _calling_own(foreign: list[logging.Handler]) -> Any:
    """Loggers are shared by all nodes and the test: call the handlers that serve who logs."""

    def call_handlers(self: logging.Logger, record: logging.LogRecord) -> None:
        process = PROCESS.get()
        life = process if isinstance(process, Life) else None
        found = _handlers(self) + ([] if life else foreign)
        own = [handler for handler in found if _serves(handler, life)]
        for handler in own:
            if record.levelno >= handler.level:
                handler.handle(record)
        if not own and logging.lastResort and record.levelno >= logging.lastResort.level:
            logging.lastResort.handle(record)

    return call_handlers


def _handlers(logger: logging.Logger) -> list[logging.Handler]:
    """Those of a logger and of the ancestors that it propagates to."""
    found: list[logging.Handler] = []
    one: logging.Logger | None = logger
    while one is not None:
        found.extend(one.handlers)
        one = one.parent if one.propagate else None
    return found


def _serves(handler: logging.Handler, life: Life | None) -> bool:
    """A handler serves its maker; one that writes to a standard stream serves every node."""
    maker = getattr(handler, "planc_owner", None)
    if isinstance(maker, Life) and life is not None:
        return maker is life or isinstance(getattr(handler, "stream", None), NodeStream)
    return not isinstance(maker, Life) and life is None


def _start_without_handlers(patches: Patches) -> list[logging.Handler]:
    """Let nodes find a root logger that nobody has configured; returns whose place that was."""
    root = logging.getLogger()

    def loggers() -> list[logging.Logger]:
        named = root.manager.loggerDict.values()
        return [root, *(one for one in named if isinstance(one, logging.Logger))]

    before = {one: (one.level, one.handlers[:], one.propagate, one.disabled) for one in loggers()}

    def restore() -> None:
        for one in loggers():
            level, handlers, propagate, disabled = before.get(
                one, (logging.NOTSET, [], True, False)
            )
            one.setLevel(level)
            one.handlers[:] = handlers
            one.propagate, one.disabled = propagate, disabled

    patches.undo(restore)
    root.handlers.clear()
    return before[root][1]
