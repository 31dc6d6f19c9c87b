"""Functions in processes of their own, and in a network namespace: their results come back."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from typing import Any

from planc_runtime.clusters.lab import kernel


def apart(work: Callable[[], Any]) -> Any:
    """Run something in a process of its own; return its result, which must be JSON."""
    return _result(*_fork(None, work))


def in_network(network: int, work: Callable[[], Any]) -> Any:
    """The same inside a network namespace."""
    return _result(*_fork(network, work))


@contextlib.contextmanager
def started(network: int, work: Callable[[], Any]) -> Iterator[Callable[[], Any]]:
    """Run something beside the block; the value is a function that waits for the result.

    What has not ended by the end of the block is killed.
    """
    pid, reading = _fork(network, work)
    waited = False

    def wait() -> Any:
        nonlocal waited
        waited = True
        return _result(pid, reading)

    try:
        yield wait
    finally:
        if not waited:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            os.close(reading)


def _fork(network: int | None, work: Callable[[], Any]) -> tuple[int, int]:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    status = 1
    try:
        os.close(reading)
        if network is not None:
            kernel.enter(network, kernel.NEWNET)
        os.write(writing, json.dumps(work()).encode())
        status = 0
    except BaseException:
        traceback.print_exc(file=sys.stderr)
    finally:
        os._exit(status)


def _result(pid: int, reading: int) -> Any:
    with os.fdopen(reading, "rb") as file:
        text = file.read()
    _, status = os.waitpid(pid, 0)
    if status:
        raise RuntimeError(
            f"a part of the benchmark ended with {os.waitstatus_to_exitcode(status)}"
        )
    return json.loads(text)
