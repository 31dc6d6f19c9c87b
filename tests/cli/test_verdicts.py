"""What stands on the screen during a run and at its end."""

from __future__ import annotations

import json
import re
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from rich.live import Live

from planc.cli.console import rich_console, width_of_text
from planc.cli.running import verdicts
from planc.cli.running.display import Moving, Plain
from planc.cli.running.events import Outcome, Progress


def outcome(verdict: str = "passed", seed: int = 0, **fields: str) -> Outcome:
    known = {
        "id": "id",
        "plan": "consensus/first",
        "title": "a write is kept",
        "line": "first.plan:22",
        "because": "",
        "folder": "consensus/first/scenarios/test_kept",
        "replay": "planc run plans/consensus/first.plan --seed 7",
    }
    return Outcome(verdict=verdict, wall=1.25, seed=seed, **(known | fields))


@pytest.fixture
def console() -> Console:
    return rich_console(StringIO())


def printed(console: Console) -> str:
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_the_table_names_verdict_time_plan_and_scenario(console: Console) -> None:
    verdicts.show_table(console, [outcome(), outcome("skipped", because="needs root\nsudo")])
    header, first, second, third = printed(console).splitlines()
    assert header.split() == ["verdict", "time", "plan", "scenario"]
    assert re.split(r" {2,}", first.strip()) == [
        "passed",
        "1.2 s",
        "consensus/first",
        "a write is kept",
    ]
    assert second.startswith("skipped")
    assert third.split() == ["needs", "root"]


@pytest.mark.parametrize("width", [80, 100])
def test_nothing_but_a_command_is_wider_than_the_screen(
    width: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    console = rich_console(StringIO(), width_of_text())
    long = "client 24 read registers-0 = 252 although client 12 had written " * 4
    failed = outcome("failed", title=long, because=long, replay=f"planc run {long}")
    folder = tmp_path / failed.folder
    folder.mkdir(parents=True)
    expectation = {
        "line": "first.plan:34", "text": long, "result": "failed", "measured": long,
        "wanted": long, "evidence": [long],
    }  # fmt: skip
    text = json.dumps({"expectations": [expectation], "not_reached": [expectation]})
    (folder / "summary.json").write_text(text)
    verdicts.show_failures(console, [failed], tmp_path)
    verdicts.show_table(console, [failed])
    commands = [line for line in printed(console).splitlines() if len(line) > width]
    assert [line.strip() for line in commands] == [f"replay: {failed.replay}".strip()]


def test_a_reason_is_said_once(console: Console, tmp_path: Path) -> None:
    because = "a.plan:3: expect x: it was y (and 1 more)\nnode n1 died"
    failed = outcome("failed", because=because)
    folder = tmp_path / failed.folder
    folder.mkdir(parents=True)
    expectation = {
        "line": "a.plan:3",
        "text": "expect x",
        "result": "failed",
        "measured": "it was y",
    }
    (folder / "summary.json").write_text(json.dumps({"expectations": [expectation]}))
    verdicts.show_failures(console, [failed], tmp_path)
    assert printed(console).count("it was y") == 1
    assert "failed: node n1 died" in printed(console)


def test_what_a_plan_says_is_never_markup(console: Console) -> None:
    evil = "[bold]x[/nothing] :smile:"
    verdicts.show_table(console, [outcome("failed", title=evil, because=evil)])
    verdicts.show_failures(console, [outcome("failed", title=evil, because=evil)], Path("none"))
    assert printed(console).count(evil) == 3


def test_a_failure_shows_line_measured_wanted_evidence_and_replay(
    console: Console, tmp_path: Path
) -> None:
    failed = outcome("failed", because="not linearizable")
    folder = tmp_path / failed.folder
    folder.mkdir(parents=True)
    expectations = [
        {"line": "first.plan:30", "text": "holds", "result": "passed", "measured": "x"},
        {
            "line": "first.plan:34",
            "text": "expect history is linearizable",
            "result": "failed",
            "measured": "4 operations have no order",
            "wanted": "linearizable",
            "evidence": [f"operation {number}" for number in range(20)],
        },
    ]
    reached = [{"line": "first.plan:40", "text": "expect recovery < 3s"}]
    text = json.dumps({"expectations": expectations, "not_reached": reached})
    (folder / "summary.json").write_text(text)
    verdicts.show_failures(console, [outcome(), failed], tmp_path)
    lines = [line.strip() for line in printed(console).splitlines() if line.strip()]
    assert lines[:5] == [
        "first.plan:22  a write is kept",
        "failed: not linearizable",
        "first.plan:34  expect history is linearizable",
        "measured: 4 operations have no order",
        "wanted:   linearizable",
    ]
    assert "... 8 more lines are in the report" in lines
    assert "first.plan:40  expect recovery < 3s  (not reached)" in lines
    assert lines[-1] == f"replay: {failed.replay}"
    assert "first.plan:30" not in printed(console)


def test_flake_rates_have_an_interval(console: Console) -> None:
    verdicts.show_flakes(console, [outcome()] * 49 + [outcome("failed")])
    assert "2.0%" in printed(console)
    assert "0.4% to 10.5%" in printed(console)


def test_totals_count_each_verdict() -> None:
    assert verdicts.totals([outcome(), outcome("failed"), outcome()]) == "1 failed, 2 passed"


@pytest.mark.parametrize(
    ("numbers", "text"), [([], "no seed"), ([7, 7], "seed 7"), ([9, 7, 8], "seeds 7 to 9")]
)
def test_the_seed_is_always_named(numbers: list[int], text: str) -> None:
    assert verdicts.seeds([outcome(seed=number) for number in numbers]) == text


def test_a_killed_runs_verdicts_come_from_its_reports(tmp_path: Path) -> None:
    row = {
        "folder": "a/scenarios/t",
        "title": "t",
        "test": "test_t",
        "line": "a.plan:3",
        "verdict": "interrupted",
        "because": "the run ended",
        "wall": 0.0,
        "replay": "",
        "seed": 7,
    }
    plans = [{"plan": "a", "scenarios": [row]}, {"plan": "other", "scenarios": [row]}]
    (tmp_path / "summary.json").write_text(json.dumps({"plans": plans}))
    [left] = verdicts.left_behind(tmp_path, ["a"])
    assert (left.plan, left.verdict) == ("a", "interrupted")
    assert verdicts.left_behind(tmp_path / "none", ["a"]) == []


def test_lines_for_files_are_numbered(capsys: pytest.CaptureFixture[str]) -> None:
    plain = Plain()
    plain.tick(Progress(expected=2))
    plain.ended(outcome("failed"))
    assert capsys.readouterr().out == (
        "[1/2] failed       first.plan:22  a write is kept (1.2 s)\n"
    )


def test_the_moving_display_shows_what_runs_and_how_far_it_is() -> None:
    console = Console(file=StringIO(), width=120, force_terminal=True, markup=False)
    progress = Progress()
    progress.take('{"kind": "session", "scenarios": 3, "backend": "sim", "seed": 7}', 0.0)
    progress.take('{"kind": "begin", "id": "x", "title": "a [b]write[/b] is kept"}', 0.0)
    progress.take('{"kind": "phase", "id": "x", "phase": "drive", "text": "crash n1"}', 0.0)
    with Live(console=console, auto_refresh=False) as live:
        moving = Moving(console, live)
        moving.tick(progress)
        live.refresh()
        moving.ended(outcome("failed"))
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", printed(console))
    assert "a [b]write[/b] is kept" in text
    assert "drive: crash n1" in text
    assert "0 of 3 scenarios  sim, seed 7" in text
    assert "failed       a write is kept  1.2 s" in text
