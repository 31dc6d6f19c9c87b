"""Change a plan of the user's in its place, for the verbs that mend what they find."""

from __future__ import annotations

from pathlib import Path

from planc.cli.errors import UsageError
from planc.files import write_whole


def rewrite(path: Path, text: str) -> None:
    """Give a plan another text; raises UsageError, and leaves it as it is, when that can't be."""
    try:
        write_whole(path, text)
    except OSError as error:
        raise UsageError(f"cannot write `{path}`: {error.strerror}") from error
