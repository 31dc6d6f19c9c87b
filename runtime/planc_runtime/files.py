"""Write a file so that whoever reads it sees the old content or the new, and never half of one.

What is read after a run, or while it lasts, goes through here: summaries, reports, gates. (The
compiler has a `files` of its own, which keeps links and permissions: it writes files of users.)
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[IO[str]]:
    """Open a text file that takes the place of `path` when, and only when, it is complete.

    Folders above it are made. Raises OSError, and then nothing has changed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace", newline="\n") as file:
            yield file
        os.chmod(scratch, 0o644)
        os.replace(scratch, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(scratch)
        raise


def write_whole(path: Path, text: str) -> None:
    with replacing(path) as file:
        file.write(text)
