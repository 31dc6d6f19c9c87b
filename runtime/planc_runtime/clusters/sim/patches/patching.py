"""Replace functions of modules wherever they are held, and put them back."""

from __future__ import annotations

import ctypes
import functools
import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from typing import Any

from planc_runtime.clusters.sim.process import PROCESS
from planc_runtime.clusters.sim.trouble import ProcessGone

_OURS = "planc_runtime.clusters.sim"


class Patches:
    """Replacements in force, undone in reverse order by `close`."""

    def __init__(self) -> None:
        self._undo = ExitStack()
        self._replaced: dict[int, tuple[Any, Any]] = {}
        """id of the original -> (original, replacement): for copies in other modules."""

    def set(self, holder: Any, name: str, value: Any) -> None:
        """Replace an attribute of a module or class."""
        original = vars(holder)[name]
        setattr(holder, name, value)
        self._undo.callback(setattr, holder, name, original)

    def function(self, module: Any, name: str, value: Callable[..., Any]) -> None:
        """Replace a function, also in modules that did `from module import name`."""
        original = vars(module).get(name)
        if original is not None:
            functools.update_wrapper(value, original)
            self._replaced[id(original)] = (original, value)
            self.set(module, name, value)

    def method_of_type(self, type_: type, name: str, value: Any) -> None:
        """Replace a method of a type that is written in C, and so refuses `setattr`."""
        namespace = gc.get_referents(type_.__dict__)[0]

        def put(method: Any) -> None:
            namespace[name] = method
            ctypes.pythonapi.PyType_Modified(ctypes.py_object(type_))

        self._undo.callback(put, namespace[name])
        put(value)

    def undo(self, callback: Callable[..., object], *args: Any) -> None:
        self._undo.callback(callback, *args)

    def when_imported(self, name: str, patch: Callable[[Any], None]) -> None:
        """Patch a module that may never be imported: now if it is there, else once it is."""
        if name in sys.modules:
            patch(sys.modules[name])
        else:
            watch = _ImportWatch(name, patch)
            sys.meta_path.insert(0, watch)
            self._undo.callback(sys.meta_path.remove, watch)

    def spread(self) -> None:
        """Replace the copies of replaced functions in all other modules."""
        self._exchange({key: new for key, (_, new) in self._replaced.items()})

    def close(self) -> None:
        self._undo.close()
        self._exchange({id(new): old for old, new in self._replaced.values()})

    def _exchange(self, wanted: dict[int, Any]) -> None:
        for name, module in list(sys.modules.items()):
            if name.startswith(_OURS) or not hasattr(module, "__dict__"):
                continue
            namespace = module.__dict__
            for key in [key for key, value in namespace.items() if id(value) in wanted]:
                namespace[key] = wanted[id(namespace[key])]


class _ImportWatch(MetaPathFinder):
    """Calls back after a module has been executed."""

    def __init__(self, name: str, done: Callable[[Any], None]) -> None:
        self._name = name
        self._done = done

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if name != self._name:
            return None
        spec = PathFinder.find_spec(name, path)
        if spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def execute_and_tell(module: Any) -> None:
            execute(module)
            self._done(module)

        spec.loader.exec_module = execute_and_tell  # type: ignore[method-assign]
        return spec


def per_process(
    real: Callable[..., Any], simulated: Callable[..., Any], *, nodes_only: bool = False
) -> Callable[..., Any]:
    """A function that answers simulated code with `simulated(process, ...)`, the rest with real.

    Those for nodes only have effects outside of the node, which a dead one must not have any more.
    """

    def answer(*args: Any, **keywords: Any) -> Any:
        process = PROCESS.get()
        if process is None or (nodes_only and not process.is_node):
            return real(*args, **keywords)
        if nodes_only and process.dead:
            raise ProcessGone
        return simulated(process, *args, **keywords)

    return answer


@contextmanager
def install() -> Iterator[Patches]:
    """Put all replacements in force."""
    from planc_runtime.clusters.sim.patches import (
        chance,
        files,
        output,
        room,
        sockets,
        system,
        times,
    )

    patches = Patches()
    try:
        for part in (times, chance, system, sockets, files, room, output):
            part.apply(patches)
        patches.spread()
        yield patches
    finally:
        patches.close()
