"""Measure the Python process that has just started; first thing in every node under coverage.

Python imports the first `sitecustomize` on its path before anything else. This one stands in front
of the environment's own, which it therefore runs as well. It must work in any interpreter that a
node uses: it imports nothing of planc.

What was measured is kept in memory and published as a whole, by renaming, so that a process which
dies at the worst moment still leaves the data of a second ago, never half a file.
"""

import atexit
import contextlib
import importlib.machinery
import importlib.util
import os
import signal
import socket
import sys
import threading
import time
import types
import uuid
from pathlib import Path
from typing import Any

_SAVE_SIGNAL = signal.SIGRTMIN + 13
"""The same as in warden/saving.py."""

_PERIOD = float(os.environ.get("PLANC_COVERAGE_EVERY", "1"))
"""Seconds between savings, for the sake of processes that somebody else ends."""

_SHARE = 0.02
"""The part of a node's time that may go into periodic saving."""


class _Measurement:
    def __init__(self, coverage: Any, settings: Path) -> None:
        self._new_data = coverage.CoverageData
        self._measured = coverage.Coverage(data_file=None, config_file=str(settings))
        self._target = settings.with_name(f".coverage.{settings.stem}.{uuid.uuid4().hex}")
        self._saving = False
        self._again = False
        self._took = 0.0

    def start(self) -> None:
        self._measured.start()
        atexit.register(self.save)
        signal.signal(_SAVE_SIGNAL, self._on_save)
        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            signal.signal(signal.SIGTERM, self._on_end)
        _tell("hello")
        threading.Thread(target=self._ask_now_and_then, name="planc coverage", daemon=True).start()

    def save(self) -> None:
        """Publish all that was measured so far; a signal may ask for it while it is going on."""
        self._again = True
        if self._saving:
            return
        self._saving = True
        try:
            while self._again:
                self._again = False
                self._publish()
        except Exception as trouble:
            # A full disk is no reason for the node to fail: it knows nothing of being measured.
            print(f"planc: coverage was not saved: {trouble!r}", file=sys.stderr)
        finally:
            self._saving = False

    def _publish(self) -> None:
        began = time.monotonic()
        target = self._target.with_name(f"{self._target.name}.{os.getpid()}")
        partial = target.with_name(f".partial{target.name}")
        partial.unlink(missing_ok=True)
        data = self._new_data(basename=str(partial))
        data.update(self._measured.get_data())
        data.close(force=True)
        partial.replace(target)
        self._took = time.monotonic() - began

    def _ask_now_and_then(self) -> None:
        """Have the main thread save: it is the only one that may be interrupted safely."""
        pause = threading.Event()
        while not pause.wait(max(_PERIOD, self._took / _SHARE)):
            signal.pthread_kill(threading.main_thread().ident or 0, _SAVE_SIGNAL)

    def _on_save(self, number: int, frame: types.FrameType | None) -> None:
        self.save()
        _tell("saved")

    def _on_end(self, number: int, frame: types.FrameType | None) -> None:
        """End as the program would have ended without us, which had not asked for the signal."""
        self.save()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)


def _tell(word: str) -> None:
    """Say a word to the keeper, unless nobody listens: the node must never wait for it."""
    keeper = os.environ.get("PLANC_SAVER")
    if keeper:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.setblocking(False)
            line.sendto(f"{word} {os.getpid()}".encode(), "\0" + keeper)


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
    _Measurement(coverage, Path(settings)).start()


_run_the_shadowed_one()
if "PLANC_COVERAGE" in os.environ:
    _measure(os.environ["PLANC_COVERAGE"])
