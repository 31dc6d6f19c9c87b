"""Each folder below cases/ is a project that somebody could have written.

What it compiles to stands beside its plans: modules under generated/, diagnostics in stderr.
PLANC_UPDATE_GOLDEN=1 writes them anew; read the difference before committing it.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from planc.diagnostics.render import render
from planc.pipeline import Result, compile
from planc.source import load

CASES = Path(__file__).parent / "cases"
UPDATE = bool(os.environ.get("PLANC_UPDATE_GOLDEN"))
NAMES = sorted(path.name for path in CASES.iterdir() if path.is_dir())


def expected(case: Path) -> dict[str, str]:
    found = {
        path.relative_to(case).as_posix(): path.read_text("utf-8")
        for path in case.glob("generated/**/*.py")
    }
    return found | {"stderr": (case / "stderr").read_text("utf-8")}


def actual(result: Result) -> dict[str, str]:
    modules = {plan.output: plan.text for plan in result.plans if plan.text is not None}
    found = result.diagnostics
    paths = {each.span.path for each in found}
    paths |= {related.span.path for each in found for related in each.related}
    root = Path(result.root)
    sources = {path: load(root / path, root) for path in paths}
    return modules | {"stderr": render(found, sources)}


def update(case: Path, files: dict[str, str]) -> None:
    shutil.rmtree(case / "generated", ignore_errors=True)
    for name, text in files.items():
        (case / name).parent.mkdir(parents=True, exist_ok=True)
        (case / name).write_text(text, "utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_case(name: str) -> None:
    case = CASES / name
    found = actual(compile(root=case, cache=False))
    if UPDATE:
        update(case, found)

    assert found == expected(case)


def modules() -> list[Path]:
    return sorted(CASES.glob("*/generated/**/*.py"))


@pytest.mark.parametrize("width", [88, 100])
def test_the_formatter_would_change_nothing(width: int) -> None:
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--diff"]
    done = subprocess.run(
        [*command, f"--line-length={width}", *map(str, modules())], capture_output=True, text=True
    )

    assert done.returncode == 0, done.stdout


def test_the_modules_are_typed(tmp_path: Path) -> None:
    """One call of mypy for all of them; each gets a name of its own."""
    for number, module in enumerate(modules()):
        shutil.copy(module, tmp_path / f"module_{number}.py")
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache")]
    done = subprocess.run([*command, "."], cwd=tmp_path, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("module", modules(), ids=lambda path: path.stem)
def test_the_modules_can_be_imported(module: Path) -> None:
    spec = importlib.util.spec_from_file_location("golden_module", module)
    assert spec is not None
    assert spec.loader is not None

    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)

    assert loaded.PLAN.source.startswith("plans/")
