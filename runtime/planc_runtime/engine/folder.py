"""Where a scenario leaves what it knows: its folder below the reports."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from planc_runtime.engine.options import Options, Test
from planc_runtime.errors import CannotRun
from planc_runtime.plan.nouns import Plan
from planc_runtime.plan.sourcemap import project_root

_LONGEST = 100
_SIMPLE = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?:\[([A-Za-z0-9_.-]+)\])?((?:\+[A-Za-z0-9_-]+)*)")
"""A test's name with a case whose letters all file systems know, and what else tells it apart."""


def scenario_folder(plan_key: str, test: Test, options: Options) -> Path:
    """Return the folder of a test: its name, made fit for every file system."""
    parts = [test.name, *([f"repeat{test.repeat}"] if test.repeat else [])]
    parts += [f"plant-{options.plant}"] if options.plant else []
    return options.reports / plan_key / "scenarios" / file_name("+".join(parts))


def file_name(name: str) -> str:
    """Return a name of plain characters; a long one ends with a digest of the rest."""
    if len(name) <= _LONGEST and (simple := _SIMPLE.fullmatch(name)):
        function, case, variant = simple.groups()
        return f"{function}-{case}{variant}" if case else f"{function}{variant}"
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-.") or "scenario"
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{plain[:_LONGEST]}-{digest}"


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn a full disk, or a folder that may not be written, into a message for the user."""
    try:
        yield
    except OSError as trouble:
        raise CannotRun(
            f"cannot write {path}: {trouble.strerror or trouble}",
            help="write the reports elsewhere: --reports DIR",
        ) from None


def make_fresh(folder: Path) -> None:
    """Make an empty folder; raises CannotRun where that is impossible."""
    with writing(folder):
        if folder.exists():
            shutil.rmtree(folder)
        (folder / "logs").mkdir(parents=True)


def keep_plan(plan: Plan, folder: Path) -> None:
    """Keep the plan's text beside what came of it: by the time it is read, it may be another."""
    module = Path(plan.spot.file) if plan.spot else Path.cwd() / "module.py"
    with suppress(OSError):
        shutil.copyfile(project_root(module, plan.source) / plan.source, folder / "source.plan")


def remove_data(folder: Path) -> None:
    """Remove the nodes' files of a scenario that passed; what cannot be removed stays."""
    shutil.rmtree(folder / "data", ignore_errors=True)
