"""Texts of plans, linted as a project of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from planc.lint import Selection
from planc.lint.examples import CATALOGUE, FILES
from planc.pipeline.linting import Linted, lint_files

collect_ignore = ["cases"]
"""The cases are plans, which pytest would collect."""

Lint = Callable[..., Linted]

PYTHON = {
    "drawing.py": "import random\n\n\ndef some_key_is_there(history):\n"
    "    return random.choice(list(history))\n",
    "checking.py": "import random\n\n\ndef every_key_is_there(history):\n"
    "    return random.Random(7).choice(list(history))\n",
}


@pytest.fixture
def lint(tmp_path: Path) -> Lint:
    """Lint a text beside the files that the examples stand on."""

    def call(text: str, *rules: str, files: Iterable[tuple[str, str]] = ()) -> Linted:
        for name, content in (*FILES.items(), *PYTHON.items(), *files):
            (tmp_path / name).write_text(content, "utf-8")
        (tmp_path / "a.plan").write_text(text, "utf-8")
        selection = Selection(select=rules)
        return lint_files(str(tmp_path), ["a.plan"], selection, catalogue=CATALOGUE)

    return call
