"""Puts the reference store on the import path, and builds towns of its nodes."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[2] / "plans" / "consensus" / "systems")]

from raft_town import Build, Town  # noqa: E402


@pytest.fixture
def build(tmp_path: Path) -> Iterator[Build]:
    """Build a town of nodes named by single letters, started unless told otherwise."""
    towns: list[Town] = []

    def make(names: str = "abc", *planted: str, seed: int = 0, **timing: Any) -> Town:
        folder = tmp_path / str(len(towns))
        town = Town(folder, names, frozenset(planted), random.Random(seed), **timing)
        towns.append(town)
        town.start()
        return town

    yield make
    for town in towns:
        town.close()
