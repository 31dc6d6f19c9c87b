"""Runs that a machine keeps, for measures whose own run has no quiet part to be compared with.

They lie in the project's `.planc/baselines`, a file for each expectation, and count only on the
machine that made them: its processors, its memory, its kernel. The first runs are kept and stay the
baseline until somebody asks for a new one (`planc run --new-baseline`). One that followed every run
would let a system become slower for ever, by a little less each time than is looked for.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planc_runtime.engine.stage import Stage

FOLDER = Path(".planc", "baselines")
NEEDED = 3
"""Runs that make a baseline."""


@dataclass(frozen=True, slots=True)
class Runs:
    length: float = nan
    """Seconds of a block."""
    values: tuple[Sequence[float], ...] = ()
    """A measure of each block, run by run."""
    needed: int = NEEDED

    @property
    def enough(self) -> bool:
        return len(self.values) >= self.needed


class KeptRuns:
    """The file of one expectation."""

    def __init__(self, path: Path, machine: str, *, renew: bool, may_keep: bool) -> None:
        self.path = path
        self._machine = machine
        self._renew = renew
        self._may_keep = may_keep

    @classmethod
    def of(cls, stage: Stage, text: str) -> KeptRuns:
        summary, options = stage.summary, stage.options
        backend = stage.world.name
        # Simulated time is the same everywhere.
        machine = backend if backend == "sim" else fingerprint()
        name = "\n".join((summary.plan, summary.test, text, backend, f"{options.stretch:g}"))
        file = hashlib.sha256(name.encode()).hexdigest()[:24]
        return cls(
            stage.root / FOLDER / f"{file}.json",
            machine,
            # Of several repetitions only the first one begins anew.
            renew=options.new_baseline and summary.repeat == 0,
            # A broken system is no measure for a sound one.
            may_keep=options.plant is None,
        )

    def read(self) -> Runs:
        """Return what is kept; nothing where it is of another machine, or of another shape."""
        if self._renew:
            return Runs()
        try:
            data = json.loads(self.path.read_text(encoding="utf-8"))
            if data["machine"] != self._machine:
                return Runs()
            values = tuple(tuple(float(each) for each in run) for run in data["values"])
            return Runs(float(data["length"]), values) if all(values) else Runs()
        except (OSError, ValueError, KeyError, TypeError):
            return Runs()

    def keep(self, runs: Runs) -> str:
        """Write it aside and rename it; say what became of the run."""
        if not self._may_keep:
            return "not kept as a baseline, for a bug is planted"
        data = {"machine": self._machine, "length": runs.length, "values": runs.values}
        aside = self.path.with_suffix(f".{os.getpid()}")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            aside.write_text(json.dumps(data), encoding="utf-8")
            aside.replace(self.path)
        except OSError as trouble:
            with contextlib.suppress(OSError):
                aside.unlink(missing_ok=True)
            return f"not kept as a baseline: {trouble.strerror}"
        return "kept as a baseline"


def fingerprint() -> str:
    """Identify this machine by what makes it fast or slow."""
    parts = (
        _read("/etc/machine-id"),
        _processor(),
        str(len(os.sched_getaffinity(0))),
        str(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30),
        platform.release(),
        ".".join(platform.python_version_tuple()[:2]),
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]


def _processor() -> str:
    lines = _read("/proc/cpuinfo").splitlines()
    return next((line for line in lines if line.startswith("model name")), platform.machine())


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
