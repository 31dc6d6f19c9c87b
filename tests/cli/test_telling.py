"""One real run, told five ways: terminal, JSON, Markdown, JUnit and page say the same of it."""

from __future__ import annotations

import json
from pathlib import Path

from lxml import etree, html
from tests.cli.conftest import Planc

PLAN = """plan "Everything can happen" {
}

scenario "this is so" {
  let one = 1
  expect one == 1
}

scenario "this | is *not* <so>" {
  let one = 1
  expect one == 2
  expect one == 3
}

scenario "this runs elsewhere" {
  skip on sim "it needs real disks"
  wait 1ms
}
"""
TITLES = ["this is so", "this | is *not* <so>", "this runs elsewhere"]


def test_five_tellings_of_one_run(project: Path, planc: Planc) -> None:
    (project / "plans/small.plan").write_text(PLAN)
    done = planc("run")
    reports = project / "reports"
    told = of_json(reports)
    assert told == dict(zip(TITLES, ["passed", "failed", "skipped"], strict=True))
    assert of_terminal(done.out) == told
    assert of_markdown(reports) == told
    assert of_junit(reports) == told
    assert of_page(reports) == told
    for name in ("summary.md", "small/junit.xml", "small/index.html"):
        text = (reports / name).read_text()
        assert text.count("one was 1") >= 2, name
        assert "it needs real disks" in text
    assert done.out.count("one was 1") == 2
    assert "it needs real disks" in done.out
    assert "1 failed, 1 passed, 1 skipped" in done.out


def of_json(reports: Path) -> dict[str, str]:
    [plan] = json.loads((reports / "summary.json").read_text())["plans"]
    return {each["title"]: each["verdict"] for each in plan["scenarios"]}


def of_terminal(out: str) -> dict[str, str]:
    rows = [line.split(maxsplit=4) for line in out.partition("verdict ")[2].splitlines()[1:]]
    rows = [row for row in rows if len(row) == 5 and row[3] == "small"]
    return {row[4].strip(): row[0] for row in rows}


def of_markdown(reports: Path) -> dict[str, str]:
    lines = (reports / "summary.md").read_text().splitlines()
    rows = [line for line in lines if line.startswith("| ") and "sim, 0" in line]
    plain = [row.replace("\\", "").replace("|", "¦").split(" ¦ ") for row in rows]
    return {" ¦ ".join(row[1:-3]).replace("¦", "|"): row[0].split()[-1] for row in plain}


def of_junit(reports: Path) -> dict[str, str]:
    found = {}
    for case in etree.parse(str(reports / "small/junit.xml")).iter("testcase"):
        inside = [child for child in case if child.tag in ("failure", "error", "skipped")]
        kind = inside[0].get("type") or inside[0].tag if inside else "passed"
        found[str(case.get("name"))] = "skipped" if kind == "skipped" else str(kind)
    return found


def of_page(reports: Path) -> dict[str, str]:
    details = html.parse(str(reports / "small/index.html")).xpath(
        "//details[contains(@class, 'scenario ')]"
    )
    return {
        " ".join(each.xpath("string(summary/h2)").split()): each.get("class").split()[-1]
        for each in details
    }
