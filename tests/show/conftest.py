"""Mermaid's own parser, where it is installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent / "mermaid"
INSTALL = "npm install --prefix tests/show/mermaid --no-package-lock"
Parse = Callable[[list[str]], list[dict[str, Any]]]


@pytest.fixture(scope="session")
def mermaid() -> Parse:
    """Parse diagrams with the library that GitHub draws them with, all in one process."""
    if not (FOLDER / "node_modules" / "mermaid").is_dir() or shutil.which("node") is None:
        message = f"Mermaid is not installed: {INSTALL}"
        if os.environ.get("PLANC_REQUIRE_SYSTEMS") == "1":
            pytest.fail(message)
        pytest.skip(message)

    def parse(diagrams: list[str]) -> list[dict[str, Any]]:
        done = subprocess.run(
            ["node", "parse.mjs"],
            cwd=FOLDER,
            input=json.dumps(diagrams),
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        answers: list[dict[str, Any]] = json.loads(done.stdout)
        return answers

    return parse
