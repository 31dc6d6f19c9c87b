"""Measure the Python process that has just started; first thing in every node under coverage.

Python imports the first `sitecustomize` on its path before anything else. This one stands in front
of the environment's own, which it therefore runs as well. It must work in any interpreter that a
node uses: it imports nothing of planc.
"""

import contextlib
import importlib.machinery
import importlib.util
import os
import signal
import socket
import sys
import threading
import types
from pathlib import Path

_SAVE_SIGNAL = signal.SIGRTMIN + 13
"""The same as in warden/saving.py."""

_PERIOD = float(os.environ.get("PLANC_COVERAGE_EVERY", "1"))
"""Seconds between savings, for the sake of processes that somebody else ends."""


def _run_the_shadowed_one() -> None:
    here = Path(__file__).parent
    others = [entry for entry in sys.path if entry and Path(entry) != here]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", others)
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


def _measure(settings: str) -> None:
    try:
        import coverage
    except ImportError:
        print(f"planc: {sys.executable} has no coverage; not measured", file=sys.stderr)
        return
    measurement = coverage.Coverage(config_file=settings)
    measurement.start()
    # Saves and ends at exit; a process that forks without exec goes on in a file of its own.
    measurement._warn_no_data = False
    measurement._auto_save = True

    def save(number: int, frame: types.FrameType | None) -> None:
        measurement.save()
        _tell("saved")

    signal.signal(_SAVE_SIGNAL, save)
    _tell("hello")
    threading.Thread(target=_save_periodically, name="planc coverage", daemon=True).start()


def _save_periodically() -> None:
    """Have the main thread save: it is the only one that may be interrupted safely."""
    pause = threading.Event()
    while not pause.wait(_PERIOD):
        signal.pthread_kill(threading.main_thread().ident or 0, _SAVE_SIGNAL)


def _tell(word: str) -> None:
    keeper = os.environ.get("PLANC_SAVER")
    if keeper:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.sendto(f"{word} {os.getpid()}".encode(), "\0" + keeper)


_run_the_shadowed_one()
if "PLANC_COVERAGE" in os.environ:
    _measure(os.environ["PLANC_COVERAGE"])
