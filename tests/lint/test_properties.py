"""What must hold of lint on any plan: it never fails, never runs anything, and mends safely."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.lint.test_cases import CASES, NAMES

from planc.diff import Verdict, compare
from planc.format import format_source
from planc.lint import all_rules
from planc.lint.examples import LIBRARY
from planc.pipeline.linting import lint_files, mend
from planc.pipeline.snapshots import snapshot
from support.plans import plan_texts

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
REPOSITORY = Path(__file__).parents[2]
FIXABLE = [name for name in NAMES if all_rules()[name].fixable]


@QUICK
@given(plan_texts())
def test_any_plan_is_linted(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "a.plan").write_text(text, "utf-8")
        linted = lint_files(folder, ["a.plan"])
        mended = mend(folder, ["a.plan"])

    assert not {each.code for each in linted.found} - set(all_rules())
    assert len(mended.errors) <= len(linted.errors)


@cache
def scenarios() -> list[str]:
    """Return what scenarios are made of, out of all cases: declarations one by one."""
    found = set()
    for name in NAMES:
        for which in ("bad", "good"):
            text = (CASES / name / f"{which}.plan").read_text("utf-8")
            found.update(_declarations(text))
    return sorted(found)


def _declarations(text: str) -> Iterator[str]:
    """Yield what stands behind the head that all cases share."""
    _, _, rest = text.partition("keys    20 uniform\n}\n")
    yield from (part.strip() for part in rest.split("\n\n") if part.startswith("scenario"))


@QUICK
@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=6, unique=True))
def test_scenarios_of_all_cases_beside_each_other(picked: list[int]) -> None:
    """Rules meet what other rules are about; what is mended means the same and is clean."""
    head = (CASES / "any-is-all" / "bad.plan").read_text("utf-8").partition("\nscenario")[0]
    chosen = [scenarios()[number % len(scenarios())] for number in picked]
    text = head + "\n" + "\n\n".join(dict.fromkeys(chosen)) + "\n"
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "kv.plan").write_text(LIBRARY, "utf-8")
        (root / "a.plan").write_text(text, "utf-8")
        before = snapshot(folder, ["a.plan"])
        mended = mend(folder, ["a.plan"])
        (root / "a.plan").write_text(mended.texts.get("a.plan", text), "utf-8")
        again = mend(folder, ["a.plan"])
        after = snapshot(folder, ["a.plan"])

    assert not again.texts
    assert not [each for each in again.found if each.fix]
    changes = compare(before, after).changes
    assert {each.verdict for each in changes} <= {Verdict.NEUTRAL}, [c.text for c in changes]


@pytest.mark.parametrize("name", FIXABLE)
def test_a_fix_changes_no_meaning_and_is_made_once(name: str, tmp_path: Path) -> None:
    (tmp_path / "kv.plan").write_text(LIBRARY, "utf-8")
    (tmp_path / "a.plan").write_text((CASES / name / "bad.plan").read_text("utf-8"), "utf-8")
    root = str(tmp_path)
    before = snapshot(root, ["a.plan"])
    first = mend(root, ["a.plan"])
    (tmp_path / "a.plan").write_text(first.texts["a.plan"], "utf-8")

    assert not mend(root, ["a.plan"]).texts
    assert not [each for each in first.found if each.fix]
    changes = compare(before, snapshot(root, ["a.plan"])).changes
    assert {each.verdict for each in changes} <= {Verdict.NEUTRAL}, [c.text for c in changes]


@pytest.mark.parametrize("name", NAMES)
def test_cases_are_in_the_one_style(name: str) -> None:
    text = (CASES / name / "bad.plan").read_text("utf-8")
    assert format_source(text) == text


def test_nothing_a_plan_names_is_imported_or_run(tmp_path: Path) -> None:
    mark = tmp_path / "was-run"
    (tmp_path / "evil.py").write_text(f"open({str(mark)!r}, 'w')\ndef f(*a): ...\n", "utf-8")
    (tmp_path / "a.plan").write_text(
        'plan "hostile"\n\nservice s {\n  python "evil:f"\n}\n\ncluster c {\n  nodes 1 of s\n}\n\n'
        f'scenario "x" {{\n  exec "touch {mark}" on c\n  python "evil:f"(1)\n}}\n',
        "utf-8",
    )
    linted = lint_files(str(tmp_path), ["a.plan"])

    assert not linted.errors
    assert not mark.exists()


@pytest.mark.parametrize(
    "text", ["def f(:", "\0", "#" * 2_000_000 + "\nimport random; random.random()"]
)
def test_python_that_cannot_be_read_is_left_alone(text: str, tmp_path: Path) -> None:
    (tmp_path / "odd.py").write_text(text, "utf-8")
    (tmp_path / "a.plan").write_text('plan "odd"\n\nscenario "x" {\n  python "odd:f"(1)\n}\n')
    linted = lint_files(str(tmp_path), ["a.plan"])

    assert not linted.errors
    assert {each.code for each in linted.found} == {"covers-nothing"}


def test_our_own_plans_have_nothing_to_report() -> None:
    plans = [path.relative_to(REPOSITORY).as_posix()
             for path in sorted((REPOSITORY / "plans").rglob("*.plan"))]  # fmt: skip
    linted = lint_files(str(REPOSITORY), plans)

    assert not linted.errors
    assert [f"{each.span.path}:{each.span.line} {each.code}" for each in linted.found] == []
