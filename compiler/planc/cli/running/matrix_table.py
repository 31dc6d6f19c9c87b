"""The matrix on a terminal: a row per scenario, a sign per bug, and below it what caught each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planc.cli.running.catches import Catch
from planc.cli.running.display import STYLE
from planc.cli.running.matrix import Cell, Matrix

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

SIGN = {
    Cell.CAUGHT: ("✓", "green"),
    Cell.MISSED: ("✗", "bold red"),
    Cell.UNPROVEN: ("?", "yellow"),
    Cell.SKIPPED: ("-", "bright_black"),
    Cell.NOT_CLAIMED: ("·", "bright_black"),
}
ROOM = 60
"""Columns of the terminal that are left to the scenarios' titles."""


def show(console: Console, matrix: Matrix) -> None:
    console.print()
    show_table(console, matrix)
    console.print()
    show_catches(console, matrix)
    for remark in matrix.remarks:
        console.print(f"note: {remark}", style="bright_black", soft_wrap=True)
    for finding in matrix.findings:
        console.print(f"finding: {finding}", style="bold red", soft_wrap=True)
    if not matrix.findings:
        console.print("every planted bug is caught by the scenarios that claim it", style="green")


def show_table(console: Console, matrix: Matrix) -> None:
    """Print the matrix; where the bugs' names need too much room, by number, with a legend."""
    from rich.table import Table
    from rich.text import Text

    named = sum(max(len(bug), 8) + 2 for bug in matrix.bugs) <= console.width - ROOM
    heads = list(matrix.bugs) if named else [str(n + 1) for n in range(len(matrix.bugs))]
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    left = console.width - 16 - sum(max(len(head), 2) + 2 for head in heads)
    table.add_column(
        "scenario",
        overflow="fold" if named else "ellipsis",
        no_wrap=not named,
        max_width=None if named else max(left, 20),
    )
    table.add_column("healthy", no_wrap=True, min_width=12)
    for head in heads:
        table.add_column(head, no_wrap=True, min_width=max(len(head), 2))
    for row in matrix.rows:
        cells = [sign(row.cell(bug), named) for bug in matrix.bugs]
        verdict = Text(row.healthy_verdict, STYLE.get(row.healthy_verdict, ""))
        table.add_row(Text(f"{row.line}  {row.title}"), verdict, *cells)
    console.print(table)
    if not named:
        console.print()
        console.print("  ".join(f"{mark} {cell}" for cell, (mark, _) in SIGN.items() if cell))
        for head, bug in zip(heads, matrix.bugs, strict=True):
            console.print(f"{head:>4}  {bug}")


def sign(cell: Cell, in_words: bool) -> Text:
    from rich.text import Text

    mark, style = SIGN[cell]
    loud = cell.upper() if cell is Cell.MISSED else cell.value
    return Text((loud or mark) if in_words else mark, style)


def show_catches(console: Console, matrix: Matrix) -> None:
    """Print which line of the plan caught each bug, cut off where the terminal ends."""
    from rich.table import Table
    from rich.text import Text

    caught = [(row, bug, catches) for row in matrix.rows for bug in row.claims
              if (catches := row.caught_by(bug))]  # fmt: skip
    if not caught:
        return
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for name in ("caught", "in", "as"):
        table.add_column(name, no_wrap=True)
    table.add_column("by", no_wrap=True, overflow="ellipsis")
    for row, bug, (first, *more) in caught:
        kind = Text(first.concern, "" if first.is_safety else "yellow")
        table.add_row(bug, row.line, kind, Text(in_short(first, len(more))))
    console.print(table)
    console.print()


def in_short(catch: Catch, more: int) -> str:
    """Return the line of a catch and its words; the file is known."""
    others = f"  (+{more})" if more else ""
    return f":{catch.line.rpartition(':')[2]} {catch.text}{others}"
