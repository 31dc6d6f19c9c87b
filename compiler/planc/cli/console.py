"""Where text goes, and whether it may be coloured. Text for people never breaks on encodings.

On the path of every command: it imports next to nothing.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

    from rich.console import Console

    from planc.cli.errors import UsageError

RED, BOLD, CYAN, RESET = "\x1b[1;31m", "\x1b[1m", "\x1b[1;36m", "\x1b[0m"
WIDTH_OF_TABLES = 160
"""Of a wide table that goes to a file or a pipe, where no terminal sets a width."""
WIDTH_OF_TEXT = 100
"""Of text that goes there, unless COLUMNS says another."""
NARROWEST = 40


def colored(stream: TextIO) -> bool:
    """Say whether a stream shows colours; https://no-color.org, and FORCE_COLOR for CI."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def prepare() -> None:
    """Make the standard streams print any text, whatever the locale's encoding is."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def print_error(error: UsageError) -> None:
    paint = colored(sys.stderr)
    head = f"{RED}error{RESET}{BOLD}: " if paint else "error: "
    print(f"{head}{error.message}{RESET if paint else ''}", file=sys.stderr)
    if error.help:
        label = f"{CYAN}help{RESET}" if paint else "help"
        print(f"{label}: {error.help}", file=sys.stderr)


def width_of_text() -> int:
    """Return how wide lines may be that no terminal breaks."""
    asked = os.environ.get("COLUMNS", "")
    return max(NARROWEST, int(asked)) if asked.isdecimal() else WIDTH_OF_TEXT


def rich_console(stream: TextIO | None = None, width: int = WIDTH_OF_TABLES) -> Console:
    """Return a console for text, tables and live displays; a terminal has its own width."""
    from rich.console import Console

    stream = stream or sys.stdout
    terminal = stream.isatty()
    return Console(
        file=stream,
        no_color=not colored(stream),
        force_terminal=terminal,
        width=None if terminal else width,
        highlight=False,
        markup=False,
        emoji=False,
    )
