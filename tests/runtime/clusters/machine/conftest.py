"""Nodes that are little programs, with machines in trouble under them."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.runtime.clusters.local.conftest import Run, Stage, eventually, line_in, mark, run

__all__ = ["Run", "Stage", "compiled", "eventually", "line_in", "lines", "mark", "run", "told"]

Compiled = Callable[[str], str]


@pytest.fixture
def compiled(tmp_path: Path) -> Compiled:
    """Compile C source text: what a Python program does says little about what others do."""
    if (compiler := shutil.which("cc")) is None:
        pytest.skip("no C compiler: `apt install gcc`")

    def compile_(source: str) -> str:
        program = tmp_path / f"program{abs(hash(source))}"
        command = [compiler, "-O1", "-pthread", "-x", "c", "-", "-o", str(program)]
        subprocess.run(command, input=source.encode(), check=True)
        return str(program)

    return compile_


def lines(log: Path) -> list[str]:
    """The whole lines that a node has written so far."""
    text = log.read_text() if log.exists() else ""
    return text.split("\n")[:-1]


async def told(log: Path, after: int) -> list[str]:
    """Wait for lines beyond the first `after`; return them."""
    async with asyncio.timeout(30):
        while len(lines(log)) <= after:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return lines(log)[after:]
