"""From a Launch, which no backend owns, to the program, arguments and environment of a process."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from planc_runtime.clusters.local import binaries, measuring
from planc_runtime.errors import CannotRun
from planc_runtime.protocols.node import Launch, Placement

_ROOT = Path(__file__).resolve().parents[3]


def command(launch: Launch, placement: Placement) -> list[str]:
    """Return the arguments, the first of them the path of an executable file.

    Raises CannotRun with the program's name when there is no such program.
    """
    if launch.argv:
        return [_program(launch.argv[0], launch, placement), *launch.argv[1:]]
    if launch.entry:
        # -P: the working directory is the node's data; nothing in it may pass for a module.
        return [sys.executable, "-P", "-m", "planc_runtime.clusters.local.node_main", launch.entry]
    raise CannotRun(f"node {placement.name!r} has neither a command nor a Python entry")


def environment(launch: Launch, directory: Path) -> dict[str, str]:
    """Return the node's whole environment: ours, the launch's own words, and what we must add.

    What pytest says in the environment is left out: many a program behaves differently when it
    believes itself to be under test.
    """
    ours = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}
    env = {**ours, **launch.env}
    env.setdefault("PYTHONUNBUFFERED", "1")
    path = [str(folder) for folder in launch.path]
    if launch.entry:
        env["PLANC_NODE"] = launch.info.to_json()
        path.append(str(_ROOT))
    if launch.coverage:
        measuring.measure(env, directory, launch.info.name)
        path.insert(0, str(measuring.STARTUP))
    if path:
        inherited = [env["PYTHONPATH"]] if env.get("PYTHONPATH") else []
        env["PYTHONPATH"] = os.pathsep.join(path + inherited)
    return env


def write_files(launch: Launch, placement: Placement) -> None:
    """Write the launch's files below the data directory; raises CannotRun when that fails."""
    data = placement.data.resolve()
    for name, text in launch.files.items():
        target = (data / name).resolve()
        if not target.is_relative_to(data):
            raise CannotRun(f"file {name!r} of node {placement.name!r} lies outside its folder")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        except OSError as trouble:
            raise CannotRun(
                f"cannot write file {name!r} of node {placement.name!r}: {trouble.strerror}"
            ) from None


def _program(name: str, launch: Launch, placement: Placement) -> str:
    if os.sep in name:
        found = placement.data / name
        if found.is_file() and os.access(found, os.X_OK):
            return str(found)
        problem = "cannot be executed" if found.exists() else "does not exist"
        raise CannotRun(f"program {name!r} of node {placement.name!r} {problem}")
    path = {**os.environ, **launch.env}.get("PATH", os.defpath)
    if (program := binaries.find_binary(name, path=path)) is None:
        raise CannotRun(f"program {name!r} of node {placement.name!r} is not on the PATH")
    return str(program)
