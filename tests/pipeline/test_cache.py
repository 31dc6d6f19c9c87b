"""What is kept is used while nothing has changed, and never after."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.pipeline.conftest import LIBRARY, PLAN, Files

from planc import cache
from planc.pipeline import build, check, compile


class Counting:
    """Counts how many plans are really built."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.built: list[str] = []
        original = build.Build.plan

        def plan(this: Any, path: str, *, modules: bool) -> cache.Entry:
            self.built.append(path)
            return original(this, path, modules=modules)

        monkeypatch.setattr(build.Build, "plan", plan)

    def taken(self) -> list[str]:
        built, self.built = self.built, []
        return built


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Counting:
    return Counting(monkeypatch)


def test_an_unchanged_plan_is_not_built_again(project: Files, counting: Counting) -> None:
    first = compile(root=project.root)
    assert counting.taken() == ["plans/store/first.plan", "plans/store/systems/store.plan"]

    second = compile(root=project.root)

    assert counting.taken() == []
    assert [each.text for each in second.plans] == [each.text for each in first.plans]
    assert [each.index for each in second.plans] == [each.index for each in first.plans]


def test_a_changed_library_changes_its_plans(project: Files, counting: Counting) -> None:
    compile(root=project.root)
    counting.taken()

    project.write("plans/store/systems/store.plan", LIBRARY.replace("8000", "9000"))

    assert "9000" in (compile(root=project.root).plans[0].text or "")
    assert len(counting.taken()) == 2


def test_a_change_of_the_same_length_and_time_counts(project: Files) -> None:
    path = project.root / "plans/store/first.plan"
    compile(root=project.root)
    before = path.stat()

    path.write_text(PLAN.replace("10/s", "20/s"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert "20.0" in (compile(root=project.root).plans[0].text or "")


def test_a_file_that_would_be_used_instead_counts(project: Files) -> None:
    """`use` looks beside the plan first: a file that appears there takes precedence."""
    project.write("shared.plan", 'library "far"\nlet size = 3\n')
    project.write("plans/a/x.plan", 'plan "x"\nuse "shared.plan"\nscenario "s" {\n  wait 1s\n}\n')
    assert not check(root=project.root).has_errors

    project.write("plans/a/shared.plan", 'plan "not a library"\n')

    assert "PLC0236" in [each.code for each in check(root=project.root).diagnostics]


def test_a_link_that_leads_elsewhere_counts(project: Files) -> None:
    project.write("one.plan", 'library "l"\nlet size = 3\n')
    project.write("two.plan", 'library "l"\nlet size = 4\n')
    link = project.root / "link.plan"
    link.symlink_to("one.plan")
    text = 'plan "x"\nuse "link.plan"\nscenario "s" {\n  expect size == 3\n}\n'
    path = project.write("plans/x.plan", text)
    before = compile([path], root=project.root).plans[0].text

    link.unlink()
    link.symlink_to("two.plan")

    assert compile([path], root=project.root).plans[0].text != before


def test_errors_are_not_kept(project: Files, counting: Counting) -> None:
    project.write("plans/store/first.plan", PLAN.replace("raft_kv", "raft_kw"))
    check(root=project.root)
    counting.taken()

    again = check(root=project.root)

    assert counting.taken() == ["plans/store/first.plan"]
    assert again.has_errors


def test_warnings_are_kept(project: Files, counting: Counting) -> None:
    project.write("plans/empty.plan", 'plan "nothing yet"\n')
    first = check(root=project.root).diagnostics
    counting.taken()

    assert check(root=project.root).diagnostics == first
    assert counting.taken() == []
    assert [each.code for each in first] == ["PLC0238"]


def test_another_compiler_starts_anew(
    project: Files, counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    compile(root=project.root)
    counting.taken()

    monkeypatch.setattr(cache, "this_compiler", lambda: "another")
    compile(root=project.root)

    assert len(counting.taken()) == 2


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe", b"planc-cache-1", b"{}" * 1000])
def test_a_damaged_entry_is_no_entry(project: Files, damage: bytes) -> None:
    expected = compile(root=project.root).plans[0].text
    for entry in (project.root / cache.FOLDER).iterdir():
        entry.write_bytes(entry.read_bytes()[:100] + damage if damage else b"")

    assert compile(root=project.root).plans[0].text == expected


def test_check_then_compile_gives_modules(project: Files) -> None:
    check(root=project.root)

    assert compile(root=project.root).plans[0].text is not None


def test_many_at_once_agree(project: Files) -> None:
    alone = compile(root=project.root, cache=False).plans[0].text

    with ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(lambda: compile(root=project.root)) for _ in range(8)]
        texts = {future.result().plans[0].text for future in futures}

    assert texts == {alone}
    assert not [each for each in (project.root / cache.FOLDER).iterdir() if "." in each.name]


def test_a_cache_that_cannot_be_written_is_done_without(project: Files) -> None:
    project.write(".planc", "a file where a folder should be")

    assert not compile(root=project.root).has_errors


def test_nothing_heavy_is_imported_while_nothing_changes(project: Files) -> None:
    """The usual `planc check` must cost little more than starting Python."""
    check(root=project.root)
    script = (
        "import sys; from planc.pipeline import check\n"
        f"assert check(root={str(project.root)!r}).clean\n"
        "print(*sorted(set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", script],
        env={"PYTHONPATH": os.pathsep.join(_source_roots())},
        capture_output=True,
        text=True,
        check=True,
    )

    heavy = {"pydantic", "jinja2", "lark", "dataclasses", "inspect", "re", "json", "typing"}
    assert heavy.isdisjoint(done.stdout.split())


def _source_roots() -> list[str]:
    import planc
    import planc_grammar

    return [str(Path(package.__path__[0]).parent) for package in (planc, planc_grammar)]
