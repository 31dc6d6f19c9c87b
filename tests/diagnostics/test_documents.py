"""Diagnostics for code scanning and code quality, held to the schemas of those who read them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.schemas import require_gitlab, require_sarif

from planc.diagnostics import Diagnostic, Diagnostics, Edit, Related, Severity
from planc.diagnostics.render import render
from planc.pipeline import check
from planc.source import Span
from planc.source.load import from_text
from planc_grammar.mistakes import load_mistakes

SOURCE = from_text('plan "x"\nscenario "größe" {\n  wait 5\n  wait 5\n}\n', "ordner/a b.plan")
FIRST = SOURCE.text.index("5\n")
SECOND = SOURCE.text.rindex("5\n")
FOUND = Diagnostics(
    Diagnostic(
        "PLC0301",
        "`5` is a plain number",
        SOURCE.span(at, at + 1),
        help="did you mean `5s`?",
        notes=("a wait takes time",),
        related=(Related(SOURCE.span(0, 4), "in this plan"),),
        fix=(Edit(SOURCE.span(at, at + 1), "5s"),),
        severity=severity,
    )
    for at, severity in ((FIRST, Severity.ERROR), (SECOND, Severity.WARNING))
)


def shown(output_format: str, found: Diagnostics = FOUND) -> str:
    return render(found, {SOURCE.path: SOURCE}, output_format)


def test_sarif_says_where_and_what_instead() -> None:
    (run,) = require_sarif(shown("sarif"))["runs"]

    first, second = run["results"]
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "ordner/a%20b.plan", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 3, "startColumn": 8, "endLine": 3, "endColumn": 9}
    assert run["columnKind"] == "unicodeCodePoints"
    assert (first["level"], second["level"]) == ("error", "warning")
    (change,) = first["fixes"][0]["artifactChanges"]
    assert change["replacements"][0]["insertedContent"] == {"text": "5s"}
    assert first["relatedLocations"][0]["message"] == {"text": "in this plan"}
    assert run["tool"]["driver"]["rules"][first["ruleIndex"]]["id"] == "PLC0301"


def test_gitlab_says_where_and_how_bad() -> None:
    first, second = require_gitlab(shown("gitlab"))

    assert first["location"] == {"path": "ordner/a b.plan", "lines": {"begin": 3, "end": 3}}
    assert (first["severity"], second["severity"]) == ("critical", "minor")
    assert first["description"] == "`5` is a plain number (did you mean `5s`?)"


@pytest.mark.parametrize("output_format", ["gitlab", "sarif"])
def test_a_finding_is_known_again_when_lines_above_it_come(output_format: str) -> None:
    moved = from_text("# new\n" + SOURCE.text, SOURCE.path)
    later = Diagnostics(
        Diagnostic(each.code, each.message, moved.span(each.span.start + 6, each.span.end + 6))
        for each in FOUND
    )

    before = known(output_format, shown(output_format))
    after = known(output_format, render(later, {moved.path: moved}, output_format))
    assert before == after


def known(output_format: str, text: str) -> list[str]:
    if output_format == "gitlab":
        return [each["fingerprint"] for each in require_gitlab(text)]
    (run,) = require_sarif(text)["runs"]
    return [each["partialFingerprints"]["plancFinding/v1"] for each in run["results"]]


def test_a_code_that_is_in_no_table_is_still_a_rule() -> None:
    odd = Diagnostics([Diagnostic("X1", "odd", Span("a.plan", 0, 0, 1, 1, 1, 1))])

    (run,) = require_sarif(shown("sarif", odd))["runs"]
    assert run["tool"]["driver"]["rules"] == [{"id": "X1"}]


@pytest.mark.parametrize("name", ["names", "types", "declarations", "scenarios"])
def test_every_mistake_there_is_can_be_told(name: str, tmp_path: Path) -> None:
    for number, mistake in enumerate(load_mistakes(name)):
        for path, text in {**mistake.other, f"example{number}.plan": mistake.plan}.items():
            (tmp_path / path).write_text(text)
    found = check([tmp_path], root=tmp_path, cache=False).diagnostics
    assert len(found) > 10

    (run,) = require_sarif(render(found, {}, "sarif"))["runs"]
    assert len(run["results"]) == len(found) == len(require_gitlab(render(found, {}, "gitlab")))
