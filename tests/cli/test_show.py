"""`planc show` and `planc explain PLAN` as a user calls them."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Planc


def test_a_plan_is_drawn(project: Path, planc: Planc) -> None:
    done = planc("show", "plans/small.plan")

    assert done.status == 0
    assert '"this is so"' in done.out


def test_one_scenario_is_drawn(project: Path, planc: Planc) -> None:
    done = planc("show", "--scenario", "this is so", "--format", "mermaid")

    assert done.out.count("```mermaid") == 1
    assert "a moment passes" not in done.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["show", "--scenario", "this is sso"], "did you mean `this is so`?"),
        (["show", "--format", "png"], "there is no format `png`"),
        (["show", "plans/smal.plan"], "did you mean `plans/small.plan`?"),
        (["explain", "plans/smal.plan"], "did you mean `plans/small.plan`?"),
        (["explain", "PLC01001"], "there is no diagnostic"),
    ],
)
def test_what_cannot_be_is_said(
    project: Path, planc: Planc, arguments: list[str], message: str
) -> None:
    done = planc(*arguments)

    assert (done.status, done.out) == (2, "")
    assert message in done.err


@pytest.mark.parametrize("verb", ["show", "explain"])
def test_a_broken_plan_is_said_to_be(project: Path, planc: Planc, verb: str) -> None:
    path = project / "plans/small.plan"
    path.write_text(path.read_text().replace("wait 10ms", "wait 10"))

    done = planc(verb, "plans/small.plan")
    assert (done.status, done.out) == (1, "")
    assert "error[PLC0301]" in done.err


def test_a_plan_is_told(project: Path, planc: Planc) -> None:
    done = planc("explain", "plans/small.plan")

    assert done.status == 0
    assert "# Small things happen" in done.out
    assert "Wait 10ms. This covers con-lifecycle." in done.out


def test_a_library_is_not_told(project: Path, planc: Planc) -> None:
    (project / "plans/lib.plan").write_text('library "lib"\n\nlet a = 1\n')

    assert "is a library" in planc("explain", "plans/lib.plan").err


def test_a_code_is_still_explained(project: Path, planc: Planc) -> None:
    assert "weaker-plan" in planc("explain", "PLC0801").out
