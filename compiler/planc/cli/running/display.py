"""A run while it lasts: a few lines that change on a terminal, one line per scenario elsewhere."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from planc.cli.console import colored, rich_console
from planc.cli.running.events import Outcome, Progress
from planc.cli.running.session import Watcher

if TYPE_CHECKING:
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

STYLE = {
    "passed": "green",
    "failed": "bold red",
    "error": "bold magenta",
    "inconclusive": "yellow",
    "interrupted": "bold magenta",
    "skipped": "bright_black",
}
SHOWN = 8
"""Scenarios that run at the same time and still get a line each."""


@contextlib.contextmanager
def watching() -> Iterator[Watcher]:
    """Return what fits where the output goes.

    Build servers say CI, and some lend a terminal: their logs keep every frame of what moves.
    """
    if os.environ.get("CI") or not (sys.stdout.isatty() and colored(sys.stdout)):
        yield Plain()
        return
    from rich.live import Live

    console = rich_console()
    with Live(console=console, refresh_per_second=8, transient=True) as live:
        yield Moving(console, live)


class Plain:
    """For files and build servers: nothing but the ends of scenarios."""

    def __init__(self) -> None:
        self.number = 0
        self.expected: int | None = None

    def ended(self, outcome: Outcome) -> None:
        self.number += 1
        of = f"/{self.expected}" if self.expected else ""
        print(
            f"[{self.number}{of}] {outcome.verdict:<12} {outcome.line}  {outcome.title}"
            f" ({outcome.wall:.1f} s)",
            flush=True,
        )

    def tick(self, progress: Progress) -> None:
        self.expected = progress.expected


class Moving:
    """For terminals: ended scenarios scroll up, running ones stay below with their phase."""

    def __init__(self, console: Console, live: Live) -> None:
        self.console = console
        self.live = live
        self.began = time.monotonic()

    def ended(self, outcome: Outcome) -> None:
        from rich.text import Text

        line = Text()
        line.append(f"{outcome.verdict:<12} ", STYLE.get(outcome.verdict, ""))
        line.append(outcome.title)
        line.append(f"  {outcome.wall:.1f} s", "bright_black")
        self.console.print(line)

    def tick(self, progress: Progress) -> None:
        from rich.console import Group

        now = time.monotonic()
        rows = [
            self._running(each.title, each.phase, each.text, now - each.since)
            for each in list(progress.running.values())[:SHOWN]
        ]
        hidden = len(progress.running) - len(rows)
        self.live.update(Group(*rows, self._total(progress, hidden, now)))

    def _running(self, title: str, phase: str, text: str, elapsed: float) -> Text:
        from rich.text import Text

        line = Text(no_wrap=True, overflow="ellipsis")
        line.append("running      ", "cyan")
        line.append(title)
        line.append(f"  {elapsed:.0f} s", "bright_black")
        if phase or text:
            line.append(f"  {phase}{': ' if phase and text else ''}{text}", "bright_black")
        return line

    def _total(self, progress: Progress, hidden: int, now: float) -> Text:
        from rich.text import Text

        done = len(progress.outcomes)
        if progress.expected is None:
            return Text(f"collecting scenarios  {now - self.began:.0f} s", "bright_black")
        bad = sum(not each.green for each in progress.outcomes)
        line = Text(f"{done} of {progress.expected} scenarios", "bold")
        if bad:
            line.append(f", {bad} not green", "bold red")
        if hidden > 0:
            line.append(f", {hidden} more running")
        seed = "" if progress.seed is None else f", seed {progress.seed}"
        line.append(f"  {progress.backend}{seed}", "bright_black")
        if done == progress.expected:
            line.append("  writing the reports", "bright_black")
        line.append(f"  {now - self.began:.0f} s", "bright_black")
        return line
