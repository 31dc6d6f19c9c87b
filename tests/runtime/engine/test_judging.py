"""Measures, windows, weaknesses, baselines, and the doubts that keep a verdict from being green."""

from __future__ import annotations

from typing import Any

import pytest

from planc_runtime.engine.verdicts.doubts import doubts, lag_p99
from planc_runtime.history.summary import ExpectationSummary, ScenarioVerdict
from planc_runtime.history.verdict import Concern, Result
from planc_runtime.workloads import Load

RUN = """
async with s.run(load, seconds=12.0) as run:
    run.at(4.0, planc.slow(planc.links_of(planc.node(store, "n1")), 0.05, seconds=2.0))
    run.at(1.0, planc.do_mark("a"))
    run.at(3.0, planc.do_mark("b"))
"""


def judged(play: Any, *expectations: str) -> dict[str, Any]:
    body = RUN + "".join(f"await s.expect({text})\n" for text in expectations)
    return dict(zip(expectations, play(body).expectations, strict=True))


def test_measures_are_compared_in_their_windows(play: Any) -> None:
    wanted = {
        'planc.latency("p99", window=planc.outside_faults()) < 0.01': "passed",
        'planc.latency("p99", window=planc.during_faults()) > 0.05': "passed",
        'planc.latency("max", of="read") < 0.01': "failed",
        '0.01 > planc.latency("max", of="read")': "failed",
        "planc.availability() == 1.0": "passed",
        "planc.throughput() > 49.0": "passed",
        "planc.near(planc.throughput(), 50.0, 0.05)": "passed",
        "planc.near(planc.throughput(), 100.0, 0.05)": "failed",
        'planc.error_rate(window=planc.between_marks("a", "b")) <= 0.0': "passed",
        'planc.error_rate(window=planc.between_marks("a", "z")) <= 0.0': "inconclusive",
        "planc.recovery() < 1.0": "passed",
        'planc.not_slower_than_baseline(planc.latency("mean", window=planc.after_heal()), 0.2)': (
            "passed"
        ),
        'planc.not_slower_than_baseline(planc.latency("p90", window=planc.during_faults()))': (
            "failed"
        ),
        'planc.negate(planc.latency("max") < 0.01)': "passed",
        'planc.both(planc.latency("max") < 0.01, planc.availability() > 0.5)': "failed",
        'planc.either(planc.latency("max") < 0.01, planc.availability() > 0.5)': "passed",
        'planc.latency("p99.99") < 1.0': "inconclusive",
    }
    found = judged(play, *wanted)
    assert {text: verdict.result.value for text, verdict in found.items()} == wanted


def test_a_part_of_the_run_that_there_is_not_proves_nothing(play: Any) -> None:
    lines = 'planc.no_log_line_matches("panic", window=planc.{}())'
    wanted = {
        lines.format("during_faults"): "inconclusive",
        lines.format("after_heal"): "inconclusive",
        lines.format("before_faults"): "passed",
        "planc.availability(window=planc.after_heal()) == 1.0": "inconclusive",
        "planc.availability(window=planc.during_faults()) == 1.0": "inconclusive",
        "planc.recovery() < 1.0": "inconclusive",
    }
    body = "async with s.run(load, seconds=2.0):\n    pass\n"
    body += "".join(f"await s.expect({text})\n" for text in wanted)
    found = [verdict.result.value for verdict in play(body).expectations]
    assert found == list(wanted.values())


def test_a_failed_measure_says_what_was_measured_and_wanted(play: Any) -> None:
    text = 'planc.latency("max", of="read") < 0.01'
    verdict = judged(play, text)[text]
    assert verdict.measured.startswith("max latency of read was ")
    assert verdict.measured.endswith(" ms")
    assert verdict.wanted == "< 10 ms"
    assert verdict.evidence
    assert verdict.data["unit"] == "s"


def test_a_known_weakness_must_show(play: Any) -> None:
    body = """
async with s.run(load, seconds=4.0) as run:
    run.at(2.0, planc.crash(planc.leader(store), seconds=0.2))
await s.expect(planc.history().is_not("linearizable"))
"""
    assert play(body).expectations[0].result.value == "failed"
    planted = play(body, {"plant": "forgets"})
    assert planted.expectations[0].result.value == "passed"
    assert planted.expectations[0].evidence


def test_a_write_that_was_lost_for_good_is_found_by_the_final_reads(project: Any) -> None:
    path = project.scenario(
        """
        async with s.run(load, seconds=1.0) as run:
            run.always(True)
        await s.do(planc.crash(planc.all_of(store), seconds=0.2))
        await s.expect(planc.{}())
        """.format("{}")
    )
    text = path.read_text()
    results = {}
    for expectation in ("no_acknowledged_write_is_lost", "some_acknowledged_write_is_lost"):
        for plant in (None, "forgets"):
            path.write_text(text.replace("planc.{}()", f"planc.{expectation}()"))
            summary = project.run(path, plant=plant)
            results[expectation.split("_")[0], plant] = summary.expectations[-1].result.value
    assert results == {
        ("no", None): "passed",
        ("no", "forgets"): "failed",
        ("some", None): "failed",
        ("some", "forgets"): "passed",
    }


def test_could_not_read_is_not_lost(play: Any) -> None:
    summary = play(
        """
        async with s.run(load, seconds=1.0) as run:
            run.always(True)
        await s.do(planc.crash(planc.all_of(store)))
        await s.expect(planc.no_acknowledged_write_is_lost())
        """
    )
    assert summary.verdict is ScenarioVerdict.INCONCLUSIVE
    assert "did not serve again within 15 s" in summary.because


def test_a_cluster_that_takes_numbers_only_serves(project: Any) -> None:
    tiny = project.plans / "systems" / "tiny.py"
    typed = tiny.read_text().replace(
        'case ["PUT", "kv", key]:', 'case ["PUT", "kv", key] if body.isdigit():'
    )
    assert typed != tiny.read_text()
    tiny.write_text(typed)
    path = project.scenario(
        """
        async with s.run(load, seconds=1.0) as run:
            run.always(True)
        await s.expect(planc.no_acknowledged_write_is_lost())
        """
    )

    assert project.run(path).verdict is ScenarioVerdict.PASSED


def test_an_exploration_that_did_not_happen_proves_nothing(play: Any) -> None:
    summary = play("await s.expect(planc.every_illegal_transition_is_refused())")
    assert summary.expectations[0].result.value == "inconclusive"


def test_a_fault_under_load_without_an_operation_is_a_doubt(play: Any, project: Any) -> None:
    path = project.scenario(
        """
        async with s.run(load, seconds=9.0) as run:
            run.at(5.0, planc.pause(planc.node(store, "n2"), seconds=0.1))
        """
    )
    path.write_text(path.read_text().replace("rate=50.0", "rate=0.15"))
    summary = project.run(path)
    assert summary.verdict is ScenarioVerdict.INCONCLUSIVE
    assert "no operation was attempted during `pause n2" in summary.because


@pytest.mark.parametrize(
    ("late", "concern", "doubtful"),
    [
        (0.001, Concern.SERVICE, False),
        (0.5, Concern.SERVICE, True),
        (0.5, Concern.SAFETY, False),
        (1.5, Concern.SAFETY, True),
    ],
)
def test_a_generator_that_fell_behind_is_a_doubt(
    late: float, concern: Concern, doubtful: bool
) -> None:
    """Sooner where it is judged how well the system serves than where only guarantees are."""

    class Bare:
        class summary:
            expectations = (
                ExpectationSummary(line="", text="", result=Result.PASSED, concern=concern),
            )

        history: tuple[Any, ...] = ()

        class ledger:
            troubles: tuple[Any, ...] = ()

        class block:
            loads = [Load("load", lags=[0.0] * 90 + [late] * 10)]  # noqa: RUF012

        blocks = [block]  # noqa: RUF012

        def fault_windows(self) -> list[Any]:
            return []

    found = [doubt for doubt in doubts(Bare()) if "keep up" in doubt]  # type: ignore[arg-type]
    assert bool(found) is doubtful
    assert lag_p99(Bare.block.loads[0]) == late
