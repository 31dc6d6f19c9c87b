"""What a user is told when a command can't run at all: a sentence and a way out."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class UsageError(Exception):
    """The command could not run; shown as `error:` and `help:`, never as a traceback."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.help = help


def suggestion(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """Return "did you mean `x`?", or another help where nothing known is near."""
    from planc.diagnostics.nearest import did_you_mean

    return did_you_mean(word, known) or otherwise
