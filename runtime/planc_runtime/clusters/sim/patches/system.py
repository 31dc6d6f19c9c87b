"""The system: process ids, signals, threads and child processes."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import threading
from typing import Any

from planc_runtime.clusters.sim.patches.patching import Patches, per_process
from planc_runtime.clusters.sim.process import PROCESS, Process
from planc_runtime.clusters.sim.trouble import ProcessGone
from planc_runtime.errors import NotSupported

_THREADS = "use asyncio.to_thread or loop.run_in_executor: the simulator runs them inline"
_CHILDREN = "run the plan with --on local, where nodes are real processes"


def apply(patches: Patches) -> None:
    for module, name, simulated in (
        (os, "getpid", lambda process: process.pid),
        (os, "kill", _kill),
        (os, "_exit", _exit),
        (signal, "signal", _signal),
        (signal, "getsignal", _getsignal),
        (signal, "raise_signal", _raise_signal),
        (os, "system", _refuse("start a subprocess", _CHILDREN)),
        (os, "fork", _refuse("fork", _CHILDREN)),
        (os, "putenv", _keep_inside),
        (os, "unsetenv", _keep_inside),
        (os, "posix_spawn", _refuse("start a subprocess", _CHILDREN)),
    ):
        real = getattr(module, name)
        patches.function(module, name, per_process(real, simulated, nodes_only=True))
    _guard_method(patches, threading.Thread, "start", "start a thread", _THREADS)
    _guard_method(patches, subprocess.Popen, "__init__", "start a subprocess", _CHILDREN)
    patches.function(asyncio, "as_completed", _as_completed(asyncio.as_completed))
    _run_workers_inline(patches)


def _keep_inside(process: Process, name: Any, value: Any = None) -> None:
    """Variables of a node are kept by its `os.environ` alone; C code does not see them."""


def _kill(process: Process, pid: int, number: int) -> None:
    if pid not in (process.pid, 0):
        raise ProcessLookupError(3, "No such process")
    if number:
        _raise_signal(process, number)


def _exit(process: Process, status: int) -> None:
    process.exit(status & 0xFF)
    raise ProcessGone


def _raise_signal(process: Process, number: int) -> None:
    process.deliver(int(number))
    if process.dead:
        raise ProcessGone


def _signal(process: Process, number: int, handler: Any) -> Any:
    before = _getsignal(process, number)
    process.handlers[int(number)] = handler
    if callable(handler):
        context = process.context
        process.signals[int(number)] = lambda: context.copy().run(handler, int(number), None)
    elif handler == signal.SIG_IGN:
        process.signals[int(number)] = lambda: None
    else:
        process.signals.pop(int(number), None)
    return before


def _getsignal(process: Process, number: int) -> Any:
    return process.handlers.get(int(number), signal.SIG_DFL)


def _refuse(what: str, help: str) -> Any:
    def refuse(process: Process, *_: Any, **__: Any) -> Any:
        raise NotSupported("sim", f"{what} in node {process.name!r}", help=help)

    return refuse


def _guard_method(patches: Patches, type_: Any, name: str, what: str, help: str) -> None:
    real, refuse = getattr(type_, name), _refuse(what, help)

    def method(self: Any, *args: Any, **keywords: Any) -> Any:
        process = PROCESS.get()
        if process is not None and process.is_node:
            refuse(process)
        return real(self, *args, **keywords)

    patches.set(type_, name, method)


def _as_completed(real: Any) -> Any:
    """asyncio puts bare coroutines in a set, and so starts them in the order of their addresses."""

    def simulated(process: Process, fs: Any, **keywords: Any) -> Any:
        return real([asyncio.ensure_future(one) for one in fs], **keywords)

    return per_process(real, simulated)


def _run_workers_inline(patches: Patches) -> None:
    """anyio brings worker threads of its own (Starlette's plain functions run in them)."""

    def patch(module: Any) -> None:
        backend = module.AsyncIOBackend
        real = vars(backend)["run_sync_in_worker_thread"].__func__

        async def run_sync(cls: Any, func: Any, args: Any, *rest: Any, **keywords: Any) -> Any:
            if PROCESS.get() is None:
                return await real(cls, func, args, *rest, **keywords)
            return await asyncio.get_running_loop().run_in_executor(None, func, *args)

        patches.set(backend, "run_sync_in_worker_thread", classmethod(run_sync))

    patches.when_imported("anyio._backends._asyncio", patch)
