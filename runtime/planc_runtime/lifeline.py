"""A pytest plug-in that ends the run when the process that asked for it is gone.

`planc run` holds one end of a pipe and lets this process have the other (`-p planc_runtime.lifeline
--planc-lifeline FD`). A SIGKILL gives it no chance to pass an interrupt on, but its end of the pipe
closes all the same: then the run is interrupted from here, and killed if it does not listen.
"""

from __future__ import annotations

import os
import signal
import threading

import pytest

PATIENCE = 10.0
"""Seconds for the clean-up until SIGKILL follows."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("planc")
    group.addoption("--planc-lifeline", type=int, metavar="FD", help="end when this closes")


def pytest_configure(config: pytest.Config) -> None:
    descriptor = config.getoption("--planc-lifeline")
    # A worker of pytest-xdist inherits the options, not the descriptors: its own controller
    # ends it.
    if descriptor is None or hasattr(config, "workerinput"):
        return
    os.set_inheritable(descriptor, False)
    hold(descriptor)


def hold(descriptor: int, patience: float = PATIENCE) -> threading.Thread:
    """Watch a pipe in the background until its other end closes."""
    thread = threading.Thread(
        target=_watch, args=(descriptor, patience), name="planc-lifeline", daemon=True
    )
    thread.start()
    return thread


def _watch(descriptor: int, patience: float) -> None:
    while os.read(descriptor, 1024):
        pass
    os.kill(os.getpid(), signal.SIGINT)
    threading.Event().wait(patience)
    os.kill(os.getpid(), signal.SIGKILL)
