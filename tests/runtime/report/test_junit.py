"""junit.xml as build servers read it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from planc_runtime.history.summary import ScenarioSummary, ScenarioVerdict
from planc_runtime.report import assemble, junit
from planc_runtime.report.model import PlanReport, ScenarioReport

Leave = Callable[..., Path]
SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).with_name("junit.xsd")))


def parse(text: str) -> etree._Element:
    root = etree.fromstring(text.encode())
    SCHEMA.assertValid(root)
    return root


def plan_of(*summaries: ScenarioSummary) -> PlanReport:
    scenarios = tuple(ScenarioReport(each, Path("x/scenarios") / each.test) for each in summaries)
    return PlanReport("x", Path("x"), scenarios)


def one(verdict: ScenarioVerdict, **fields: object) -> ScenarioSummary:
    known = {"plan": "x", "source": "plans/x.plan", "title": "t", "test": "test_t"}
    return ScenarioSummary.model_validate(known | {"verdict": verdict} | fields)


@pytest.mark.parametrize("verdict", list(ScenarioVerdict))
def test_every_verdict_is_valid_and_only_good_ones_are_green(verdict: ScenarioVerdict) -> None:
    root = parse(junit.render(plan_of(one(verdict))))
    bad = int(root.get("failures", "")) + int(root.get("errors", ""))
    assert bad == (verdict not in {ScenarioVerdict.PASSED, ScenarioVerdict.SKIPPED})


def test_inconclusive_is_a_failure_of_its_own_type() -> None:
    root = parse(junit.render(plan_of(one(ScenarioVerdict.INCONCLUSIVE, because="a fault missed"))))
    [failure] = root.iter("failure")
    assert failure.get("type") == "inconclusive"
    assert failure.get("message") == "a fault missed"


def test_a_file_of_the_run_names_line_seed_backend_owner_severity_covers(
    leave: Leave, reports: Path
) -> None:
    leave()
    assemble(reports)
    root = parse((reports / "consensus/first/junit.xml").read_text())
    properties = {each.get("name"): each.get("value") for each in root.iter("property")}
    assert properties["test_kept.line"] == "first.plan:22"
    assert properties["seed"] == "7"
    assert properties["backend"] == "sim"
    assert properties["owner"] == "storage team"
    assert properties["severity"] == "critical"
    assert properties["covers"] == "con-failover, con-linear"


def test_the_plan_line_comes_first_in_a_failure(leave: Leave, reports: Path) -> None:
    leave(verdict="failed", because="too slow")
    assemble(reports)
    root = parse((reports / "consensus/first/junit.xml").read_text())
    [failure] = root.iter("failure")
    assert (failure.text or "").startswith("first.plan:22")


@given(text=st.text(st.characters(exclude_categories=[])))
def test_nothing_a_plan_says_breaks_the_file(text: str) -> None:
    summary = one(ScenarioVerdict.FAILED)
    # Past pydantic, which would refuse what can't be written as UTF-8 anyway.
    fields = dict.fromkeys(("title", "because", "owner", "line", "plan_title", "replay"), text)
    summary = summary.model_copy(update=fields)
    parse(junit.render(plan_of(summary)))


def test_very_long_runs_have_plain_times() -> None:
    root = parse(junit.render(plan_of(one(ScenarioVerdict.PASSED, wall=1e-9))))
    parse(junit.render(plan_of(one(ScenarioVerdict.PASSED, wall=1e16))))
    assert root.get("time") == "0.000"
