"""`planc diff --against REF`: what git has, read without touching anything that is there."""

from __future__ import annotations

import io
import json
import os
import subprocess
from pathlib import Path

import pytest
from tests.support.schemas import require_gitlab, require_sarif

from planc.cli.main import main

CASES = Path(__file__).parent / "cases"
PLAN = (CASES / "threshold-loosened/previous/store.plan").read_text()
LIBRARY = (CASES / "threshold-loosened/previous/systems/kv.plan").read_text()
LOOSER = PLAN.replace("availability >= 95%", "availability >= 90%")
WEAKER = "the limit of `availability`: >= 95% -> >= 90%"


class Git:
    """A repository with plans; HEAD is on `work`, which left `main` at its first commit."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self("init", "--quiet", "--initial-branch=main")
        self.write("plans/store.plan", PLAN)
        self.write("plans/systems/kv.plan", LIBRARY)
        self.commit("first")
        self("checkout", "--quiet", "-b", "work")

    def __call__(self, *arguments: str, at: Path | None = None) -> str:
        person = ("-c", "user.name=t", "-c", "user.email=t@example.org")
        done = subprocess.run(
            ["git", *person, *arguments], cwd=at or self.root, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def write(self, path: str, text: str | bytes) -> None:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text if isinstance(text, bytes) else text.encode())

    def commit(self, message: str) -> str:
        self("add", "--all")
        self("commit", "--quiet", "--message", message)
        return self("rev-parse", "HEAD").strip()


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    root = tmp_path / "repository"
    root.mkdir()
    monkeypatch.chdir(root)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    return Git(root)


def diff(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    capfd.readouterr()
    status = main(["diff", *arguments])
    out, err = capfd.readouterr()
    assert "Traceback" not in out + err
    assert "defect" not in err, err
    return status, out, err


def test_the_work_tree_is_compared(git: Git, capfd: pytest.CaptureFixture[str]) -> None:
    git.write("plans/store.plan", LOOSER)

    status, out, _ = diff(capfd, "--against", "main")
    assert status == 0
    assert WEAKER in out
    assert "1 weaker against main (" in out


def test_nothing_in_the_repository_is_touched(
    git: Git, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Neither hooks nor filters nor the monitor of a stranger's settings are run."""
    trap = tmp_path / "trapped"
    git("config", "core.fsmonitor", f"touch {trap}")
    git("config", "filter.bad.smudge", f"touch {trap}")
    git("config", "diff.bad.textconv", f"touch {trap}")
    git.write(".gitattributes", "*.plan filter=bad diff=bad\n")
    for hook in ("post-checkout", "post-index-change", "reference-transaction"):
        git.write(f".git/hooks/{hook}", f"#!/bin/sh\ntouch {trap}\n")
        (git.root / f".git/hooks/{hook}").chmod(0o755)
    git.write("plans/store.plan", LOOSER)
    before = snapshot(git.root)

    assert WEAKER in diff(capfd, "--against", "main")[1]
    assert snapshot(git.root) == before
    assert not trap.exists()


def snapshot(root: Path) -> dict[str, tuple[int, bytes]]:
    return {
        path.relative_to(root).as_posix(): (path.stat().st_mtime_ns, path.read_bytes())
        for path in root.rglob("*")
        if path.is_file()
    }


def test_what_others_did_meanwhile_is_not_this_works_doing(
    git: Git, capfd: pytest.CaptureFixture[str]
) -> None:
    git("checkout", "--quiet", "main")
    git.write("plans/store.plan", PLAN.replace("timeout 60s", "timeout 10s"))
    git.commit("somebody else's")
    git("checkout", "--quiet", "work")
    git.write("plans/store.plan", LOOSER)

    out = diff(capfd, "--against", "main")[1]
    assert WEAKER in out
    assert "timeout" not in out


@pytest.mark.parametrize("name", ["nope", "--output=x", "-x", "a\nb", "HEAD:plans", ""])
def test_a_commit_that_is_not_there(git: Git, capfd: pytest.CaptureFixture[str], name: str) -> None:
    status, out, err = diff(capfd, f"--against={name}")

    assert status == 2
    assert out == ""
    assert "no commit" in err or "no name of a commit" in err
    assert not (git.root / "x").exists()


def test_a_branch_that_only_the_remote_has(git: Git, capfd: pytest.CaptureFixture[str]) -> None:
    git("update-ref", "refs/remotes/origin/release", "HEAD")

    assert "did you mean `origin/release`?" in diff(capfd, "--against", "release")[2]


def test_a_shallow_clone(
    git: Git, capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git.write("plans/store.plan", LOOSER)
    git.commit("second")
    clone = tmp_path / "clone"
    git("clone", "--quiet", "--depth=1", f"file://{git.root}", str(clone))
    monkeypatch.chdir(clone)

    status, _, err = diff(capfd, "--against", "main")
    assert status == 2
    assert "the clone is shallow" in err
    git("fetch", "--quiet", "--depth=1", "origin", "main:main", at=clone)
    status, out, _ = diff(capfd, "--against", "main")
    assert WEAKER in out
    assert "no commit in common" in out
    assert "the clone is shallow" in out


def test_histories_that_have_nothing_in_common(git: Git, capfd: pytest.CaptureFixture[str]) -> None:
    git("checkout", "--quiet", "--orphan", "other")
    git.write("plans/store.plan", LOOSER)
    git.commit("from nowhere")

    out = diff(capfd, "--against", "main")[1]
    assert WEAKER in out
    assert "no commit in common" in out


def test_outside_of_any_repository(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "planc.yaml").write_text("")
    monkeypatch.chdir(tmp_path)

    status, _, err = diff(capfd, "--against", "main")
    assert status == 2
    assert "no git repository" in err
    assert "planc diff OLD NEW" in err


def test_one_plan_of_a_project_below_the_repositorys_root(
    git: Git, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    git("mv", "plans", "inner")
    for name, text in (("a", PLAN), ("b", PLAN.replace("survives", "outlives"))):
        git.write(f"inner/plans/{name}.plan", text.replace("systems/", "../systems/"))
    git.write("inner/planc.yaml", "plans: plans\n")
    git("rm", "-q", "-f", "inner/store.plan")
    base = git.commit("a project inside")
    for name in "ab":
        place = git.root / f"inner/plans/{name}.plan"
        place.write_text(place.read_text().replace(">= 95%", ">= 90%"))
    monkeypatch.chdir(git.root / "inner")

    assert diff(capfd, "--against", base)[1].count(WEAKER) == 2
    assert diff(capfd, "--against", base, "plans/a.plan")[1].count(WEAKER) == 1
    assert diff(capfd, "--against", base, "plans")[1].count(WEAKER) == 2
    status, _, err = diff(capfd, "--against", base, "plans/c.plan")
    assert status == 2
    assert "on either side" in err


def test_a_plan_that_is_gone_can_be_named(git: Git, capfd: pytest.CaptureFixture[str]) -> None:
    (git.root / "plans/store.plan").unlink()

    status, out, _ = diff(capfd, "--against", "main", "plans/store.plan", "--fail-on", "weaker")
    assert status == 1
    assert out.count("scenario: removed") == 3


def test_binary_and_broken_files_do_not_hide_the_rest(
    git: Git, capfd: pytest.CaptureFixture[str]
) -> None:
    git.write("plans/odd.plan", b"\x00\x01\x02")
    git.write("plans/big.plan", b"# x\n" * 700_000)
    git.write("plans/half.plan", 'plan "half" {\n')
    git.write("plans/latin.plan", 'plan "größe"\n'.encode("latin-1"))
    base = git.commit("odd things")
    git.write("plans/store.plan", LOOSER)
    git.write("plans/half.plan", 'plan "half"\n\nscenario "a" {\n  wait 1s\n}\n')
    git.write("plans/odd.plan", b"\x00\x01\x03")

    status, out, _ = diff(capfd, "--against", base)
    assert status == 1
    assert WEAKER in out
    assert (
        "not compared, because the previous plan has errors: plans/half.plan, plans/odd.plan" in out
    )
    assert "is a binary file" in out


def test_a_library_behind_a_link(git: Git, capfd: pytest.CaptureFixture[str]) -> None:
    git("mv", "plans/systems/kv.plan", "plans/kv_library.plan")
    (git.root / "plans/systems").mkdir(exist_ok=True)
    (git.root / "plans/systems/kv.plan").symlink_to("../kv_library.plan")
    (git.root / "plans/systems/out.plan").symlink_to("/etc/passwd")
    base = git.commit("linked")
    git.write("plans/store.plan", LOOSER)

    assert WEAKER in diff(capfd, "--against", base)[1]


HOSTILE = """plan "<img src=x onerror=alert(1)> | @everyone `x` -->"

use "../../etc/passwd.plan"

service evil {
  command "touch {node.data}/trapped"
  python  "trap:main"
}
"""


def test_a_hostile_plan_is_only_read(
    git: Git, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    git.write("plans/trap.py", f"open({str(tmp_path / 'trapped')!r}, 'w')\n")
    git.write("plans/evil.plan", HOSTILE)
    name = "<script>`a` | @team</script>"
    git.write("plans/mean.plan", f'plan "{name}"\n\nscenario "{name}" {{\n  wait 1s\n}}\n')

    out = diff(capfd, "--against", "main", "--format", "markdown")[1]
    assert not (tmp_path / "trapped").exists()
    assert "leads out of the project" in out
    row = next(line for line in out.splitlines() if line.startswith("| 🟢"))
    assert "<script>" not in out.replace("`` <", "`` ‹").replace('``"', "")[:200]
    assert row.count(" | ") == 2, "a bar of a title must not end a cell"
    assert "@team" not in out.partition("</summary>")[0]


# --- formats ------------------------------------------------------------------------------------


@pytest.fixture
def changed(git: Git) -> Git:
    git.write("plans/store.plan", LOOSER.replace("timeout 60s", "timeout 59s"))
    git.write("plans/systems/kv.plan", LIBRARY.replace("kv --data", "kv -v --data"))
    return git


def test_json(changed: Git, capfd: pytest.CaptureFixture[str]) -> None:
    found = json.loads(diff(capfd, "--against", "main", "--format", "json")[1])

    assert found["counts"] == {"weaker": 1, "different": 1, "stronger": 1, "neutral": 0}
    by_kind = {each["kind"]: each for each in found["changes"]}
    assert by_kind["threshold"]["old_place"]["line"] == 54
    assert by_kind["threshold"]["scenario"] == "an acknowledged write is never lost"
    assert {each["plan"] for each in by_kind["service"]["reaches"]} == {"plans/store.plan"}


def test_github_annotations(changed: Git, capfd: pytest.CaptureFixture[str]) -> None:
    plain = diff(capfd, "--against", "main", "--format", "github")[1].splitlines()
    strict = diff(capfd, "--against", "main", "--format", "github", "--fail-on", "weaker")[1]

    assert [line.partition(" ")[0] for line in plain] == ["::notice", "::warning", "::notice"]
    assert "file=plans/store.plan,line=54" in plain[1]
    assert sum(line.startswith("::error") for line in strict.splitlines()) == 1


def test_sarif_and_gitlab(changed: Git, capfd: pytest.CaptureFixture[str]) -> None:
    (run,) = require_sarif(diff(capfd, "--against", "main", "--format", "sarif")[1])["runs"]
    issues = require_gitlab(diff(capfd, "--against", "main", "--format", "gitlab")[1])

    told = [(each["ruleId"], each["level"]) for each in run["results"]]
    assert sorted(told) == [("PLC0801", "warning"), ("PLC0802", "note"), ("PLC0803", "note")]
    assert len(issues) == 3


def test_markdown_is_folded_plan_by_plan(changed: Git, capfd: pytest.CaptureFixture[str]) -> None:
    out = diff(capfd, "--against", "main", "--format", "markdown")[1]

    assert out.startswith("<!-- planc diff -->\n### What has changed in the plans\n")
    assert out.count("<details open>") == 1, "what is weaker is open"
    assert out.count("<details>") == 1
    assert "`>= 95%` → `>= 90%`" in out


def test_many_weaker_plans_stay_folded(git: Git, capfd: pytest.CaptureFixture[str]) -> None:
    def write(size: int, numbers: range) -> None:
        for number in numbers:
            waits = [f"  wait {number + 1}{each}s\n" for each in range(size)]
            scenes = "".join(f'scenario "{i}" {{\n{each}}}\n' for i, each in enumerate(waits))
            git.write(f"plans/many/{number}.plan", f'plan "number {number}"\n\n{scenes}')

    write(2, range(6))
    base = git.commit("many")
    write(1, range(1, 6))
    write(3, range(1))

    out = diff(capfd, "--against", base, "--format", "markdown")[1]
    assert out.count("<details open>") == 5
    assert out.index("many/5.plan") < out.index("many/0.plan"), "what is stronger comes last"
    assert "| 🔴 weaker | 6 → – |" in out
    assert "<sub>Weaker: " in out

    write(1, range(6))
    out = diff(capfd, "--against", base, "--format", "markdown")[1]
    assert out.count("<details>") == 6


def test_a_comment_is_never_too_long_for_github(
    git: Git, capfd: pytest.CaptureFixture[str]
) -> None:
    for number in range(300):
        scenarios = "".join(
            f'scenario "{number} {each} {"x" * 80}" {{\n  wait 1s\n}}\n' for each in range(5)
        )
        git.write(f"plans/many/{number}.plan", f'plan "{number}"\n\n{scenarios}')

    out = diff(capfd, "--against", "main", "--format", "markdown")[1]
    assert len(out) < 65_536
    assert "further plans: run `planc diff`" in out


@pytest.mark.parametrize(
    ("failing", "status"),
    [("weaker", 1), ("stronger", 1), ("neutral", 0), ("neutral,different", 1)],
)
def test_fail_on(
    changed: Git, capfd: pytest.CaptureFixture[str], failing: str, status: int
) -> None:
    assert diff(capfd, "--against", "main", "--fail-on", failing)[0] == status


def test_what_is_allowed_does_not_fail(git: Git, capfd: pytest.CaptureFixture[str]) -> None:
    allow = '  catches ack_early\n  allow weaker "the disks are slower"\n'
    git.write("plans/store.plan", LOOSER.replace("  catches ack_early\n", allow))

    status, out, _ = diff(capfd, "--against", "main", "--fail-on", "weaker")
    assert status == 0
    assert 'allowed: "the disks are slower"' in out
    git.commit("allowed")
    later = LOOSER.replace("  catches ack_early\n", allow).replace(">= 90%", ">= 50%")
    git.write("plans/store.plan", later)
    assert diff(capfd, "--against", "HEAD", "--fail-on", "weaker")[0] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--fail-on", "weakr"], "did you mean `weaker`?"),
        ([], "there is nothing to compare with"),
        (["plans/store.plan", "plans"], "a file cannot be compared with a folder"),
        (["plans", "nowhere"], "there is no `nowhere`"),
        (["--format", "xml", "a", "b"], "there is no output format"),
        (["--against", "main", "/etc"], "no `main`"),
    ],
)
def test_what_cannot_be_is_said(
    git: Git, capfd: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    status, out, err = diff(capfd, *arguments)

    assert (status, out) == (2, "")
    assert message in err or "git repository" in err


def test_two_files(git: Git, capfd: pytest.CaptureFixture[str]) -> None:
    git.write("plans/copy.plan", LOOSER.replace("survives", "outlives"))

    out = diff(capfd, "plans/store.plan", "plans/copy.plan")[1]
    assert WEAKER in out
    assert "1 weaker against plans/store.plan" in out


def test_a_thousand_plans(git: Git, capfd: pytest.CaptureFixture[str]) -> None:
    scenario = 'scenario "a" {{\n  timeout {0}s\n  wait 1s\n}}\n'
    for number in range(1000):
        git.write(f"plans/many/{number}.plan", f'plan "{number}"\n\n{scenario.format(5)}')
    base = git.commit("many")
    for number in range(1000):
        git.write(f"plans/many/{number}.plan", f'plan "{number}"\n\n{scenario.format(6)}')

    status, out, err = diff(capfd, "--against", base)
    assert status == 0
    assert "1000 weaker against" in out
    assert err == "", "progress is for terminals"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_is_told_how_far_it_is(git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(50):
        git.write(
            f"plans/many/{number}.plan", f'plan "{number}"\n\nscenario "a" {{\n  wait 1s\n}}\n'
        )
    stream = Terminal()
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("CI", raising=False)

    assert main(["diff", "--against", "main"]) == 0
    assert "\rreading plans: 20 of 50" in stream.getvalue()
    assert stream.getvalue().endswith("\r\x1b[K"), "nothing of it stays"
