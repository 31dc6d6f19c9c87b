"""From a Launch, which no backend owns, to what a node's container is made from.

A node whose service has no image runs this machine's own files, which is what makes a plan for
`local` a plan for `docker`: the same program at the same path. One that has an image runs what is
in it: the plan's command is executed as it stands, found on the image's own PATH, and the image's
entry point is not asked.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from planc_runtime.clusters.docker import root
from planc_runtime.clusters.docker.abilities import FILES, WATCHING
from planc_runtime.clusters.docker.container import Recipe
from planc_runtime.clusters.docker.labels import Labels
from planc_runtime.clusters.docker.options import Options
from planc_runtime.clusters.local import launching
from planc_runtime.errors import CannotRun
from planc_runtime.protocols.backend import Settings
from planc_runtime.protocols.node import Launch, Placement

_ENTRY = ("python3", "-P", "-m", "planc_runtime.clusters.local.node_main")
_SHIM = (
    "import sys; sys.path.insert(0, sys.argv.pop(1));"
    "from planc_runtime.clusters.docker.shim import main; main()"
)
_STORES = "disks"
_OF_PROGRAMS = ("bin", "sbin", "shims")
_LIBRARIES = ("lib", "libexec")
_NAMING = {"/etc/nsswitch.conf": "nsswitch.conf", "/etc/gai.conf": "gai.conf"}


class Recipes:
    """Makes the recipes of one world's nodes."""

    def __init__(
        self, settings: Settings, options: Options, marks: Labels, image: str, names: Path
    ) -> None:
        self._settings = settings
        self._options = options
        self._marks = marks
        self._own_image = image
        self._names = names

    def make(self, launch: Launch, placement: Placement, holder: str) -> Recipe:
        """Raises CannotRun when there is nothing to run."""
        image = self._options.image_of(launch.service)
        watched = image is None and bool(self._settings.troubles & WATCHING)
        if image is None:
            argv = launching.command(launch, placement)
            program = Path(argv[0])
            if watched:
                argv = [*self._watching(placement), *argv]
            env = launching.environment(launch, self._settings.directory)
        else:
            argv, program = _command(launch, placement), None
            env = _environment(launch)
        return Recipe(
            name=placement.name,
            image=image or self._own_image,
            argv=tuple(argv),
            env=env,
            folder=launch.cwd or placement.data,
            mounts=tuple(self._mounts(launch, placement, program)),
            labels=self._marks.of(placement.name),
            network=holder,
            watched=watched,
        )

    def store(self, node: str) -> Path:
        """Return where the lab keeps the journal of a node's disk."""
        return self._settings.directory.absolute() / _STORES / node

    def _watching(self, placement: Placement) -> list[str]:
        """Return what stands before a program whose calls are watched; see `shim`."""
        asked = self._settings.troubles
        store = str(self.store(placement.name)) if "lose_unsynced" in asked else None
        if store is not None:
            # Made here, so that whoever runs the test may take out what the lab puts in as root.
            self.store(placement.name).mkdir(parents=True, exist_ok=True)
        files = {"data": str(placement.data), "store": store} if asked & FILES else None
        start = ["-I", "-S", "-c", _SHIM, str(root.PACKAGES)]
        return [sys.executable, *start, str(self._names), json.dumps(files)]

    def _mounts(self, launch: Launch, placement: Placement, program: Path | None) -> list[Any]:
        """Return what a node sees; `program` is one of this machine's own, None one of an image."""
        own = program is not None
        shown = [*launch.path, *([launch.cwd] if launch.cwd else [])]
        if program is not None:
            shown += [*_project(), *_beside(program)]
        elif launch.entry:
            shown.append(root.PACKAGES)
        found = {str(path): root.bound(path) for path in shown if path.is_dir()}
        mounts = [*(root.mounts() if own else ()), *found.values()]
        mounts.append(root.bound(placement.data, writable=True))
        if launch.coverage and own:
            measured = self._settings.directory.absolute() / "coverage"
            mounts.append(root.bound(measured, writable=True))
        mounts.append(root.bound(self._names))
        return [*_unique(mounts), *self._naming(placement.name)]

    def _naming(self, node: str) -> list[Any]:
        """Return the files that a node looks names up in: those of the lab, and no others."""
        found = [root.bound(self._names / f"{node}.hosts", target="/etc/hosts")]
        for target, name in _NAMING.items():
            if (file := self._names / name).exists():
                found.append(root.bound(file, target=target))
        return found


def _project() -> list[Path]:
    """Return the folder that the run was started in, unless that would be all of the machine."""
    here = Path.cwd()
    return [] if here == Path(here.anchor) else [here]


def _beside(program: Path) -> list[Path]:
    """Return the folder of a program that lies elsewhere, and of the file that it is a link to."""
    folders = dict.fromkeys(map(_installation, (program.parent, program.resolve().parent)))
    return [folder for folder in folders if not root.shows(folder)]


def _installation(folder: Path) -> Path:
    """Return what a folder of programs belongs to: a virtual environment, a pyenv, a prefix."""
    above = folder.parent
    whole = folder.name in _OF_PROGRAMS and any((above / name).is_dir() for name in _LIBRARIES)
    return above if whole else folder


def _command(launch: Launch, placement: Placement) -> list[str]:
    if launch.argv:
        return list(launch.argv)
    if launch.entry:
        return [*_ENTRY, launch.entry]
    raise CannotRun(f"node {placement.name!r} has neither a command nor a Python entry")


def _environment(launch: Launch) -> dict[str, str]:
    """Return what is added to the image's environment; nothing of this machine's is."""
    env = dict(launch.env)
    path = [str(folder) for folder in launch.path]
    if launch.entry:
        env["PLANC_NODE"] = launch.info.to_json()
        path.append(str(root.PACKAGES))
        env["PYTHONPATH"] = ":".join([*path, *filter(None, [env.get("PYTHONPATH")])])
        env.setdefault("PYTHONUNBUFFERED", "1")
    return env


def _unique(mounts: list[Any]) -> list[Any]:
    """Drop mounts of the same place; the last one counts, so that what is writable stays so."""
    return list({mount["Target"]: mount for mount in mounts}.values())
