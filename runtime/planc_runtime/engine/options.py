"""How scenarios are to be run: what pytest's options, or their absence, come to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Progress = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Options:
    backend: str = "sim"
    seed: int | None = None
    """None: the scenario's, else the plan's, else 0."""
    reports: Path = Path("reports")
    plant: str | None = None
    """The planted bug to switch on."""
    coverage: bool = False
    stretch: float = 1.0
    """How many times as long run and over blocks last, and scenarios may take."""
    new_baseline: bool = False
    """Whether runs that were kept as a baseline are forgotten."""
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class Test:
    """One test as pytest counts them: its name, with the case, and which repetition it is."""

    name: str
    node_id: str = ""
    repeat: int = 0
    __test__ = False
