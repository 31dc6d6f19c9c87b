"""Which plans are meant by the paths a user gives."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from planc.config import Config
    from planc.diagnostics import Diagnostic

SUFFIX = ".plan"


def find_plans(
    root: str, config: Config, paths: Sequence[str | os.PathLike[str]]
) -> tuple[list[str], list[Diagnostic]]:
    """Return the plans below the given paths, relative to `root`, sorted, each once.

    A folder means every plan below it, hidden folders and links to folders excepted. Without paths
    the project's folder of plans is meant, or the whole project where there is none.
    """
    if not paths:
        folder = os.path.join(root, config.plans)
        paths = [folder if os.path.isdir(folder) else root]
    found: set[str] = set()
    refused: list[Diagnostic] = []
    for given in paths:
        path = os.path.abspath(given)
        for file in _below(path) if os.path.isdir(path) else (path,):
            inner = os.path.relpath(file, root).replace(os.sep, "/")
            if inner.startswith("../") or os.path.isabs(inner):
                refused.append(_outside(os.fspath(given)))
            else:
                found.add(inner)
    return sorted(found), refused


def _below(folder: str) -> Iterator[str]:
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if name.endswith(SUFFIX) and not name.startswith("."):
                yield os.path.join(parent, name)


def _outside(path: str) -> Diagnostic:
    from planc.pipeline.complaints import outside

    return outside(path)
