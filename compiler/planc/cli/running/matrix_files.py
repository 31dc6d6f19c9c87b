"""The matrix in files: JUnit for build servers, Markdown for their pages, JSON for the rest."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import asdict
from pathlib import Path
from typing import Any

from planc.cli.running.matrix import HEALTHY, Cell, Matrix, Row
from planc.files import write_whole

NOT_XML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&])")


def write(matrix: Matrix, folder: Path) -> list[Path]:
    """Write matrix.json, matrix.md and junit.xml; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        folder / "matrix.json": json.dumps(as_json(matrix), indent=2) + "\n",
        folder / "matrix.md": as_markdown(matrix),
        folder / "junit.xml": as_junit(matrix),
    }
    for path, text in texts.items():
        write_whole(path, text, errors="replace")
    return list(texts)


def as_json(matrix: Matrix) -> dict[str, Any]:
    return {
        "bugs": list(matrix.bugs),
        "findings": matrix.findings,
        "remarks": matrix.remarks,
        "scenarios": [
            {
                "plan": row.plan,
                "line": row.line,
                "title": row.title,
                "healthy": row.healthy_verdict,
                "bugs": {bug: row.cell(bug).value for bug in row.claims},
                "caught_by": {
                    bug: [asdict(catch) for catch in catches]
                    for bug in row.claims
                    if (catches := row.caught_by(bug))
                },
            }
            for row in matrix.rows
        ],
    }


def as_junit(matrix: Matrix) -> str:
    """Return one suite per plan, one case per scenario and bug, one for the healthy run."""
    root = ET.Element("testsuites")
    for plan in dict.fromkeys(row.plan for row in matrix.rows):
        cases = [
            (row, bug) for row in matrix.rows if row.plan == plan for bug in (HEALTHY, *row.claims)
        ]
        _suite(root, plan, cases)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(root: ET.Element, plan: str, cases: list[tuple[Row, str]]) -> None:
    suite = ET.SubElement(root, "testsuite", name=_clean(f"mutate {plan}"))
    failures = skipped = 0
    for row, bug in cases:
        name = f"{row.title}: catches {bug}" if bug else f"{row.title}: healthy"
        case = ET.SubElement(suite, "testcase", name=_clean(name), classname=_clean(plan))
        result = row.cell(bug).value if bug else row.healthy_verdict
        if result == Cell.SKIPPED or row.skipped:
            skipped += 1
            ET.SubElement(case, "skipped", message="the backend can't run this scenario")
        elif result not in (Cell.CAUGHT, "passed"):
            failures += 1
            message = _clean(f"{row.line}: {result}")
            ET.SubElement(case, "failure", type=_clean(result), message=message)
        if catches := row.caught_by(bug):
            said = [
                f"{each.concern}: {each.line}: {each.text}: {each.measured}" for each in catches
            ]
            ET.SubElement(case, "system-out").text = _clean("\n".join(said))
    counts = {"tests": len(cases), "failures": failures, "errors": 0, "skipped": skipped}
    suite.attrib.update({name: str(number) for name, number in counts.items()})


def as_markdown(matrix: Matrix) -> str:
    """Return a table with a line per scenario and bug, and below it what is to be looked at."""
    lines = ["| scenario | planted bug | | caught by |", "| --- | --- | --- | --- |"]
    for row in matrix.rows:
        for bug in (HEALTHY, *row.claims):
            name = f"`{bug}`" if bug else "*none*"
            result = row.cell(bug).value if bug else row.healthy_verdict
            where = escape(f"{row.line}  {row.title}")
            lines.append(f"| {where} | {name} | {result} | {_caught_by(row, bug)} |")
    for title, sentences in (("Findings", matrix.findings), ("Notes", matrix.remarks)):
        if sentences:
            lines += ["", f"## {title}", *(f"- {escape(sentence)}" for sentence in sentences)]
    return "\n".join([*lines, ""])


def _caught_by(row: Row, bug: str) -> str:
    return "<br>".join(
        escape(f"{each.line}: {each.text}") + ("" if each.is_safety else f" *({each.concern})*")
        for each in row.caught_by(bug)
    )


def escape(text: str) -> str:
    """Return text that Markdown shows as it is, on one line, also in a table."""
    return MARKUP.sub(r"\\\1", " ".join(_clean(text).split()))


def _clean(text: str) -> str:
    return NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
