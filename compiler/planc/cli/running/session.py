"""One pytest process: start it, listen to it, pass interrupts on, and never leave it behind."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from planc.cli.running.events import Outcome, Progress

TICK = 0.2
"""Seconds between two looks at the clock while nothing is said."""
GIVE_UP = 3
"""The interrupt after which the process is killed instead of asked."""


class Watcher(Protocol):
    """Somebody who shows a run while it lasts."""

    def ended(self, outcome: Outcome) -> None: ...

    def tick(self, progress: Progress) -> None: ...


class Silent:
    def ended(self, outcome: Outcome) -> None: ...

    def tick(self, progress: Progress) -> None: ...


@dataclass
class Settings:
    """What one run of pytest is told. Options of planc's plug-in and of pytest itself."""

    modules: Sequence[Path]
    reports: Path
    backend: str
    root: Path
    seed: int | None = None
    plant: str | None = None
    repeat: int = 1
    stretch: float = 1.0
    coverage: bool = False
    new_baseline: bool = False
    extra: Sequence[str] = ()
    """More arguments for pytest: -k, -m, -x, -n and whatever followed `--`."""

    def command(self, progress: str, lifeline: int) -> list[str]:
        options = [
            "-p",
            "planc_runtime.lifeline",
            f"--planc-lifeline={lifeline}",
            f"--planc-backend={self.backend}",
            f"--planc-reports={self.reports}",
            f"--planc-progress={progress}",
        ]
        if self.seed is not None:
            options.append(f"--planc-seed={self.seed}")
        if self.plant is not None:
            options.append(f"--planc-plant={self.plant}")
        if self.repeat > 1:
            options.append(f"--planc-repeat={self.repeat}")
        if self.stretch != 1:
            options.append(f"--planc-stretch={self.stretch:g}")
        if self.new_baseline:
            options.append("--planc-new-baseline")
        if self.coverage:
            options.append("--planc-coverage")
        modules = [str(module) for module in self.modules]
        return [sys.executable, "-m", "pytest", *options, *modules, *self.extra]


@dataclass
class Ended:
    status: int
    """pytest's exit status; minus a signal's number when it was killed."""
    progress: Progress
    wall: float
    interrupted: bool

    @property
    def outcomes(self) -> list[Outcome]:
        return self.progress.outcomes


class Session:
    """One run of pytest. `stop` may be called from a signal handler or another thread."""

    def __init__(self, settings: Settings, watcher: Watcher, log: IO[bytes]) -> None:
        self.settings = settings
        self.watcher = watcher
        self.log = log
        self.stops = 0
        """How often it was asked to stop."""
        self._process: subprocess.Popen[bytes] | None = None

    def run(self) -> Ended:
        """Run until the process has ended, its clean-up included."""
        began = time.monotonic()
        progress = Progress()
        with contextlib.ExitStack() as stack:
            reading, writing = _pipe(stack)
            # Closes with this process, however that ends; the child watches its other end.
            lifeline, _ = _pipe(stack)
            self._process = process = self._start(writing.fileno(), lifeline.fileno())
            stack.callback(_make_sure, process)
            writing.close()
            if self.stops:
                process.send_signal(signal.SIGINT)
            _listen(process, reading.fileno(), progress, self.watcher)
        return Ended(process.returncode, progress, time.monotonic() - began, self.stops > 0)

    def stop(self) -> None:
        """Pass an interrupt on: asked twice, then killed."""
        self.stops += 1
        process = self._process
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGKILL if self.stops >= GIVE_UP else signal.SIGINT)

    def _start(self, writing: int, lifeline: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self.settings.command(f"/dev/fd/{writing}", lifeline),
            cwd=self.settings.root,
            env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            pass_fds=(writing, lifeline),
            # A group of its own, so that an interrupt of the terminal arrives once: from here.
            process_group=0,
        )


def _pipe(stack: contextlib.ExitStack) -> tuple[IO[bytes], IO[bytes]]:
    """Open a pipe (its reading, its writing end) that is closed with the stack at the latest."""
    reading, writing = os.pipe()
    return (
        stack.enter_context(open(reading, "rb", buffering=0)),
        stack.enter_context(open(writing, "wb", buffering=0)),
    )


@contextlib.contextmanager
def stopping(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` for every signal that means "stop", instead of dying of it."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, lambda *_: stop()) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _listen(
    process: subprocess.Popen[bytes], reading: int, progress: Progress, watcher: Watcher
) -> None:
    """Read lines until the process has ended and nothing more is to be read.

    Its end counts, not the pipe's: a process that it left behind may hold the pipe open.
    """
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(reading, selectors.EVENT_READ)
        while True:
            over = process.poll() is not None
            if selector.select(0 if over else TICK):
                data = os.read(reading, 65536)
                *lines, rest = (rest + data).split(b"\n")
                for line in lines:
                    outcome = progress.take(line.decode("utf-8", "replace"), time.monotonic())
                    if outcome is not None:
                        watcher.ended(outcome)
                if not data:
                    selector.unregister(reading)
                    process.wait()
                    return
            elif over:
                return
            watcher.tick(progress)


def _make_sure(process: subprocess.Popen[bytes]) -> None:
    """On the way out of an exception of ours: no process stays behind."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
