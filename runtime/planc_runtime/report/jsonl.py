"""The scenarios' line files, one after the other: one file to grep per plan."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from planc_runtime.files import replacing
from planc_runtime.report.model import PlanReport

NAMES = ("events.jsonl", "history.jsonl")


def join_lines(plan: PlanReport) -> list[Path]:
    """Write the plan's event log and history; each line says which scenario it belongs to."""
    return [path for name in NAMES if (path := _join(plan, name)) is not None]


def _join(plan: PlanReport, name: str) -> Path | None:
    parts = [(each.name, each.folder / name) for each in plan.scenarios]
    parts = [(scenario, path) for scenario, path in parts if path.is_file()]
    if not parts:
        return None
    target = plan.folder / name
    with replacing(target) as out:
        for scenario, path in parts:
            # Spliced, not parsed: a history may hold millions of lines, all of them objects.
            head = '{"scenario":' + json.dumps(scenario) + ","
            with path.open(encoding="utf-8", errors="replace") as lines:
                out.writelines(
                    head + line[1:] for line in lines if line.startswith("{") and line[-1] == "\n"
                )
    return target


def remove_tree(path: Path) -> None:
    """Remove a folder or a file that may not be there; raises OSError for what can't go."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)
