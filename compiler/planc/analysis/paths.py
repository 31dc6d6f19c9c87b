"""Where `use "path"` leads: to a file of the project, or to a reason why not.

A plan is read by machines that did not write it, so that a path must not lead out of the project:
neither absolute, nor through `..`, nor through a symbolic link.
"""

from __future__ import annotations

import os
import posixpath
import re
from dataclasses import dataclass
from pathlib import Path

from planc.diagnostics import nearest

_DRIVE = re.compile(r"[A-Za-z]:|\\\\|~")


@dataclass(frozen=True, slots=True)
class Found:
    """The file that a `use` means."""

    path: str
    """Its real path, relative to the project root, with forward slashes."""
    tried: tuple[str, ...] = ()
    """Where it was looked for, the last being where it was found: perhaps a link."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a `use` leads nowhere: the name of a diagnostic, and its words."""

    problem: str
    message: str
    help: str = ""
    tried: tuple[str, ...] = ()


def resolve(root: Path, user: str, text: str) -> Found | Refused:
    """Resolve `text`, as it stands in the file `user`: relative to that, then to `root`."""
    if posixpath.isabs(text) or _DRIVE.match(text):
        return Refused(
            "absolute-use",
            "a path after `use` is relative",
            "write it relative to this file or to the project's root",
        )
    if not text or "\0" in text or text.endswith("/"):
        return Refused("missing-library", "this is no path of a file")
    tried: list[str] = []
    for base in dict.fromkeys((posixpath.dirname(user), "")):
        place = posixpath.normpath(posixpath.join(base, text))
        if place == ".." or place.startswith("../"):
            return Refused(
                "use-outside-project",
                f"`{text}` leads out of the project",
                "what a plan uses lies below the project's root",
            )
        found = _look(root, place)
        if isinstance(found, Refused):
            return found
        if found is not None:
            return Found(found, (*tried, place))
        tried.append(place)
    return Refused(
        "missing-library", f"there is no file `{text}`", _suggestion(root, tried), tuple(tried)
    )


def _look(root: Path, place: str) -> str | Refused | None:
    """Return the real path of `place`, None when nothing is there."""
    try:
        path = root / place
        if not path.is_file():
            return None
        real = os.path.relpath(os.path.realpath(path), os.path.realpath(root))
    except (OSError, ValueError):
        return None
    if real.startswith(".."):
        return Refused(
            "link-outside-project",
            f"`{place}` is a symbolic link that leads out of the project",
            "copy the file into the project",
        )
    return Path(real).as_posix()


def _suggestion(root: Path, tried: list[str]) -> str:
    """Name the most similar library near the places where it was looked for."""
    known: dict[str, str] = {}
    for place in tried:
        folder = root / posixpath.dirname(place)
        for path in sorted(folder.glob("*.plan"))[:200] if folder.is_dir() else ():
            known.setdefault(path.name, path.relative_to(root).as_posix())
    wanted = posixpath.basename(tried[0])
    meant = nearest(wanted, known) or nearest(wanted + ".plan", known)
    if meant:
        return f"did you mean `{known[meant]}`? (a path begins at this file, or at the root)"
    return f"looked for {' and '.join(f'`{place}`' for place in tried)}"
