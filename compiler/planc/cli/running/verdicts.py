"""What stands at the end of a run: the verdicts, the failures with their evidence, the paths."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planc.cli.running.display import STYLE
from planc.cli.running.events import Outcome
from planc.cli.running.flakes import flakes

if TYPE_CHECKING:
    from rich.console import Console

EVIDENCE_LINES = 12
"""More than this stands in the report."""


def show_table(console: Console, outcomes: Sequence[Outcome]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for name in ("plan", "scenario", "verdict", "because"):
        table.add_column(name, overflow="fold")
    table.add_column("time", justify="right", no_wrap=True)
    for outcome in outcomes:
        table.add_row(
            Text(outcome.plan),
            Text(outcome.title),
            Text(outcome.verdict, STYLE.get(outcome.verdict, "")),
            Text("" if outcome.verdict == "passed" else outcome.because.partition("\n")[0]),
            f"{outcome.wall:.1f} s",
        )
    console.print(table)


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
    """Print each failure: the plan's lines, measured and wanted, the smallest evidence, replay."""
    for outcome in outcomes:
        if not outcome.green:
            console.print()
            console.print(f"{outcome.line}  {outcome.title}", style="bold")
            console.print(
                f"  {outcome.verdict}: {outcome.because}", style=STYLE.get(outcome.verdict)
            )
            for line in details(reports / outcome.folder):
                console.print(f"  {line}", soft_wrap=True)
            if outcome.replay:
                console.print(f"  replay: {outcome.replay}", style="cyan", soft_wrap=True)


def details(folder: Path) -> list[str]:
    """Return the expectations that did not hold, from the scenario's own summary."""
    try:
        summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    lines: list[str] = []
    for expectation in summary.get("expectations", []):
        if expectation.get("result") != "passed":
            lines += _expectation(expectation)
    lines += [
        f"{s.get('line')}  {s.get('text')}  (not reached)" for s in summary.get("not_reached", [])
    ]
    return lines


def _expectation(expectation: dict[str, Any]) -> list[str]:
    lines = [f"{expectation.get('line')}  {expectation.get('text')}"]
    lines.append(f"    measured: {expectation.get('measured')}")
    if expectation.get("wanted"):
        lines.append(f"    wanted:   {expectation.get('wanted')}")
    evidence = expectation.get("evidence", [])
    lines += [f"    {line}" for line in evidence[:EVIDENCE_LINES]]
    if len(evidence) > EVIDENCE_LINES:
        lines.append(f"    ... {len(evidence) - EVIDENCE_LINES} more lines are in the report")
    return lines


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
