"""planc.yaml: what it may say, and what is said about its mistakes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from planc import config as module
from planc.config import Config, ConfigError, find_root, load_config


def load(tmp_path: Path, text: str) -> Config:
    (tmp_path / "planc.yaml").write_text(text)
    return load_config(tmp_path)


def test_nothing_is_needed(tmp_path: Path) -> None:
    assert vars(load_config(tmp_path)) == vars(Config())
    assert vars(load(tmp_path, "")) == vars(Config())
    assert vars(load(tmp_path, "# only a comment\n")) == vars(Config())


def test_everything_that_can_be_said(tmp_path: Path) -> None:
    text = "plans: ./specs/\ngenerated: out/py\nreports: r\nbackend: local\n"
    config = load(tmp_path, text + "backends:\n  local: {base: 4}\n")
    assert (config.plans, config.generated, config.reports) == ("specs", "out/py", "r")
    assert (config.backend, config.backends) == ("local", {"local": {"base": 4}})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("plan: x", "`plan`: is no setting; did you mean `plans`?"),
        ("colour: x", "there are plans, generated"),
        ("plans: ../x", "must be a folder below"),
        ("plans: /x", "must be a folder below"),
        ("plans: .", "must be a folder below"),
        ("plans: 3", "must be a word"),
        ("backends: [a]", "must hold settings of backends"),
        ("backends: {sim: 3}", "must hold settings of backends"),
        ("[1]", "must hold settings such as"),
        ("plans: [", "is not YAML"),
        ("1: x", "`1`: is no setting"),
    ],
)
def test_mistakes(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    assert message in str(caught.value)


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
    try:
        plain = module._plain(text)
    except ConfigError:
        return
    if plain is None:
        return
    data = yaml.safe_load(text)
    assert vars(plain) == vars(module._checked(data or {}))


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
