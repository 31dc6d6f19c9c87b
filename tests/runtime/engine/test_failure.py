"""What a user reads of a scenario that is not green: the plan's line comes first, always."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planc_runtime.engine.folder import file_name
from planc_runtime.engine.verdicts.failure import headline, render
from planc_runtime.history.summary import (
    ExpectationSummary,
    FaultSummary,
    ScenarioSummary,
    ScenarioVerdict,
    StatementSummary,
)
from planc_runtime.history.verdict import Result
from planc_runtime.protocols.evidence import Hold


def summary(verdict: str, because: str, **fields: object) -> ScenarioSummary:
    return ScenarioSummary(
        plan="demo/tiny",
        source="plans/demo/tiny.plan",
        title="it",
        test="test_it",
        line="tiny.plan:10",
        backend="sim",
        seed=7,
        verdict=ScenarioVerdict(verdict),
        because=because,
        replay="planc run plans/demo/tiny.plan --on sim --seed 7 -k test_it",
        **fields,  # type: ignore[arg-type]
    )


def expectation(result: Result, line: str = "tiny.plan:12") -> ExpectationSummary:
    return ExpectationSummary(
        line=line, text="expect a", result=result, measured="b", wanted="c", evidence=["d\ne"]
    )


def test_a_failed_expectation_with_all_that_belongs_to_it() -> None:
    unknown = expectation(Result.INCONCLUSIVE, "tiny.plan:11")
    text = render(
        summary(
            "failed",
            "tiny.plan:12: expect a: b (and 1 more)\nnode n1 ended by itself",
            expectations=[unknown, expectation(Result.FAILED), expectation(Result.PASSED)],
            faults=[FaultSummary(name="f", line="tiny.plan:13", start=0, hold=Hold.SKIPPED)],
            not_reached=[StatementSummary(line="tiny.plan:20", text="mark")],
        )
    )
    assert text.splitlines() == [
        "tiny.plan:12: expect a",
        "    measured: b",
        "    wanted:   c",
        "    evidence:",
        "        d",
        "        e",
        "tiny.plan:11: expect a [inconclusive]",
        "    measured: b",
        "    wanted:   c",
        "    evidence:",
        "        d",
        "        e",
        "node n1 ended by itself",
        "not reached: tiny.plan:20: mark",
        "fault skipped: tiny.plan:13: f: ",
        "",
        "scenario: it (tiny.plan:10)",
        "seed 7 on sim; again with:",
        "    planc run plans/demo/tiny.plan --on sim --seed 7 -k test_it",
    ]


@pytest.mark.parametrize("verdict", ["error", "inconclusive", "failed", "interrupted"])
def test_without_an_expectation_the_scenarios_own_line_is_first(verdict: str) -> None:
    found = summary(verdict, "node n1 was not ready within 5 s\nits log is here")
    assert render(found).startswith("tiny.plan:10: node n1 was not ready within 5 s\nits log")
    assert headline(found).startswith("tiny.plan:10: node n1")
    doubt = summary(verdict, "tiny.plan:13: `f` was skipped: nobody")
    assert render(doubt).startswith("tiny.plan:13: `f` was skipped: nobody\n")


names = st.text("ab[]-+/.", min_size=1) | st.text(min_size=1)


@given(names, names)
def test_folders_have_plain_names_that_differ_where_tests_do(a: str, b: str) -> None:
    one, other = file_name(a), file_name(b)
    assert set(one) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.+-")
    assert 0 < len(one) < 120
    assert not one.startswith(".")
    assert (one == other) == (a == b)


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("test_it", "test_it"),
        ("test_it[admin-200]", "test_it-admin-200"),
        ("test_it[3]+plant-stale_read", "test_it-3+plant-stale_read"),
    ],
)
def test_simple_names_stay_what_they_are(name: str, folder: str) -> None:
    assert file_name(name) == folder
