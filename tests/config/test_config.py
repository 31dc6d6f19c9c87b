"""planc.yaml: what it may say, and what is said about its mistakes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from planc.config import Config, ConfigError, find_root, load_config, read_plain
from planc.config.reading import read


def load(tmp_path: Path, text: str) -> Config:
    (tmp_path / "planc.yaml").write_text(text)
    return load_config(tmp_path)


def test_nothing_is_needed(tmp_path: Path) -> None:
    assert vars(load_config(tmp_path)) == vars(Config())
    assert vars(load(tmp_path, "")) == vars(Config())
    assert vars(load(tmp_path, "# only a comment\n")) == vars(Config())


def test_what_lint_is_told(tmp_path: Path) -> None:
    lint = load(tmp_path, "lint:\n  ignore: [a, b]\n  plugins: [c]\n").lint
    assert lint == {"select": [], "ignore": ["a", "b"], "plugins": ["c"]}


def test_everything_that_can_be_vars(tmp_path: Path) -> None:
    text = "plans: ./specs/\ngenerated: out/py\nreports: r\nbackend: local\n"
    config = load(tmp_path, text + "backends:\n  local: {base: 4}\n")
    assert (config.plans, config.generated, config.reports) == ("specs", "out/py", "r")
    assert (config.backend, config.backends) == ("local", {"local": {"base": 4}})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("plan: x", "planc.yaml:1: `plan`: is no setting; did you mean `plans`?"),
        ("\ncolour: x", "planc.yaml:2: `colour`: is no setting; there are profiles"),
        ("plans: ../x", "must be a folder below the project's root, such as `plans`"),
        ("plans: /x", "must be a folder below"),
        ("plans: .", "must be a folder below"),
        ("plans: 3", '`plans`: must be a folder, and this is 3; write "3" if that is its name'),
        ("backend: yes", "`backend`: must be a word, and this is true"),
        ("plans:", "`plans`: has nothing behind it; write a value or take the line out"),
        ("backends: [a]", "must hold settings of backends, by their names, and this is a list"),
        ("backends: {sim: 3}", "`backends.sim`: must hold settings of this backend"),
        ("[1]", "must hold settings such as"),
        ("plans: [", "planc.yaml:1: is not YAML"),
        ("a: b\n c: d", "planc.yaml:2: is not YAML: mapping values are not allowed here"),
        ("1: x", "`1`: is no setting"),
        ("removed: [a]", "must hold plans that are gone, each with why: `plans/old.plan: its"),
        ("removed: {/x.plan: y}", "must be a plan that is gone, or a folder of plans, such as"),
        ("removed: {a.plan: ''}", "`removed.a.plan`: is empty"),
        ("removed: {a.plan: }", "`removed.a.plan`: has nothing behind it"),
        ("gates: 95%", "`gates`: must hold gates, such as `success-rate: 98%`"),
        ("gates: {success-rate: 95}", "`gates.success-rate`: 95 has no unit; write 95%"),
        ("gates: {success-rate: 0.98}", "0.98 has no unit; write 98%"),
        ("gates: {success-rate: 101%}", "`101%` is more than all; write at most 100%"),
        ("gates: {success-rate: high}", "`high` is no share; write a percentage such as 98%"),
        ("gates: {success_rate: 95%}", "is no gate; did you mean `success-rate`?"),
        ("gates: {weakening: 3}", "`gates.weakening`: must be a word, and this is 3"),
        ("profiles: [ci]", "must hold profiles by their names, such as `ci: {repeat: 5}`"),
        ("profiles: {ci: }", "`profiles.ci`: has nothing behind it"),
        ("profiles:\n  ci:\n    repeats: 5", "planc.yaml:3: `profiles.ci.repeats`: is no setting"),
        ("profiles: {ci: {repeats: 5}}", "of a profile; did you mean `repeat`?"),
        ("profiles: {ci: {repeat: 0}}", "must be at least 1, and this is 0"),
        ("profiles: {ci: {repeat: 1.5}}", "must be a whole number, and this is 1.5"),
        ("profiles: {ci: {repeat: many}}", "must be a whole number, and this is `many`"),
        ("profiles: {ci: {coverage: 1}}", "must be true or false, and this is 1"),
        ("profiles: {ci: {stretch: 0.5}}", "must be at least 1, and this is 0.5"),
        ("profiles: {ci: {gates: {speed: 1%}}}", "`profiles.ci.gates.speed`: is no gate"),
        ("gates:\n  success-rate: 95%\n  success-rate: 98%", "planc.yaml:3: `success-rate`: st"),
        (
            "lint: {rules: []}",
            "`lint.rules`: is no setting of `planc lint`; there are select, ignore",
        ),
        ("lint: {ignore: x}", "`lint.ignore`: must be a list such as `[a, b]`, and this is `x`"),
        ("lint: [x]", "must hold lists of rules, such as `ignore: [RULE]`"),
        ("x: &x\n  y: *x\n", "planc.yaml:1: `x`: is no setting"),
        ("[" * 3000, "is not YAML"),
    ],
)
def test_mistakes(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    assert message in str(caught.value)


def test_all_mistakes_are_told_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = "backend: 3\nprofiles:\n  ci:\n    repeat: no\n    gate: {}\nplan: x\n"
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    lines = str(caught.value).splitlines()
    assert [line.split(": ")[:2] for line in lines] == [
        ["planc.yaml:1", "`backend`"],
        ["planc.yaml:4", "`profiles.ci.repeat`"],
        ["planc.yaml:5", "`profiles.ci.gate`"],
        ["planc.yaml:6", "`plan`"],
    ]


PROFILES = """
backend: local
profiles:
  ci: &ci
    backend: sim
    repeat: 5
    processes: 2
    tags: not slow
    stretch: 2
    gates: {success-rate: 98%, weakening: main}
  nightly: *ci
gates:
  success-rate: 99.5%
  inconclusive-rate: 0%
catalogue: ./docs/rows.yaml
"""


def test_profiles_and_gates(tmp_path: Path) -> None:
    for config in (load(tmp_path, PROFILES), load(tmp_path, PROFILES)):
        ci = config.profiles["ci"]
        assert (ci.backend, ci.repeat, ci.processes, ci.tags) == ("sim", 5, 2, "not slow")
        assert (ci.stretch, ci.coverage) == (2, None)
        assert config.profiles["nightly"] == ci
        assert config.gates.success_rate == pytest.approx(0.995)
        both = ci.gates.over(config.gates)
        assert (both.success_rate, both.inconclusive_rate) == (pytest.approx(0.98), 0)
        assert both.weakening == "main"
        assert (config.backend, config.catalogue) == ("local", "docs/rows.yaml")


def test_a_file_that_was_found_good_is_not_validated_again(tmp_path: Path) -> None:
    load(tmp_path, PROFILES)
    script = (
        "import sys; from planc.config import load_config; load_config('.');"
        "print([name for name in ('yaml', 'pydantic') if name in sys.modules])"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("kept", ["", "[]", "{}", '{"text": "x", "rules": [], "settings": {}}'])
def test_what_was_kept_in_another_shape_counts_as_absent(tmp_path: Path, kept: str) -> None:
    load(tmp_path, PROFILES)
    (tmp_path / ".planc/config.json").write_text(kept)
    assert load(tmp_path, PROFILES).backend == "local"


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "planc.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path)


LINES = st.lists(
    st.builds(
        "{}: {}".format,
        st.sampled_from(["plans", "generated", "reports", "backend", "x"]),
        st.text(st.sampled_from("ab/.-_ #'\"yneo1:"), max_size=6),
    )
)


@given(LINES)
def test_the_short_way_reads_what_yaml_reads(lines: list[str]) -> None:
    text = "\n".join(lines)
    plain = read_plain(text)
    if plain is not None:
        assert plain == (yaml.safe_load(text) or {}) == read(text)


def test_the_usual_file_is_read_without_a_library_for_yaml(tmp_path: Path) -> None:
    (tmp_path / "planc.yaml").write_text("# folders\nplans: plans\nbackend: sim\n")
    script = "import sys; from planc.config import load_config; load_config('.');"
    done = subprocess.run(
        [sys.executable, "-c", script + "print('yaml' in sys.modules)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "False\n"


def test_the_root_is_marked_or_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a/b/plans").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    plan = tmp_path / "a/b/plans/x.plan"
    plan.write_text("")
    monkeypatch.chdir(tmp_path / "a/b")
    assert find_root(plan) == str(tmp_path / "a/b")
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert find_root(plan) == str(tmp_path / "a/b/plans")
    (tmp_path / "a/planc.yaml").write_text("")
    assert find_root(plan) == str(tmp_path / "a")
