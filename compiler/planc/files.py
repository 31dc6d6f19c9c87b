"""Write a file so that whoever reads it sees the old content or the new, and never half of one.

Everything that the compiler writes one file at a time goes through here: plans it formats, results
it remembers, summaries. Modules are written many at a time, all or none: `pipeline.outputs`.
"""

from __future__ import annotations

import os


def write_whole(path: str | os.PathLike[str], text: str, *, errors: str = "strict") -> None:
    """Put `text` in the place of what a file holds, through links, with the permissions it has.

    Written aside, in the same folder, and renamed. Raises OSError, and then nothing has changed.
    `errors` says what becomes of characters that UTF-8 does not know, as for `open`.
    """
    target = os.path.realpath(path)
    aside = os.path.join(os.path.dirname(target), f".planc-{os.getpid()}-{id(text):x}")
    try:
        with open(aside, "w", encoding="utf-8", errors=errors, newline="\n") as file:
            file.write(text)
        if os.path.exists(target):
            os.chmod(aside, os.stat(target).st_mode & 0o7777)
        os.replace(aside, target)
    except BaseException:
        if os.path.exists(aside):
            os.unlink(aside)
        raise
