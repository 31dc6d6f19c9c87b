"""Where in a generated module something was said; the plan's line is looked up only when needed."""

from __future__ import annotations

import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spot:
    """A line of a generated module."""

    file: str
    line: int


def here(depth: int = 2) -> Spot:
    """Return the line that called the caller of this function (`depth` frames up)."""
    frame = sys._getframe(depth)
    return Spot(frame.f_code.co_filename, frame.f_lineno)
