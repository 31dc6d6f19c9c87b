"""Check a text as `planc check` would."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from pathlib import Path

import pytest

from planc import model as m
from planc.diagnostics import Diagnostic
from planc.pipeline import check, models

STORE = resources.files("planc_grammar.mistakes").joinpath("store.plan").read_text("utf-8")
Codes = Callable[[str], list[tuple[str, int]]]
Model = Callable[[str], m.Plan]


def written(folder: Path, text: str) -> Path:
    (folder / "store.plan").write_text(STORE)
    path = folder / "example.plan"
    path.write_text(text)
    return path


@pytest.fixture
def found(tmp_path: Path) -> Callable[[str], list[Diagnostic]]:
    def found(text: str) -> list[Diagnostic]:
        return list(check([written(tmp_path, text)], root=tmp_path, cache=False).diagnostics)

    return found


@pytest.fixture
def codes(found: Callable[[str], list[Diagnostic]]) -> Codes:
    return lambda text: [(each.code, each.span.line) for each in found(text)]


@pytest.fixture
def plan(tmp_path: Path) -> Model:
    def plan(text: str) -> m.Plan:
        resolved, diagnostics = models([written(tmp_path, text)], root=tmp_path)
        assert not diagnostics.has_errors, list(diagnostics)
        return resolved["example.plan"]

    return plan
