"""The last resort: a defect of planc itself. The user gets a file to send, not a traceback."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from planc.cli.console import print_error
from planc.cli.errors import UsageError

FOLDER = ".planc"


def report(error: BaseException, arguments: list[str]) -> None:
    """Write the traceback to a file and say what to do with it."""
    import platform
    import traceback

    lines = [
        f"planc {version()}, Python {platform.python_version()}, {platform.platform()}",
        f"arguments: {arguments!r}",
        "",
        "".join(traceback.format_exception(error)),
    ]
    path = _write("\n".join(lines))
    print_error(
        UsageError(
            f"planc met a defect of its own ({type(error).__name__}); your plans are not to blame",
            f"the details are in {path}: please report them with the plan that led to it",
        )
    )


def version() -> str:
    from importlib import metadata

    try:
        return metadata.version("planc")
    except metadata.PackageNotFoundError:
        return "(not installed)"


def _write(text: str) -> Path:
    for folder in (Path(FOLDER), Path(tempfile.gettempdir())):
        path = folder / f"crash-{os.getpid()}.txt"
        try:
            folder.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", errors="backslashreplace")
        except OSError:
            continue
        return path
    print(text, file=sys.stderr)
    return Path("the lines above")
