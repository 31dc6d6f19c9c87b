"""From what a user types to plan files; a path that does not exist gets the nearest that does."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from planc.cli.errors import UsageError, suggestion

DEFAULT = "plans"
SUFFIX = ".plan"
LOOKED_AT = 10_000
"""Files below the current folder that are considered for "did you mean"."""


def plan_files(arguments: Sequence[str]) -> list[Path]:
    """Return every plan file named, folders searched; sorted within a folder, none twice."""
    if not arguments and not Path(DEFAULT).is_dir():
        raise UsageError(
            f"there is no folder `{DEFAULT}` here",
            "name plan files or folders, or start with `planc init`",
        )
    found = [path for argument in arguments or [DEFAULT] for path in _below(argument)]
    return list(dict.fromkeys(found))


def _below(argument: str) -> Iterator[Path]:
    path = Path(argument)
    if path.is_dir():
        files = sorted(_walk(path))
        if not files:
            raise UsageError(f"there is no plan in `{argument}`", "plans are files named *.plan")
        yield from files
    elif path.suffix == SUFFIX and path.exists():
        yield path
    elif path.exists():
        raise UsageError(f"`{argument}` is not a plan", "plans are files named *.plan")
    else:
        raise UsageError(f"there is no `{argument}`", _nearest(argument))


def _walk(folder: Path) -> Iterator[Path]:
    """Find plans below a folder; hidden folders hold caches and version control, not plans."""
    for here, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(here) / name for name in files if name.endswith(SUFFIX))


def _nearest(argument: str) -> str:
    known: set[str] = set()
    for count, path in enumerate(_walk(Path("."))):
        if count >= LOOKED_AT:
            break
        known |= {path.as_posix(), path.parent.as_posix()}
    meant = suggestion(argument.rstrip("/"), known)
    if meant:
        return meant
    by_name = {Path(name).name: name for name in sorted(known)}
    from planc.diagnostics.nearest import nearest

    found = nearest(Path(argument).name, by_name)
    return f"did you mean `{by_name[found]}`?" if found else ""
