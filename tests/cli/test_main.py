"""The outermost layer: exit codes, did-you-mean, and no traceback whatever happens."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from planc.cli import crash
from planc.cli.main import VERBS, main
from planc.cli.verbs import explain


def planc(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "planc", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False)


def test_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    printed = capsys.readouterr().out
    assert all(verb in printed for verb in VERBS)


def test_no_verb_is_a_question(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "usage: planc VERB" in capsys.readouterr().out


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([verb, "--help"]) == 0
    assert f"planc {verb}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "wrong", "meant"),
    [
        (["chek"], "`chek`", "did you mean `check`?"),
        (["--verison"], "`--verison`", "did you mean `--version`?"),
        (["run", "--sed", "7"], "`--sed`", "did you mean `--seed`?"),
        (["run", "--on", "simm"], "`simm`", "did you mean `sim`?"),
        (["check", "--output-format", "jsn"], "`jsn`", "did you mean `json`?"),
        (["explain", "PLC001"], "`PLC001`", "did you mean `PLC0"),
        (["explain", "empty-fil"], "`empty-fil`", "did you mean `empty-file`?"),
    ],
)
def test_a_mistyped_word_is_answered_with_the_nearest(
    arguments: list[str], wrong: str, meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    printed = capsys.readouterr().err
    assert wrong in printed
    assert meant in printed


@pytest.mark.parametrize("arguments", [["run", "--seed", "x"], ["run", "--repeat", "0"]])
def test_a_number_must_be_one(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("error: ")


def test_an_option_is_never_abbreviated(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--se", "7"]) == 2
    assert "`--se`" in capsys.readouterr().err


def test_a_defect_of_planc_goes_to_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: object) -> int:
        raise RuntimeError("a defect")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(explain, "main", broken)
    assert main(["explain"]) == 2
    printed = capsys.readouterr()
    assert "Traceback" not in printed.err + printed.out
    assert "RuntimeError" in printed.err
    [file] = (tmp_path / crash.FOLDER).iterdir()
    assert "a defect" in file.read_text()
    assert str(file.relative_to(tmp_path)) in printed.err


def test_what_the_file_system_refuses_is_no_defect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(_: object) -> int:
        return len((tmp_path / "nothing").read_text())

    monkeypatch.setattr(explain, "main", refused)
    assert main(["explain"]) == 2
    assert "No such file" in capsys.readouterr().err


def test_the_module_runs_and_knows_its_version() -> None:
    done = planc("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("planc ")


def test_a_closed_pipe_is_no_failure() -> None:
    command = f"{sys.executable} -m planc explain | head -1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("PLC")
    assert done.stderr == ""


def test_text_survives_a_terminal_that_knows_only_ascii() -> None:
    command = [sys.executable, "-m", "planc", "chéck\u202e"]
    done = subprocess.run(
        command, capture_output=True, env={"PYTHONIOENCODING": "ascii", "PATH": ""}, check=False
    )
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


def test_colours_are_off_where_they_are_not_wanted() -> None:
    assert "\x1b" not in planc("chek").stderr


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys; from planc.cli.main import main; main(['--help']);"
        "print(sorted(m for m in sys.modules"
        " if m.split('.')[0] in {'pydantic', 'rich', 'lark', 'pytest', 'jinja2', 'argparse'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"
