"""One run, told five times: page, Markdown, JSON, JUnit and the last line say the same."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree, html
from tests.runtime.report.conftest import summary

from planc_runtime.history.summary import ScenarioVerdict
from planc_runtime.report import assemble, markdown
from planc_runtime.report.text import totals

Leave = Callable[..., Path]

JUNIT = {
    ScenarioVerdict.PASSED: ("", ""),
    ScenarioVerdict.SKIPPED: ("skipped", ""),
    ScenarioVerdict.FAILED: ("failure", "failed"),
    ScenarioVerdict.INCONCLUSIVE: ("failure", "inconclusive"),
    ScenarioVerdict.ERROR: ("error", "error"),
    ScenarioVerdict.INTERRUPTED: ("error", "interrupted"),
}
SOME = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@SOME
@given(st.lists(st.sampled_from(list(ScenarioVerdict)), min_size=1, max_size=6))
def test_every_telling_gives_every_scenario_its_verdict(
    tmp_path_factory: object, verdicts: list[ScenarioVerdict]
) -> None:
    reports = tmp_path_factory.mktemp("reports")  # type: ignore[attr-defined]
    for number, verdict in enumerate(verdicts):
        folder = reports / f"consensus/first/scenarios/test_{number}"
        folder.mkdir(parents=True)
        summary(test=f"test_{number}", title=f"scenario {number}", verdict=verdict).write(folder)
    assembled = assemble(reports)
    told = {f"scenario {number}": verdict for number, verdict in enumerate(verdicts)}
    plan = reports / "consensus/first"
    assert of_json(plan / "summary.json") == told
    assert of_junit(plan / "junit.xml") == {name: JUNIT[verdict] for name, verdict in told.items()}
    assert of_page(plan / "index.html") == told
    assert of_markdown(reports / "summary.md") == told
    counts = Counter(verdicts)
    assert json.loads((reports / "summary.json").read_text())["counts"] == counts
    for verdict, count in counts.items():
        assert f"{count} {verdict}" in totals(assembled.run)


def of_json(path: Path) -> dict[str, str]:
    return {each["title"]: each["verdict"] for each in json.loads(path.read_text())["scenarios"]}


def of_junit(path: Path) -> dict[str, tuple[str, str]]:
    found = {}
    for case in etree.parse(str(path)).iter("testcase"):
        outcome = [child for child in case if child.tag in ("failure", "error", "skipped")]
        first = outcome[0] if outcome else None
        found[case.get("name")] = ("", "") if first is None else (first.tag, first.get("type", ""))
    return {str(name): ("skipped", "") if o[0] == "skipped" else o for name, o in found.items()}


def of_page(path: Path) -> dict[str, str]:
    details = html.parse(str(path)).xpath("//details[contains(@class, 'scenario ')]")
    return {
        " ".join(each.xpath("string(summary/h2)").split()): each.get("class").split()[-1]
        for each in details
    }


def of_markdown(path: Path) -> dict[str, str]:
    rows = [line.split(" | ") for line in path.read_text().splitlines() if line.startswith("| ")]
    signs = {sign: verdict for verdict, sign in markdown.SIGN.items()}
    return {row[1]: signs[row[0].split()[1]] for row in rows if row[1].startswith("scenario ")}
