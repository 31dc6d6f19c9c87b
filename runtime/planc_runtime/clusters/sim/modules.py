"""What an interpreter holds once, and each process must have for itself.

A program's modules are its memory: each incarnation of a node imports them afresh. Modules from the
folders of `Launch.path` belong to one process and die with it. They stand in `sys.modules` only
while their process runs (that is where pickle, dataclasses and typing look), so that replicas of
one service have stores of their own. Installed libraries are shared by all. Environment variables
are exchanged in the same way.
"""

from __future__ import annotations

import importlib.machinery
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, ClassVar

from planc_runtime.clusters.sim import ordered
from planc_runtime.clusters.sim.process import current

_SHARED = frozenset({"planc", "planc_grammar", "planc_runtime"})


class PrivateState:
    """What one process has imported from its own folders, and its environment variables."""

    def __init__(self, folders: tuple[Path, ...], environment: Mapping[str, str]) -> None:
        self.folders = [str(folder) for folder in folders]
        self.names: set[str] = set()
        """Of its modules, and of others' that must not be seen in their place."""
        self.modules: dict[str, ModuleType] = {}
        self.imported = False
        """Whether something was imported that is not yet in `modules`."""
        self.environment: dict[Any, Any] = {
            **_variables(),
            **{os.fsencode(name): os.fsencode(value) for name, value in environment.items()},
        }
        self._claim()

    def _claim(self) -> None:
        """Hide what the test's own process has imported under the names of these folders."""
        tops = {name.partition(".")[0] for name in sys.modules}
        mine = {top for top in tops if _lies_in(self.folders, top) and self.find(top)}
        self.names.update(name for name in sys.modules if name.partition(".")[0] in mine)

    def find(self, name: str) -> importlib.machinery.ModuleSpec | None:
        """Where a top-level module lies in the folders; None when it is not theirs."""
        if name in _SHARED or name in sys.builtin_module_names:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, self.folders)
        if spec is not None and _is_namespace(spec):
            # As on any import path, a mere folder yields to a real package found later on.
            installed = importlib.machinery.PathFinder.find_spec(name)
            if installed is not None and not _is_namespace(installed):
                return None
        return spec

    def collect(self) -> None:
        """Take note of what is in `sys.modules` under its names, while it is switched in."""
        if self.imported:
            self.imported = False
            self.modules = {name: sys.modules[name] for name in self.names if name in sys.modules}


class ModuleSwitch(MetaPathFinder):
    """Keeps `sys.modules` that of the process which runs. Installed first on `sys.meta_path`."""

    def __init__(self) -> None:
        self._in: PrivateState | None = None
        self._hidden: dict[str, ModuleType] = {}
        """Modules of the test's own process that stand in the way of a node's."""
        self._environment = _variables()

    def switch(self, space: PrivateState | None) -> None:
        """Show the modules of a process; None is the test's own."""
        before = self._in
        if space is before:
            return
        _set_variables(self._environment if space is None else space.environment)
        if before is not None:
            before.collect()
            if space is not None and space.modules.keys() == before.modules.keys():
                # Replicas of one service: each name just changes its module.
                sys.modules.update(space.modules)
                self._in = space
                return
            for name in before.modules:
                sys.modules.pop(name, None)
            if self._hidden:
                sys.modules.update(self._hidden)
                self._hidden = {}
        self._in = space
        if space is not None:
            for name in space.names:
                if name in sys.modules:
                    self._hidden[name] = sys.modules.pop(name)
            sys.modules.update(space.modules)

    @contextmanager
    def acting_as(self, space: PrivateState | None) -> Iterator[None]:
        """Import as a process outside of its turn."""
        before = self._in
        self.switch(space)
        try:
            yield
        finally:
            self.switch(before)

    # --- MetaPathFinder -----------------------------------------------------------------------

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        space = self._in
        if space is None or current() is None:
            return None
        if path is None:
            spec = space.find(name)
        elif name.partition(".")[0] in space.names:
            spec = importlib.machinery.PathFinder.find_spec(name, path)
        else:
            return None
        if spec is not None:
            space.names.add(name)
            space.imported = True
            if type(spec.loader) is importlib.machinery.SourceFileLoader:
                spec.loader = CachingLoader(spec.loader.name, spec.loader.path)
        return spec


class CachingLoader(importlib.machinery.SourceFileLoader):
    """Compiles a source once for all incarnations that execute it, with ordered sets."""

    _codes: ClassVar[dict[tuple[str, int, int], CodeType]] = {}

    def get_code(self, fullname: str) -> CodeType | None:
        stat = Path(self.path).stat()
        key = (self.path, stat.st_mtime_ns, stat.st_size)
        code = self._codes.get(key)
        if code is None:
            code = ordered.compile_ordered(self.get_data(self.path), self.path)
            self._codes[key] = code
        return code

    def exec_module(self, module: ModuleType) -> None:
        vars(module).update(ordered.GLOBALS)
        super().exec_module(module)


def _variables() -> dict[Any, Any]:
    return os.environ._data  # type: ignore[attr-defined, no-any-return]


def _set_variables(variables: dict[Any, Any]) -> None:
    """Exchange what `os.environ` shows; the object itself is held by many."""
    os.environ._data = variables  # type: ignore[attr-defined]


def _is_namespace(spec: importlib.machinery.ModuleSpec) -> bool:
    return spec.origin is None


def _lies_in(folders: Sequence[str], top: str) -> bool:
    return any(
        (Path(folder) / f"{top}.py").exists() or (Path(folder) / top).is_dir() for folder in folders
    )


def resolve(entry: str) -> Any:
    """Import what `package.module:callable` names.

    Raises ModuleNotFoundError for a missing module and AttributeError for a missing callable.
    """
    module, _, name = entry.partition(":")
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    if not callable(found):
        raise AttributeError(f"{entry!r} is not callable")
    return found
