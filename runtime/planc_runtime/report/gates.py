"""The gates of a run in its reports: pages, summary.json and summary.md.

Gates are judged when everything else is over, by whoever started the run: `planc run` leaves
`gates.json` and has the reports completed. So every page has a place for them that can be filled
without making the page again, and a report that is made again later finds them in the file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field, ValidationError

from planc_runtime.files import write_whole
from planc_runtime.history.summary import Record
from planc_runtime.report.files import reporting
from planc_runtime.report.markdown import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE = "gates.json"
BEGIN, END = "<!-- gates -->", "<!-- end of gates -->"
"""What plans and nodes say is escaped or packed: these cannot stand in it."""
SIGN = {"passed": "✅", "failed": "❌"}
DETAILS = 20
"""Of what a gate failed for, lines in summary.md; all of them are on the index."""


class Gate(Record):
    name: str
    verdict: str
    """"passed", "failed" or "can't tell"."""
    measured: str
    wanted: str
    details: list[str] = Field(default_factory=list)
    """What it failed for, a line each."""

    @property
    def style(self) -> str:
        """Return the verdict of scenarios that looks like this one."""
        return self.verdict if self.verdict in SIGN else "inconclusive"


class Gates(Record):
    profile: str | None = None
    gates: list[Gate] = Field(default_factory=list)

    @property
    def totals(self) -> str:
        """Return the counts in one line, the gravest first: "1 failed, 3 passed"."""
        verdicts = [gate.verdict for gate in self.gates]
        order = sorted(set(verdicts), key=lambda verdict: (verdict == "passed", verdict))
        return ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in order)


def read(reports: Path) -> Gates | None:
    """Return the gates of the run; None where there were none, or the file says nothing."""
    try:
        found = Gates.model_validate_json((reports / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, ValidationError):
        return None
    return found if found.gates else None


def add(reports: Path) -> None:
    """Complete reports that were made before their gates were judged.

    Raises CannotRun when something can't be written; a page that is not there is left alone.
    """
    found = read(reports)
    if found is None:
        return
    with reporting(reports):
        for path, change in _changes(reports, found):
            try:
                text = path.read_text(encoding="utf-8")
            except FileNotFoundError:
                continue
            write_whole(path, change(text))


def _changes(reports: Path, found: Gates) -> Iterator[tuple[Path, Any]]:
    from planc_runtime.report.collect import plan_folders
    from planc_runtime.report.html import gates_card, gates_line

    yield reports / "summary.json", lambda text: in_json(text, found)
    yield reports / "summary.md", lambda text: in_markdown(text, found)
    yield reports / "index.html", lambda text: in_page(text, gates_card(found))
    for folder in plan_folders(reports):
        root = "../" * len(folder.relative_to(reports).parts)
        line = gates_line(found, root)
        yield folder / "index.html", lambda text, line=line: in_page(text, line)


def in_page(text: str, markup: str) -> str:
    """Return a page with its place for gates filled, whatever stood there before."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    return f"{before}{begin}{markup}{end}{after}" if begin and end else text


def in_json(text: str, found: Gates) -> str:
    return json.dumps({**json.loads(text), **found.model_dump()}, indent=2) + "\n"


def in_markdown(text: str, found: Gates) -> str:
    """Return summary.md with the gates below its title."""
    title, _, rest = text.partition("\n")
    rest = re.sub(r"\A\n### Gates\b.*?\n(?=### )", "\n", rest, flags=re.DOTALL)
    return f"{title}\n\n{markdown(found)}{rest}"


def markdown(found: Gates) -> str:
    of = f" of profile {escape(found.profile)}" if found.profile else ""
    lines = [f"### Gates{of}", "", "| | gate | measured | wanted |", "| --- | --- | --- | --- |"]
    for gate in found.gates:
        sign = SIGN.get(gate.verdict, "❔")
        cells = (gate.verdict, gate.name, gate.measured, gate.wanted)
        lines.append(f"| {sign} {' | '.join(escape(cell) for cell in cells)} |")
    for gate in found.gates:
        lines += _details(gate)
    return "\n".join(lines) + "\n"


def _details(gate: Gate) -> Sequence[str]:
    if not gate.details:
        return ()
    left = len(gate.details) - DETAILS
    shown = [f"- {escape(line)}" for line in gate.details[:DETAILS]]
    more = [f"- and {left} more"] if left > 0 else []
    return ["", f"{escape(gate.name)}:", "", *shown, *more]
