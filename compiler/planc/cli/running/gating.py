"""The end of a run with gates: judge them, print them, put them into the summaries."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from planc.cli.errors import UsageError
from planc.cli.project import Compiled, Project
from planc.cli.running import gate_files
from planc.cli.running.events import Outcome
from planc.cli.running.gates import Gate, Measured, State, judge, status
from planc.cli.running.weakening import weakened

if TYPE_CHECKING:
    from rich.console import Console

    from planc.config.schema import Gates

STYLE = {State.PASSED: "green", State.FAILED: "bold red", State.UNKNOWN: "yellow"}
_DETAILS = 8


def pass_gates(
    project: Project,
    wanted: Gates,
    rows: Sequence[str] | None,
    profile: str | None,
    compiled: Compiled,
    outcomes: Sequence[Outcome],
    reports: Path,
    console: Console,
    otherwise: int,
) -> int:
    """Return the exit status of a run that is held to gates; `otherwise` is it without them.

    `rows` are those of the project's catalogue.
    """
    measured = Measured(
        outcomes,
        compiled,
        reports,
        catalogue=rows,
        weakening=lambda ref: weakened(project.root, ref),
    )
    gates = judge(wanted, measured)
    if gates:
        show(console, profile, gates)
        trouble = gate_files.add(reports, profile, gates)
        if trouble:
            print(f"warning: the gates are not in the reports: {trouble}", file=sys.stderr)
    return status(wanted, gates, outcomes, otherwise)


def show(console: Console, profile: str | None, gates: Sequence[Gate]) -> None:
    from rich.text import Text

    console.print()
    console.print(f"gates{f' of profile {profile}' if profile else ''}", style="bold")
    name = max(len(gate.name) for gate in gates)
    for gate in gates:
        line = Text(f"  {gate.state:<11}", STYLE[gate.state])
        line.append(f"{gate.name:<{name}}  {gate.measured}; wanted {gate.wanted}", "default")
        console.print(line, soft_wrap=True)
        for each in gate.details[:_DETAILS]:
            console.print(Text(f"    {each}"), soft_wrap=True)
        if len(gate.details) > _DETAILS:
            console.print(f"    and {len(gate.details) - _DETAILS} more")


def catalogue(project: Project) -> list[str] | None:
    """Return the rows of the project's catalogue; None where planc.yaml names none."""
    name = project.config.catalogue
    if name is None:
        return None
    try:
        text = (project.root / name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise UsageError(
            f"planc.yaml: `catalogue`: {name} cannot be read: {reason}",
            "name a file below the project's root that lists the rows",
        ) from error
    return rows_in(text, name)


def rows_in(text: str, name: str) -> list[str]:
    """Return the ids of a catalogue: the keys or items of every `rows`, or a plain list of them."""
    import yaml

    try:
        found = list(dict.fromkeys(_rows(yaml.safe_load(text), inside=True)))
    except yaml.YAMLError as error:
        raise UsageError(f"{name} is not YAML: {getattr(error, 'problem', error)}") from error
    if not found:
        raise UsageError(
            f"{name} lists no row", "write a list of ids, or ids with a sentence each below `rows:`"
        )
    return found


_ID = re.compile(r"[\w.-]+")


def _rows(data: object, *, inside: bool = False) -> list[str]:
    if isinstance(data, list):
        return [each for each in data if isinstance(each, str) and _ID.fullmatch(each)]
    if not isinstance(data, dict):
        return []
    rows = data.get("rows")
    if rows is not None:
        return [str(each) for each in rows]
    return [row for value in data.values() if isinstance(value, dict) for row in _rows(value)]
