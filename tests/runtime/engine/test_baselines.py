"""`not slower than baseline`: what it is compared with, in the same run and with runs kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planc_runtime.engine.verdicts import kept_runs
from planc_runtime.engine.verdicts.kept_runs import KeptRuns, Runs

TROUBLED = """
async with s.run(load, seconds=12.0) as run:
    run.at(6.0, planc.slow(planc.links_of(planc.node(store, "n1")), {}, seconds=5.0))
await s.expect(planc.not_slower_than_baseline({}, {}))
"""


def judged(play: Any, body: str, **options: Any) -> Any:
    return play(body, options or {}).expectations[-1]


@pytest.mark.parametrize(
    ("delay", "measure", "by", "result"),
    [
        (0.0, 'planc.latency("p50")', 0.1, "passed"),
        (0.05, 'planc.latency("p50")', 0.1, "failed"),
        (0.05, 'planc.latency("mean", window=planc.after_heal())', 0.1, "inconclusive"),
        (0.05, "planc.throughput()", 0.5, "passed"),
        (0.0, 'planc.latency("p99")', 0.1, "inconclusive"),
        (0.0, "planc.downtime()", 0.1, "inconclusive"),
    ],
)
def test_what_comes_after_the_first_fault_is_compared_with_what_was_before(
    play: Any, delay: float, measure: str, by: float, result: str
) -> None:
    found = judged(play, TROUBLED.format(delay, measure, by))
    assert found.result.value == result, found.measured
    if result == "inconclusive":
        assert "can't tell" in found.measured or "block by block" in found.measured
    else:
        assert found.wanted.endswith(" times the baseline")
        assert len(found.data["blocks"]["baseline"]) >= 4
        assert found.data["unit"] in ("s", "/s")
    assert bool(found.evidence) == (result == "failed")


def test_marks_are_compared_with_what_was_before_the_first(play: Any) -> None:
    body = """
async with s.run(load, seconds=12.0) as run:
    run.at(6.0, planc.do_mark("a"))
    run.at(11.5, planc.do_mark("b"))
await s.expect(planc.not_slower_than_baseline(
    planc.latency("p50", window=planc.between_marks("a", "{}")), 0.1))
"""
    assert judged(play, body.format("b")).result.value == "passed"
    never = judged(play, body.format("z"))
    assert (never.result.value, never.measured) == (
        "inconclusive",
        "the mark 'z' was never set",
    )


def test_without_a_quiet_part_runs_of_this_machine_stand_in(project: Any) -> None:
    path = project.scenario(
        """
        async with s.run(load, seconds=4.0) as run:
            run.always(True)
        await s.expect(planc.not_slower_than_baseline(planc.latency("p50"), 0.1))
        """
    )

    def run(**options: Any) -> Any:
        return project.run(path, **options).expectations[-1]

    first = [run(seed=seed) for seed in (1, 2, 3)]
    assert [each.result.value for each in first] == ["inconclusive"] * 3
    assert "this run is kept as a baseline (run 2 of 3)" in first[1].measured
    assert run(seed=4).result.value == "passed"
    again = run(seed=5, new_baseline=True)
    assert "(run 1 of 3)" in again.measured


# --- the file -----------------------------------------------------------------------------------


def kept(tmp_path: Path, machine: str = "here", **options: bool) -> KeptRuns:
    chosen = {"renew": False, "may_keep": True, **options}
    return KeptRuns(tmp_path / "baselines/x.json", machine, **chosen)


def test_runs_are_kept_for_this_machine(tmp_path: Path) -> None:
    assert kept(tmp_path).read().values == ()
    assert kept(tmp_path).keep(Runs(0.5, ((1.0, 2.0),))) == "kept as a baseline"
    assert kept(tmp_path).read() == Runs(0.5, ((1.0, 2.0),))
    assert kept(tmp_path, machine="there").read().values == ()
    assert kept(tmp_path, renew=True).read().values == ()
    assert [path.name for path in (tmp_path / "baselines").iterdir()] == ["x.json"]


def test_a_planted_bug_makes_no_baseline(tmp_path: Path) -> None:
    assert "not kept" in kept(tmp_path, may_keep=False).keep(Runs(0.5, ((1.0,),)))
    assert not (tmp_path / "baselines").exists()


@pytest.mark.parametrize(
    "text", ["", "[]", '{"machine": "here"}', '{"machine": "here", "length": 1, "values": [[]]}']
)
def test_a_file_of_another_shape_counts_as_absent(tmp_path: Path, text: str) -> None:
    kept(tmp_path).keep(Runs(0.5, ((1.0,),)))
    (tmp_path / "baselines/x.json").write_text(text)
    assert kept(tmp_path).read().values == ()


def test_a_machine_knows_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    here = kept_runs.fingerprint()
    assert here == kept_runs.fingerprint()
    monkeypatch.setattr(kept_runs.platform, "release", lambda: "9.9")
    assert here != kept_runs.fingerprint()
