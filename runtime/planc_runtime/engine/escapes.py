"""The one way out of the language: functions of the plan's author, found when they are called."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from planc_runtime.errors import CannotRun, StepFailed


def find_escape(reference: str, folders: Sequence[Path]) -> Any:
    """Return what `package.module:callable` names, looked for beside the plan first.

    Raises CannotRun when there is no such module or name in it.
    """
    module_name, _, name = reference.partition(":")
    module = _import(module_name, [folder.resolve() for folder in folders])
    found: Any = module
    for part in name.split("."):
        found = getattr(found, part, None)
    if found is None:
        raise CannotRun(f"the module {module_name!r} has no {name!r}", help=f"wanted: {reference}")
    return found


async def call_escape(reference: str, arguments: Sequence[Any], folders: Sequence[Path]) -> Any:
    """Call such a function, which may be async; an exception of its own is a failed step."""
    function = find_escape(reference, folders)
    try:
        result = function(*arguments)
        return await result if inspect.isawaitable(result) else result
    except AssertionError as refused:
        raise StepFailed(f"python {reference}: {refused or 'an assertion failed'}") from refused
    except Exception as trouble:
        said = f"{type(trouble).__name__}: {trouble}"
        raise StepFailed(f"python {reference} raised {said}") from trouble


def _import(name: str, folders: Sequence[Path]) -> ModuleType:
    """Import a module with the plan's folders first.

    Two plans may have a module of the same name each: one that was imported for another plan is
    put aside.
    """
    paths = [str(folder) for folder in folders]
    top = name.partition(".")[0]
    loaded = sys.modules.get(top)
    if loaded is not None and _belongs_elsewhere(loaded, top, folders):
        for known in [k for k in sys.modules if k == top or k.startswith(f"{top}.")]:
            del sys.modules[known]
        importlib.invalidate_caches()
    sys.path[:0] = paths
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as missing:
        if missing.name is None or not f"{name}.".startswith(f"{missing.name}."):
            raise
        where = ", ".join(paths)
        raise CannotRun(
            f"there is no module {name!r}", help=f"it is looked for in {where}"
        ) from None
    finally:
        for path in paths:
            sys.path.remove(path)


def _belongs_elsewhere(module: ModuleType, top: str, folders: Sequence[Path]) -> bool:
    """Say whether a folder of the plan has this module, and the one loaded is another."""
    own = [f / f"{top}.py" for f in folders] + [f / top / "__init__.py" for f in folders]
    mine = next((path for path in own if path.is_file()), None)
    file = getattr(module, "__file__", None)
    return mine is not None and (file is None or Path(file).resolve() != mine)
