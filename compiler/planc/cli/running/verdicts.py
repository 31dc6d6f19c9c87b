"""What stands at the end of a run: the verdicts, the failures with their evidence, the paths."""

from __future__ import annotations

import json
import re
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planc.cli.running.display import STYLE
from planc.cli.running.events import Outcome
from planc.cli.running.flakes import flakes

if TYPE_CHECKING:
    from rich.console import Console

EVIDENCE_LINES = 12
"""More than this stands in the report."""
_WITH_UNIT = re.compile(r"(\d) (?=(?:s|ms|µs|min)\b)")


def show_table(console: Console, outcomes: Sequence[Outcome]) -> None:
    """Print a line for each scenario; why one is not green stands above, in full."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    table.add_column("verdict", no_wrap=True)
    table.add_column("time", justify="right", no_wrap=True)
    for name in ("plan", "scenario"):
        table.add_column(name, overflow="fold")
    for outcome in outcomes:
        title = Text(outcome.title)
        if outcome.verdict == "skipped":
            title.append(f"\n{_first_line(outcome.because)}", "bright_black")
        table.add_row(
            Text(outcome.verdict, STYLE.get(outcome.verdict, "")),
            f"{outcome.wall:.1f} s",
            Text(outcome.plan),
            title,
        )
    console.print(table)


def _first_line(text: str) -> str:
    return text.partition("\n")[0]


def show_flakes(console: Console, outcomes: Sequence[Outcome]) -> None:
    """Print how often each scenario was not green, with Wilson's interval of 95 %."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    table.add_column("scenario", overflow="fold")
    for name in ("runs", "not green", "flake rate", "95 % interval"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in flakes(outcomes):
        low, high = row.interval
        table.add_row(
            Text(f"{row.line}  {row.title}"),
            str(row.runs),
            str(row.failures),
            f"{row.rate:.1%}",
            f"{low:.1%} to {high:.1%}",
        )
    console.print(table)


def show_failures(console: Console, outcomes: Sequence[Outcome], reports: Path) -> None:
    """Print each failure: the plan's lines, measured and wanted, the smallest evidence, replay.

    Lines are broken where the console ends; a command never is, so that it can be copied.
    """
    for outcome in outcomes:
        if outcome.green:
            continue
        style = STYLE.get(outcome.verdict)
        failures = broken(reports / outcome.folder)
        console.print()
        _print(console, f"{outcome.line}  {outcome.title}", 2, "bold")
        said = _beyond(outcome.because, failures)
        _print(console, f"  {outcome.verdict}{': ' if said else ''}{said}", 4, style)
        for failure in failures:
            for line, indent in _lines(failure):
                _print(console, line, indent)
        if outcome.replay:
            console.print(f"  replay: {outcome.replay}", style="cyan", soft_wrap=True)


def broken(folder: Path) -> list[dict[str, Any]]:
    """Return what did not hold, and what was not reached, from the scenario's own summary."""
    try:
        summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    found = [each for each in summary.get("expectations", []) if each.get("result") != "passed"]
    return [*found, *summary.get("not_reached", [])]


def _beyond(because: str, failures: Sequence[dict[str, Any]]) -> str:
    """Return what a reason says beyond the failures that stand below it."""
    first, _, rest = because.partition("\n")
    told = any(first.startswith(f"{f.get('line')}: {f.get('text')}: ") for f in failures)
    return rest if told else because


def _lines(failure: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Yield lines, each with the indent of what goes on below it."""
    head = f"  {failure.get('line')}  {failure.get('text')}"
    if "result" not in failure:
        yield f"{head}  (not reached)", 6
        return
    yield head, 6
    yield f"      measured: {failure.get('measured')}", 16
    if failure.get("wanted"):
        yield f"      wanted:   {failure.get('wanted')}", 16
    evidence = failure.get("evidence", [])
    for line in evidence[:EVIDENCE_LINES]:
        yield f"      {line}", 10
    if len(evidence) > EVIDENCE_LINES:
        yield f"      ... {len(evidence) - EVIDENCE_LINES} more lines are in the report", 10


def _print(console: Console, text: str, indent: int, style: str | None = None) -> None:
    """Print text broken at spaces; a word that is wider than the console stays whole."""
    for line in text.splitlines() or [""]:
        kept = _WITH_UNIT.sub("\\1\N{NO-BREAK SPACE}", line)
        shown = textwrap.fill(
            kept, console.width, subsequent_indent=" " * indent, break_long_words=False,
            break_on_hyphens=False, drop_whitespace=True, replace_whitespace=False,
        )  # fmt: skip
        shown = shown.replace("\N{NO-BREAK SPACE}", " ")
        console.print(shown, style=style, soft_wrap=True)


def totals(outcomes: Sequence[Outcome]) -> str:
    counts = Counter(outcome.verdict for outcome in outcomes)
    return ", ".join(f"{number} {verdict}" for verdict, number in sorted(counts.items()))


def seeds(outcomes: Sequence[Outcome]) -> str:
    """Return "seed 7", or from which to which they go."""
    known = sorted({outcome.seed for outcome in outcomes})
    if not known:
        return "no seed"
    return f"seed {known[0]}" if len(known) == 1 else f"seeds {known[0]} to {known[-1]}"


def left_behind(reports: Path, plans: Sequence[str]) -> list[Outcome]:
    """Read the outcomes of a run that was killed from the reports that were made of it since."""
    try:
        run = json.loads((reports / "summary.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [
        Outcome(
            id=row["test"],
            plan=plan["plan"],
            title=row["title"],
            line=row["line"],
            verdict=row["verdict"],
            because=row["because"],
            wall=row["wall"],
            folder=row["folder"],
            replay=row["replay"],
            seed=row["seed"],
        )
        for plan in run.get("plans", [])
        if plan["plan"] in plans
        for row in plan["scenarios"]
    ]
