"""Tables of docs/performance.md, written by the programs that measured them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"


def put(program: str, table: Sequence[str], page: Path = PAGE) -> None:
    """Put a table, its lines, in place of the first one behind the words that name a program.

    Raises ValueError where the page does not name it, or has no table behind that.
    """
    lines = page.read_text("utf-8").splitlines()
    named = next((n for n, line in enumerate(lines) if program in line), len(lines))
    first = next((n for n in range(named, len(lines)) if lines[n].startswith("|")), None)
    if first is None:
        raise ValueError(f"{page} has no table behind the name of {program}")
    last = next((n for n in range(first, len(lines)) if not lines[n].startswith("|")), len(lines))
    page.write_text("\n".join([*lines[:first], *table, *lines[last:]]) + "\n", "utf-8")
