"""`planc lint` as it is called."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from planc.cli.main import main
from planc.lint import plugins
from planc.lint.examples import LIBRARY, plan_of

BAD = plan_of("""let patience = 5s

scenario "chaos" {
  seed 7
  over 10s {
    at 2s  crash any 2 of store for 2s
  }
  eventually within 5s  count(leaders(store)) == 1
}""")
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans/kv.plan").write_text(LIBRARY)
    (tmp_path / "plans/a.plan").write_text(BAD)
    (tmp_path / "planc.yaml").write_text("backend: sim\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def call(capfd: pytest.CaptureFixture[str]) -> Call:
    def planc(*arguments: str) -> tuple[int, str, str]:
        status = main(["lint", *arguments])
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        return status, out, err

    return planc


def codes(out: str) -> list[str]:
    return [each["code"] for each in json.loads(out)["diagnostics"]]


def test_findings_are_shown_with_their_rule(project: Path, call: Call) -> None:
    status, out, _ = call()

    assert status == 1
    assert "warning[fixed-seed]: the seed of the scenario is fixed" in out
    assert "plans/a.plan:20:3" in out


def test_nothing_found(project: Path, call: Call) -> None:
    assert call("--select", "blind-wait") == (0, "2 files linted: nothing to report\n", "")


def test_selecting_and_ignoring(project: Path, call: Call) -> None:
    chosen = call("--select", "fixed-seed,covers-nothing", "--output-format", "json")
    without = call("--ignore", "fixed-seed", "--ignore", "covers-nothing", "--output-format",
                   "json")  # fmt: skip

    assert codes(chosen[1]) == ["covers-nothing", "fixed-seed"]
    assert codes(without[1]) == ["unused-declaration", "unused-declaration"]


def test_settings_of_the_project(project: Path, call: Call) -> None:
    (project / "planc.yaml").write_text("lint:\n  select: [fixed-seed, covers-nothing]\n"
                                        "  ignore: [covers-nothing]\n")  # fmt: skip

    assert codes(call("--output-format", "json")[1]) == ["fixed-seed"]
    assert codes(call("--select", "covers-nothing,unused-declaration", "--output-format",
                      "json")[1]) == ["unused-declaration"] * 2  # fmt: skip


@pytest.mark.parametrize("way", ["--select", "--ignore"])
def test_a_mistyped_rule_gets_the_nearest(project: Path, call: Call, way: str) -> None:
    status, _, err = call(way, "fixd-seed")

    assert status == 2
    assert "there is no lint rule `fixd-seed`" in err
    assert "did you mean `fixed-seed`?" in err


def test_a_mistyped_rule_in_the_settings(project: Path, call: Call) -> None:
    (project / "planc.yaml").write_text("lint:\n  ignore: [fixd-seed]\n")

    assert call()[0] == 2


@pytest.mark.parametrize("output", ["full", "concise", "json", "github", "gitlab", "sarif"])
def test_every_format(project: Path, call: Call, output: str) -> None:
    status, out, _ = call("--output-format", output)

    assert status == 1
    assert "fixed-seed" in out


def test_code_scanning_gets_the_documentation(project: Path, call: Call) -> None:
    run = json.loads(call("--output-format", "sarif")[1])["runs"][0]
    rules = {each["id"]: each for each in run["tool"]["driver"]["rules"]}

    assert rules["fixed-seed"]["shortDescription"]["text"] == "A seed that is fixed in the plan"
    assert "planc run --repeat" in rules["fixed-seed"]["help"]["markdown"] or (
        "planc run --seed N" in rules["fixed-seed"]["help"]["markdown"]
    )


def test_a_plan_with_errors_is_said_and_the_rest_linted(project: Path, call: Call) -> None:
    (project / "plans/b.plan").write_text('plan "b"\n\nscenario "x" {\n  wait 5\n}\n')
    status, out, _ = call("--output-format", "json")

    assert status == 1
    assert {"PLC0301", "fixed-seed"} <= set(codes(out))


def test_a_library_without_findings(project: Path, call: Call) -> None:
    assert call("plans/kv.plan")[0] == 0


def test_fixing(project: Path, call: Call) -> None:
    path = project / "plans/a.plan"
    path.write_text(plan_of('let patience = 5s\n\nscenario "x" {\n  covers con-x\n  wait 1s\n}'))
    path.chmod(0o640)
    status, out, _ = call("--fix", "--ignore", "unused-library")

    assert out.startswith("3 findings fixed")
    assert status == 0
    assert "patience" not in path.read_text()
    assert "registers" not in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o640
    assert not list(path.parent.glob(".a*"))


def test_what_is_allowed_is_not_mended(project: Path, call: Call) -> None:
    path = project / "plans/a.plan"
    text = plan_of('let patience = 5s\n\nallow unused-declaration "for others"\n\n'
                   'scenario "x" {\n  covers con-x\n  wait 1s\n}')  # fmt: skip
    path.write_text(text)
    call("--fix")

    assert path.read_text() == text


def test_a_file_without_a_fix_is_not_touched(project: Path, call: Call) -> None:
    path = project / "plans/kv.plan"
    before = path.stat().st_mtime_ns
    call("--fix")

    assert path.stat().st_mtime_ns == before


def test_a_file_that_cannot_be_written(
    project: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*names: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.replace", refuse)
    status, _, err = call("--fix")

    assert status == 2
    assert "cannot write" in err
    assert "Permission denied" in err
    assert sorted(path.name for path in (project / "plans").iterdir()) == ["a.plan", "kv.plan"]


def test_listing(project: Path, call: Call) -> None:
    status, out, _ = call("--list")

    assert status == 0
    assert "percentile-of-few" in out
    assert len(out.splitlines()) >= 35


def test_explaining_a_rule(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "reads-of-nothing"]) == 0
    assert "named after the workload" in capsys.readouterr().out


def test_rows_of_the_catalogue(project: Path, call: Call) -> None:
    (project / "plans/a.plan").write_text(
        plan_of('scenario "x" {\n  covers con-x, con-y\n  wait 1s\n}')
    )
    assert call("--select", "unknown-row")[0] == 0

    (project / "planc.yaml").write_text("catalogue: rows.yaml\n")
    (project / "rows.yaml").write_text("rows: [con-x]\n")
    status, out, _ = call("--select", "unknown-row")
    assert status == 1
    assert "the catalogue has no row `con-y`" in out
    assert "con-x`" not in out.replace("did you mean `con-x`?", "")

    (project / "rows.yaml").unlink()
    assert call()[0] == 2


# --- rules of others ----------------------------------------------------------------------------

MODULE = """
from planc.lint import Finding, rule

@rule("unowned-plan", "A plan that nobody owns", why="Somebody must care.", bad="", good="")
def check(plan):
    if not plan.plan.owner:
        yield Finding(plan.file.tree.header.span, "nobody owns this plan", help="add `owner`")


@rule("wrong-itself", "A rule with a mistake", why="It happens.", bad="", good="")
def wrong(plan):
    yield plan.nothing_of_that_name

nothing = 3
"""


@pytest.fixture
def package(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package, as far as anybody can tell."""
    (project / "our_rules_of_a_test.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(project))
    points = [
        EntryPoint(name, f"our_rules_of_a_test{what}", plugins.GROUP)
        for name, what in (
            ("ours", ":check"),
            ("wrong", ":wrong"),
            ("bad", ":nothing"),
            ("gone", "_not_there:x"),
        )
    ]
    monkeypatch.setattr(plugins, "entry_points", lambda group: points)


def test_a_rule_of_a_package_is_opt_in(project: Path, package: None, call: Call) -> None:
    assert "unowned-plan" not in call("--list")[1]
    assert "our_rules_of_a_test" not in sys.modules

    (project / "planc.yaml").write_text("lint:\n  plugins: [ours]\n")
    assert "warning[unowned-plan]: nobody owns this plan" in call()[1]
    assert codes(call("--select", "unowned-plan", "--output-format", "json")[1]) == ["unowned-plan"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("our", "did you mean `ours`?"),
        ("bad", "is no lint rule"),
        ("gone", "cannot be loaded: ModuleNotFoundError"),
    ],
)
def test_a_package_that_brings_none(
    project: Path, package: None, call: Call, name: str, words: str
) -> None:
    (project / "planc.yaml").write_text(f"lint:\n  plugins: [{name}]\n")
    status, _, err = call()

    assert status == 2
    assert words in err


def test_a_rule_of_a_package_that_fails_is_named(project: Path, package: None, call: Call) -> None:
    (project / "planc.yaml").write_text("lint:\n  plugins: [wrong]\n")
    status, _, err = call()

    assert status == 2
    assert "the lint rule `wrong-itself` failed: AttributeError" in err
    assert "it comes from `our_rules_of_a_test`" in err
    assert call("--ignore", "wrong-itself")[0] == 1
