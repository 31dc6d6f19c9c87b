"""planc fmt: files, folders and standard input; what it prints, what it writes, how it ends."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.schemas import require_gitlab, require_sarif

from .conftest import Planc

WANTED = 'plan "x"\n\nlet a = 1\n'
UGLY = 'plan "x"\n\nlet   a=1\n'


def piped(*arguments: str, text: str | bytes) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "planc", "fmt", *arguments]
    data = text.encode() if isinstance(text, str) else text
    return subprocess.run(command, input=data, capture_output=True, check=False)


def test_a_file_is_checked_shown_and_written(project: Path, planc: Planc) -> None:
    plan = project / "plans/small.plan"
    wanted = plan.read_text()
    assert planc("fmt", "--check").status == 0
    plan.write_text(wanted.replace("  wait", "       wait"))
    plan.chmod(0o600)
    done = planc("fmt", "--check")
    assert (done.status, done.out.splitlines()[0]) == (1, "would format plans/small.plan")
    done = planc("fmt", "--diff")
    assert done.status == 1
    assert "-       wait 10ms\n+  wait 10ms\n" in done.out
    assert planc("fmt").out == "formatted plans/small.plan\n1 file, 1 changed\n"
    assert plan.read_text() == wanted
    assert stat.S_IMODE(plan.stat().st_mode) == 0o600
    assert [path.name for path in plan.parent.iterdir()] == ["small.plan"]


def test_the_difference_is_one_that_patch_understands(project: Path, planc: Planc) -> None:
    plan = project / "plans/small.plan"
    wanted = plan.read_text()
    plan.write_text(wanted.replace("  wait", "       wait").rstrip("\n"))
    patch = planc("fmt", "--diff").out
    subprocess.run(["git", "init", "-q"], check=True)
    subprocess.run(["git", "apply", "-"], input=patch, text=True, check=True)
    assert plan.read_text() == wanted


def test_all_files_are_looked_at_whatever_is_wrong(project: Path, planc: Planc) -> None:
    (project / "plans/bad.plan").write_text("plan {")
    (project / "plans/latin.plan").write_bytes('plan "grün"\n'.encode("latin-1"))
    (project / "plans/deep").mkdir()
    plan = project / "plans/deep/small.plan"
    plan.write_text(UGLY)
    done = planc("fmt", "plans")
    assert done.status == 1
    assert "plans/bad.plan:1" in done.out
    assert "plans/latin.plan:1" in done.out
    assert plan.read_text() == WANTED
    assert (project / "plans/bad.plan").read_text() == "plan {"


def test_a_link_stays_a_link(project: Path, planc: Planc) -> None:
    (project / "real.plan").write_text(UGLY)
    (project / "plans/link.plan").symlink_to("../real.plan")
    assert planc("fmt", "plans/link.plan").status == 0
    assert (project / "plans/link.plan").is_symlink()
    assert (project / "real.plan").read_text() == WANTED


@pytest.mark.parametrize("output_format", ["json", "sarif", "gitlab", "github"])
def test_machines_read_what_is_not_formatted(
    project: Path, planc: Planc, output_format: str
) -> None:
    (project / "plans/ugly.plan").write_text(UGLY)
    done = planc("fmt", "--check", "--output-format", output_format)
    assert done.status == 1
    if output_format == "json":
        (row,) = json.loads(done.out)["diagnostics"]
        assert (row["code"], row["path"], row["line"]) == ("PLC0008", "plans/ugly.plan", 3)
    elif output_format == "sarif":
        (run,) = require_sarif(done.out)["runs"]
        assert [each["ruleId"] for each in run["results"]] == ["PLC0008"]
    elif output_format == "gitlab":
        (row,) = require_gitlab(done.out)
        assert row["location"] == {"path": "plans/ugly.plan", "lines": {"begin": 3, "end": 3}}
    else:
        assert done.out.startswith("::error file=plans/ugly.plan,line=3,")


@pytest.mark.parametrize("output_format", ["json", "sarif", "gitlab"])
def test_a_document_is_all_that_comes_out(project: Path, planc: Planc, output_format: str) -> None:
    (project / "plans/ugly.plan").write_text(UGLY)
    done = planc("fmt", "--output-format", output_format)
    assert done.status == 0
    json.loads(done.out)
    assert (project / "plans/ugly.plan").read_text() == WANTED


def test_a_difference_is_in_no_other_format(project: Path, planc: Planc) -> None:
    done = planc("fmt", "--diff", "--output-format", "json")
    assert done.status == 2
    assert "planc fmt --check --output-format json" in done.err


@pytest.mark.parametrize(
    ("text", "status", "out"),
    [
        ('plan   "x"', 0, b'plan "x"\n'),
        (WANTED, 0, WANTED.encode()),
        ('plan "grün"  # ä\n', 0, 'plan "grün"  # ä\n'.encode()),
        (b'\xef\xbb\xbfplan "x"\r\n', 0, b'plan "x"\n'),
        ("plan {", 1, b""),
        (b'plan "\xff"', 1, b""),
        ("", 1, b""),
    ],
    ids=["ugly", "formatted", "umlauts", "mark", "broken", "latin", "empty"],
)
def test_standard_input(text: str | bytes, status: int, out: bytes) -> None:
    done = piped("-", text=text)
    assert (done.returncode, done.stdout) == (status, out)
    assert (b"<stdin>:1" in done.stderr) == bool(status)


def test_standard_input_has_the_name_that_it_is_given() -> None:
    done = piped("-", "--stdin-filename", "plans/a b.plan", text="plan {")
    assert b"plans/a b.plan:1" in done.stderr
    done = piped("-", "--check", "--stdin-filename", "plans/a.plan", text=UGLY)
    assert (done.returncode, done.stdout) == (1, b"would format plans/a.plan\n")
    assert piped("-", "--check", text=WANTED).stdout == b""
    done = piped("-", "--diff", "--stdin-filename", "plans/a.plan", text=UGLY)
    assert done.returncode == 1
    assert done.stdout.startswith(b"--- a/plans/a.plan\n+++ b/plans/a.plan\n")
    done = piped("-", "--check", "--output-format", "json", text=UGLY)
    assert json.loads(done.stdout)["diagnostics"][0]["path"] == "<stdin>"


def test_standard_input_in_another_locale() -> None:
    command = [sys.executable, "-m", "planc", "fmt", "-"]
    strange = {**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0"}
    text = 'plan "größer"\n'.encode()
    done = subprocess.run(command, input=text, capture_output=True, env=strange, check=True)
    assert done.stdout == text


def test_what_cannot_be_meant(project: Path, planc: Planc) -> None:
    assert "`-` stands alone" in planc("fmt", "-", "plans").err
    done = planc("fmt", "--stdin-filename", "x.plan")
    assert done.status == 2
    assert "planc fmt - --stdin-filename x.plan < x.plan" in done.err
    assert "did you mean `--stdin-filename`?" in planc("fmt", "--stdin-filname").err
