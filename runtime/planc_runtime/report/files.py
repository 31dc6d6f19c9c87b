"""Say in plain words why a folder can't be written."""

from __future__ import annotations

import contextlib
import errno
import tempfile
from collections.abc import Iterator
from pathlib import Path

from planc_runtime.errors import CannotRun

HELP = {
    errno.ENOSPC: "the disk is full; free some space, or write elsewhere: --reports DIR",
    errno.EDQUOT: "your disk quota is used up; free some space, or write elsewhere: --reports DIR",
    errno.EACCES: "you may not write there; change its permissions, or use --reports DIR",
    errno.EPERM: "you may not write there; change its permissions, or use --reports DIR",
    errno.EROFS: "that file system is read-only; use --reports DIR",
    errno.ENOTDIR: "a part of this path is a file; remove it, or use --reports DIR",
    errno.EEXIST: "a file has this name; remove it, or use --reports DIR",
    errno.ENAMETOOLONG: "the path is too long for this file system; use a shorter --reports DIR",
}


@contextlib.contextmanager
def reporting(folder: Path) -> Iterator[None]:
    """Turn what the file system refuses into a message with a way out."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        where = error.filename or folder
        raise CannotRun(
            f"the reports could not be written: {where}: {reason}",
            help=HELP.get(error.errno or 0, "write the reports elsewhere: --reports DIR"),
        ) from error


def probe(folder: Path) -> None:
    """Make a folder and prove that a file can be written there; raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".probe."):
        pass
