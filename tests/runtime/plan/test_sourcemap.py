"""From a line of a generated module to the line of the plan, by its comments alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from planc_runtime.plan.sourcemap import PlanLine, assigned_name, locate, statements_after
from planc_runtime.plan.spot import Spot

MODULE = '''"""A plan."""

import planc_runtime.api as planc

store = planc.cluster(
    "store",
    planc.nodes(3, None),
)  # first.plan:3


def chaos(target):  # lib/chaos.plan:1
    return planc.fault(
        "chaos",
        planc.crash(target),  # lib/chaos.plan:2
        planc.pause(
            target,
        ),  # lib/chaos.plan:3
    )


@planc.scenario(
    None,
    "# not.plan:99",
)  # first.plan:4
async def test_it(s):
    async with s.run(
        None,
        seconds=3.0,
    ) as run:  # first.plan:5
        run.at(1.0, None)  # first.plan:6
    reply = await s.call(
        None,
        "read",
    )  # first.plan:7
    if await s.when(reply):  # first.plan:8
        await s.wait(1.0)  # first.plan:9
    s.mark("end")


async def test_other(s):
    s.mark("other")  # first.plan:12
'''


@pytest.fixture
def module(tmp_path: Path) -> str:
    plans = tmp_path / "plans" / "a"
    (plans / "lib").mkdir(parents=True)
    (plans / "first.plan").write_text("".join(f"  line {n}\n" for n in range(1, 15)))
    (plans / "lib" / "chaos.plan").write_text("one\ntwo\nthree\n")
    path = tmp_path / "generated" / "a" / "test_first.py"
    path.parent.mkdir(parents=True)
    path.write_text(MODULE)
    return str(path)


def number(text: str, nth: int = 0) -> int:
    lines = [n for n, line in enumerate(MODULE.splitlines(), start=1) if text in line]
    return lines[nth]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("store = planc", "first.plan:3"),
        ("planc.nodes(3", "first.plan:3"),
        ("planc.crash", "lib/chaos.plan:2"),
        ("planc.pause", "lib/chaos.plan:3"),
        ("@planc.scenario", "first.plan:4"),
        ("async with s.run", "first.plan:5"),
        ("run.at", "first.plan:6"),
        ("reply = await", "first.plan:7"),
        ("if await", "first.plan:8"),
        ("await s.wait", "first.plan:9"),
    ],
)
def test_a_statement_is_found_however_many_lines_it_has(module: str, text: str, place: str) -> None:
    found = locate(Spot(module, number(text)), "plans/a/first.plan")
    assert str(found) == place
    expected = {"first.plan": f"line {found.number}"}.get(found.file)
    assert found.text == (expected or ["one", "two", "three"][found.number - 1])


def test_without_a_comment_the_modules_own_line_is_shown(module: str) -> None:
    found = locate(Spot(module, number('s.mark("end")')), "plans/a/first.plan")
    assert found == PlanLine("test_first.py", number('s.mark("end")'), 's.mark("end")')


def test_a_plan_that_is_gone_leaves_the_place_without_its_text(module: str, tmp_path: Path) -> None:
    (tmp_path / "plans/a/first.plan").unlink()
    assert locate(Spot(module, number("run.at")), "plans/a/first.plan") == PlanLine("first.plan", 6)


def test_the_name_of_a_result_is_known(module: str) -> None:
    assert assigned_name(Spot(module, number("reply = await") + 1)) == "reply"
    assert assigned_name(Spot(module, number("await s.wait"))) is None


def test_what_comes_after_a_statement_in_its_function(module: str) -> None:
    def after(text: str) -> list[int]:
        lines = statements_after(Spot(module, number(text)), "plans/a/first.plan")
        return [line.number for line in lines]

    assert after("@planc.scenario") == [5, 6, 7, 8, 9]
    assert after("run.at") == [7, 8, 9]
    assert after("async with s.run") == [7, 8, 9]
    assert after("reply = await") == [8, 9]
    assert after("if await") == [9]
    assert after('s.mark("end")') == []


def test_a_module_without_source_has_no_map() -> None:
    assert locate(Spot("<nowhere>", 3), "x.plan") == PlanLine("<nowhere>", 3)
