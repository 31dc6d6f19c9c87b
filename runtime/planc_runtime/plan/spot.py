"""Where in a generated module something was said; the plan's line is looked up only when needed."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType


@dataclass(frozen=True, slots=True)
class Spot:
    """A line of a generated module."""

    file: str
    line: int


def here(depth: int = 2) -> Spot:
    """Return the line that called the caller of this function (`depth` frames up)."""
    frame = sys._getframe(depth)
    return Spot(frame.f_code.co_filename, frame.f_lineno)


def result_is_kept(depth: int = 2) -> bool:
    """Say whether the caller (`depth` frames up) gives a name to what it waits for.

    `reply = await s.call(...)` looks at the outcome itself, `await s.call(...)` relies on it. The
    compiled code tells them apart, also when its source has changed or gone since.
    """
    frame = sys._getframe(depth)
    return _is_kept(frame.f_code, frame.f_lasti)


@lru_cache(maxsize=1024)
def _is_kept(code: CodeType, after: int) -> bool:
    from dis import get_instructions

    for instruction in get_instructions(code):
        if instruction.offset > after:
            if instruction.opname == "POP_TOP":
                return False
            if instruction.opname.startswith("STORE_"):
                return True
    return False
