"""Profiles and gates, as a user meets them: planc.yaml, a run, its lines, files and exit status."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import PLAN, Planc

from planc.cli.project import Compiled, CompiledPlan, CompiledScenario
from planc.cli.running.coverage import lines_covered
from planc.cli.running.events import Outcome
from planc.cli.running.gates import Gate, Measured, State, judge, percent, status
from planc.cli.running.gating import rows_in
from planc.cli.running.session import Ended, Session
from planc.config.schema import Gates

FAILING = """
scenario "this is not so" {
  covers con-size
  let one = 1
  expect one == 2
}
"""


def configure(project: Path, text: str, more: str = "") -> None:
    (project / "planc.yaml").write_text(text)
    (project / "plans/small.plan").write_text(PLAN + more)


def gate_lines(out: str) -> list[list[str]]:
    """Return the words of each gate's line: how it ended, its name and what was measured."""
    lines = out.partition("\ngates")[2].splitlines()[1:]
    return [line.split() for line in lines if line.startswith("  ") and not line.startswith("   ")]


@pytest.fixture
def judged_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first run of a test is a real one; those after it only judge what that one left."""
    run, ended = Session.run, []

    def once(session: Session) -> Ended:
        if not ended:
            ended.append(run(session))
        return ended[0]

    monkeypatch.setattr(Session, "run", once)


# --- from the outside ---------------------------------------------------------------------------


@pytest.mark.usefixtures("judged_again")
def test_a_rate_that_is_gated_decides_instead_of_each_scenario(project: Path, planc: Planc) -> None:
    configure(project, "gates: {success-rate: 60%}\n", FAILING)
    done = planc("run")
    assert done.status == 0
    assert "passed     success rate  66.7 %, 2 of 3 (95 % interval" in done.out
    assert "wanted at least 60 %" in done.out

    configure(project, "gates: {success-rate: 70%}\n", FAILING)
    done = planc("run")
    assert done.status == 1
    assert "failed     success rate  66.7 %, 2 of 3" in done.out


def test_a_profile_stands_for_options(project: Path, planc: Planc) -> None:
    text = (
        "profiles:\n  ci:\n    backend: sim\n    repeat: 3\n    processes: 1\n    tags: small\n"
        "    seed: 7\n    gates: {success-rate: 98%, plan-coverage: 100%}\n"
    )
    configure(project, text)
    done = planc("run", "--profile", "ci")
    assert done.status == 0, done
    assert "6 passed" in done.out
    assert "seeds 7 to 9" in done.out
    assert "gates of profile ci" in done.out
    assert "passed     plan coverage  100 %, 1 of 1 rows" in done.out
    assert "1 passed" in planc("run", "--profile", "ci", "--repeat", "1", "-k", "moment").out

    summary = json.loads((project / "reports/summary.json").read_text())
    assert summary["profile"] == "ci"
    assert [(each["name"], each["verdict"]) for each in summary["gates"]] == [
        ("success rate", "passed"),
        ("plan coverage", "passed"),
    ]
    page = (project / "reports/summary.md").read_text()
    assert page.startswith("## planc: ")
    assert "### Gates of profile ci" in page
    assert "| ✅ passed | success rate | 100 %" in page
    for name in ("reports/index.html", "reports/small/index.html"):
        assert "Gates of profile ci" in (project / name).read_text()

    planc("run")
    assert "gates" not in json.loads((project / "reports/summary.json").read_text())


def test_no_profile_is_taken_by_itself(
    project: Path, planc: Planc, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    configure(project, "profiles:\n  ci:\n    repeat: 3\n")
    assert "2 passed" in planc("run").out


def test_a_profile_that_is_not_there(project: Path, planc: Planc) -> None:
    configure(project, "profiles:\n  nightly:\n    repeat: 3\n")
    done = planc("run", "--profile", "nightl")
    assert done.status == 2
    assert "there is no profile `nightl`" in done.err
    assert "did you mean `nightly`?" in done.err
    configure(project, "backend: sim\n")
    assert "planc.yaml has no `profiles`" in planc("run", "--profile", "ci").err
    configure(project, "profiles: {ci: {backend: locla}}\n")
    assert "there is no backend `locla`" in planc("run", "--profile", "ci").err


def test_mistakes_in_planc_yaml_are_told_with_their_lines(project: Path, planc: Planc) -> None:
    configure(project, "backend: sim\ngates:\n  sucess-rate: 98%\n  code-coverage: 80\n")
    for verb in ("check", "run", "mutate"):
        done = planc(verb)
        assert done.status == 2
        assert "planc.yaml:3: `gates.sucess-rate`: is no gate; did you mean `success" in done.err
        assert "planc.yaml:4: `gates.code-coverage`: 80 has no unit; write 80%" in done.err


def test_a_stretched_run_lasts_longer_and_says_so_in_its_replay(
    project: Path, planc: Planc
) -> None:
    plan = 'scenario "a while" {\n  over 2s {\n    always 1 == 1\n  }\n  expect 1 == 2\n}\n'
    configure(project, "profiles: {production: {stretch: 30}}\n", plan)
    done = planc("run", "--profile", "production", "-k", "while")
    path = next((project / "reports/small/scenarios").glob("test_a_while*/summary.json"))
    assert json.loads(path.read_text())["duration"] >= 60
    [replay] = [line for line in done.out.splitlines() if "replay: " in line]
    assert "--stretch 30" in replay
    assert planc("run", "--stretch", "0.5").status == 2


def test_coverage_is_measured_where_it_is_gated(project: Path, planc: Planc) -> None:
    configure(project, "gates: {code-coverage: 90%}\n")
    done = planc("run")
    assert done.status == 3
    assert "can't tell code coverage no line was measured" in " ".join(done.out.split())


def git(*words: str) -> None:
    identity = ["-c", "user.name=x", "-c", "user.email=x@y"]
    subprocess.run(["git", *identity, *words], check=True, capture_output=True)


@pytest.mark.usefixtures("judged_again")
def test_plans_may_not_become_weaker(project: Path, planc: Planc) -> None:
    limit = 'scenario "fast" {\n  eventually within %s 1 == 1\n}\n'
    configure(project, "gates: {weakening: main}\n", limit % "5s")
    assert planc("run").status == 3
    git("init", "-b", "main")
    git("add", ".")
    git("commit", "-m", "x")
    done = planc("run")
    assert done.status == 0
    assert "no changes for the weaker; wanted nothing weaker than at main" in done.out

    configure(project, "gates: {weakening: main}\n", limit % "50s")
    done = planc("run")
    assert done.status == 1
    assert "failed     weakening  1 change for the weaker" in done.out
    assert "plans/small.plan:" in done.out
    configure(project, "gates: {weakening: mian}\n")
    done = planc("run")
    assert done.status == 3
    assert "can't tell weakening" in " ".join(done.out.split())


def test_a_catalogue_names_what_no_plan_covers(project: Path, planc: Planc) -> None:
    (project / "rows.yaml").write_text(
        "consensus:\n  rows:\n    con-lifecycle: x\n    con-size: y\n"
    )
    configure(project, "catalogue: rows.yaml\ngates: {plan-coverage: 100%}\n")
    done = planc("run")
    assert done.status == 1
    assert "50 %, 1 of 2 rows" in done.out
    assert "con-size: no scenario covers it" in done.out
    configure(project, "catalogue: rowz.yaml\ngates: {plan-coverage: 100%}\n")
    done = planc("run")
    assert done.status == 2
    assert "rowz.yaml cannot be read" in done.err
    assert "[1/" not in done.out, "what cannot be judged is said before anything is run"


# --- single gates -------------------------------------------------------------------------------


def outcome(verdict: str, test: str = "test_a") -> Outcome:
    return Outcome(f"m.py::{test}", "p", "t", "p.plan:1", verdict, "", 0.1, "f", "")


COMPILED = Compiled(
    (
        CompiledPlan(
            "p", "P", "plans/p.plan", Path("m.py"), (),
            (
                CompiledScenario("t", "test_a", 1, covers=("a", "both")),
                CompiledScenario("u", "test_b", 2, covers=("b", "both")),
            ),
        ),
    )
)  # fmt: skip


def judged(outcomes: Sequence[Outcome], tmp_path: Path, **gates: Any) -> Gate:
    [gate] = judge(Gates.model_validate(gates), Measured(outcomes, COMPILED, tmp_path))
    return gate


@pytest.mark.parametrize(
    ("passed", "ran", "share", "state"),
    [
        (49, 50, "98%", State.PASSED),
        (48, 50, "98%", State.FAILED),
        (19, 20, "95%", State.PASSED),
        (199, 200, "99.5%", State.PASSED),
        (198, 200, "99.5%", State.FAILED),
        (0, 0, "0%", State.UNKNOWN),
    ],
)
def test_success_rates(tmp_path: Path, passed: int, ran: int, share: str, state: State) -> None:
    outcomes = [outcome("passed")] * passed + [outcome("error")] * (ran - passed)
    gate = judged([*outcomes, outcome("skipped")], tmp_path, **{"success-rate": share})
    assert gate.state is state


def test_a_row_is_proven_by_all_that_ran(tmp_path: Path) -> None:
    outcomes = [outcome("passed"), outcome("passed", "test_b"), outcome("failed", "test_b")]
    gate = judged(outcomes, tmp_path, **{"plan-coverage": "100%"})
    assert (gate.state, gate.measured) == (State.FAILED, "33.3 %, 1 of 3 rows")
    assert gate.details == ["b: not passed", "both: not passed"]


def test_lines_count_once_over_all_plans(tmp_path: Path) -> None:
    def file(name: str, hits: Sequence[int]) -> Path:
        lines = "".join(f'<line number="{n}" hits="{h}"/>' for n, h in enumerate(hits, 1))
        path = tmp_path / name
        path.write_text(
            "<coverage><sources><source>/src</source></sources><packages><package><classes>"
            f'<class filename="a.py"><lines>{lines}</lines></class>'
            "</classes></package></packages></coverage>"
        )
        return path

    covered = lines_covered(
        [file("1.xml", [1, 0, 0, 0]), file("2.xml", [1, 1, 0, 0]), tmp_path / "none.xml"]
    )
    assert (covered.hit, covered.lines) == (2, 4)
    assert covered.worst == [("/src/a.py", 2, 4)]


def test_a_gate_that_cannot_be_told_never_hides_a_failure() -> None:
    unknown = [Gate("x", State.UNKNOWN, "", "")]
    assert status(Gates(), unknown, [], otherwise=0) == 3
    assert status(Gates(), unknown, [outcome("failed")], otherwise=1) == 1
    assert status(Gates(), [Gate("x", State.FAILED, "", "")], [], otherwise=3) == 1
    assert status(Gates(), [], [], otherwise=3) == 3


def test_no_rate_excuses_what_failed_besides_the_scenarios() -> None:
    green = [outcome("passed"), outcome("skipped")]
    for rate in ("success-rate", "inconclusive-rate"):
        wanted = Gates.model_validate({rate: "95%"})
        passed = [Gate("success rate", State.PASSED, "", "")]
        assert status(wanted, passed, green, otherwise=1) == 1
        assert status(wanted, passed, green, otherwise=0) == 0


def test_what_proves_nothing_may_be_rare(tmp_path: Path) -> None:
    outcomes = [outcome("inconclusive"), *[outcome("passed")] * 3]
    gates = Gates.model_validate({"inconclusive-rate": "25%"})
    [gate] = found = judge(gates, Measured(outcomes, COMPILED, tmp_path))
    assert (gate.state, gate.measured[:12]) == (State.PASSED, "25 %, 1 of 4")
    assert status(gates, found, outcomes, otherwise=3) == 0
    assert status(gates, found, [*outcomes, outcome("failed")], otherwise=1) == 1
    assert judged(outcomes, tmp_path, **{"inconclusive-rate": "24%"}).state is State.FAILED


@pytest.mark.parametrize(
    ("share", "text"),
    [(1, "100 %"), (0, "0 %"), (0.98, "98 %"), (0.995, "99.5 %"), (0.99999, "99.999 %"),
     (0.00001, "0.001 %"), (2 / 3, "66.7 %")],
)  # fmt: skip
def test_shares_are_never_rounded_to_all_or_nothing(share: float, text: str) -> None:
    assert percent(share) == text


def test_catalogues() -> None:
    assert rows_in("- a-b\n- c\n", "x") == ["a-b", "c"]
    assert rows_in("rows: [a, b]\n", "x") == ["a", "b"]
    assert rows_in("s:\n  system: x\n  rows:\n    a: one\nt:\n  rows: {b: two}\n", "x") == [
        "a",
        "b",
    ]
