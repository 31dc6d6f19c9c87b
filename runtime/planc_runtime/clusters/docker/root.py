"""A root file system that needs no registry: this machine's own files, seen from a container.

A container made of it has what a node of the backend `local` has: the same programs, the same
Python, the same packages at the same paths, all read-only. The image itself is empty but for the
folders that they are mounted on, and is handed to the engine when it does not have it yet.
"""

from __future__ import annotations

import functools
import hashlib
import io
import os
import stat
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planc_runtime.clusters.docker.engine import Engine

if TYPE_CHECKING:
    from docker.types import Mount

REPOSITORY = "planc/this-machine"
PACKAGES = Path(__file__).resolve().parents[3]
"""The folder that holds the package planc_runtime."""

_PROGRAMS = ("/usr", "/bin", "/lib", "/lib32", "/lib64", "/libx32", "/opt")
_SETTINGS = (
    "alternatives", "group", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime",
    "mime.types", "passwd", "protocols", "services", "ssl",
)  # fmt: skip
"""What programs read below /etc, and nothing that is secret or names another machine."""
# The engine mounts its own first process on /sbin/docker-init, so that cannot be a link into /usr.
_EMPTY = {
    **dict.fromkeys(("dev", "etc", "run", "sbin", "var"), 0o755),
    **dict.fromkeys(("proc", "sys"), 0o555),
    **dict.fromkeys(("tmp", "var/tmp"), 0o1777),
}


def bound(source: str | Path, *, writable: bool = False, target: str | None = None) -> Mount:
    """Return the mount of something of this machine, at the same path unless told otherwise."""
    from docker.types import Mount

    return Mount(target or str(source), str(source), type="bind", read_only=not writable)


def mounts() -> list[Mount]:
    """Return what a root of this machine's files is made of."""
    return [bound(source) for source in _sources()]


def shows(folder: Path) -> bool:
    """Tell whether a root of this machine's files has a folder of it."""
    return any(folder.is_relative_to(source) for source in _sources())


def provide(engine: Engine) -> str:
    """Return the name of the image, after the engine was given it where it did not have it."""
    from docker.errors import ImageNotFound

    content = _archive()
    tag = hashlib.sha256(content).hexdigest()[:12]
    name = f"{REPOSITORY}:{tag}"
    try:
        engine.client.images.get(name)
    except ImageNotFound:
        api: Any = engine.client.api
        api.import_image_from_data(content, repository=REPOSITORY, tag=tag)
    return name


@functools.cache
def _sources() -> tuple[str, ...]:
    programs = [path for path in _PROGRAMS if os.path.isdir(path) and not os.path.islink(path)]
    settings = [f"/etc/{name}" for name in _SETTINGS if os.path.exists(f"/etc/{name}")]
    python = [sys.prefix, sys.base_prefix, str(PACKAGES)]
    return tuple(dict.fromkeys([*programs, *settings, *_outermost(python, programs)]))


def _outermost(folders: list[str], around: list[str]) -> list[str]:
    """Return the folders that do not lie in another one that is mounted anyway."""
    found: list[str] = []
    for folder in sorted(folders):
        if not any(Path(folder).is_relative_to(outer) for outer in (*around, *found)):
            found.append(folder)
    return found


def _archive() -> bytes:
    """Return the image as a tar file; the same bytes on every machine of the same layout."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, mode in sorted(_EMPTY.items()):
            entry = tarfile.TarInfo(name)
            entry.type, entry.mode = tarfile.DIRTYPE, mode
            archive.addfile(entry)
        for path in _PROGRAMS:
            if os.path.islink(path):
                link = tarfile.TarInfo(path.strip("/"))
                link.type, link.linkname = tarfile.SYMTYPE, os.readlink(path)
                link.mode = stat.S_IRWXU | stat.S_IRWXG | stat.S_IRWXO
                archive.addfile(link)
    return buffer.getvalue()
