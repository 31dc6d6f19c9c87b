"""Clients that run a program per operation (etcdctl, a vendor's command line)."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import shutil
import signal
from typing import Any

from planc_runtime.clients.outcome import NotSent, judged
from planc_runtime.clients.spec import ClientSpec, Command, Endpoint, OperationSpec, Scope
from planc_runtime.protocols.backend import PROGRAM_PREFIX
from planc_runtime.protocols.client import Reply
from planc_runtime.protocols.outcome import Outcome

LIMIT = 1 << 20
"""Bytes of output that are kept."""


class ProgramWire:
    """An exit status other than 0 is unknown unless the plan says `fails when exit == 1`: a tool
    that gave up waiting may have done its work."""

    def __init__(self, spec: ClientSpec) -> None:
        self._spec = spec
        self.sent = False

    async def ask(self, endpoint: Endpoint, operation: OperationSpec, scope: Scope) -> Reply:
        assert operation.build is not None
        request = operation.build({"node": _target(endpoint), **scope})
        assert isinstance(request, Command)
        self.sent = False
        fields = await run(request.argv, self)
        outcome = Outcome.OK if fields["exit"] == 0 else Outcome.UNKNOWN
        return judged(operation, outcome, {**fields, **scope}, fields)

    async def drop(self, endpoint: Endpoint) -> None:
        return

    async def close(self) -> None:
        return


def _target(endpoint: Endpoint) -> dict[str, Any]:
    """Return what a command may say of the node it is meant for."""
    return {
        "name": endpoint.node,
        "ip": endpoint.address,
        "ip6": endpoint.address6,
        "port": endpoint.port,
    }


async def run(argv: tuple[str, ...], wire: ProgramWire | None = None) -> dict[str, Any]:
    """Run a program to its end; returns exit, output and errors.

    Raises NotSent when it cannot be started. Cancelled, it takes its whole process group along.
    """
    prefix = PROGRAM_PREFIX.get()
    if prefix and shutil.which(argv[0]) is None:
        raise NotSent(f"{argv[0]}: {os.strerror(errno.ENOENT)}")
    try:
        process = await asyncio.create_subprocess_exec(
            *prefix,
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as problem:
        raise NotSent(f"{argv[0]}: {problem.strerror}") from problem
    if wire is not None:
        wire.sent = True
    try:
        output, errors = await process.communicate()
    except asyncio.CancelledError:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        raise
    return {
        "exit": process.returncode,
        "output": output[:LIMIT].decode("utf-8", "replace"),
        "errors": errors[:LIMIT].decode("utf-8", "replace"),
    }
