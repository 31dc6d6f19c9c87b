"""Nothing of a plan can become code: whatever it says arrives in its module as data."""

from __future__ import annotations

import ast
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from tests.properties.hostile import file_names, nasty_names, nasty_texts, plan_with, quoted

from planc.emit.allowed import Forbidden, require_allowed
from planc.pipeline import Result, compile

NAMES = ["node_service", "store", "kv", "load", "chaos", "reply"]
texts = st.lists(nasty_texts, min_size=10, max_size=10)


def compiled(text: str, name: str = "plans/example.plan") -> Result:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        result = compile([path], root=folder, cache=False)
        assert result.diagnostics is not None
        return result


def module_of(result: Result) -> str:
    errors = [each for each in result.diagnostics if each.code != "PLC0007"]
    assert not result.has_errors, errors
    text = result.plans[0].text
    assert text is not None
    return text


def constants(module: str) -> set[object]:
    found = {node.value for node in ast.walk(ast.parse(module)) if isinstance(node, ast.Constant)}
    return {value for value in found if isinstance(value, str)}


@settings(max_examples=30, deadline=None)
@given(texts)
def test_texts_arrive_unchanged_and_as_data(values: list[str]) -> None:
    assume(values[0].strip() and values[8].strip())

    module = module_of(compiled(plan_with(values, NAMES)))

    require_allowed(module)
    assert set(values) - {""} <= constants(module)
    assert module.isascii() or all(c.isprintable() or c == "\n" for c in module)


@settings(max_examples=30, deadline=None)
@given(st.lists(nasty_names, min_size=6, max_size=6, unique=True))
def test_names_are_names_and_nothing_else(names: list[str]) -> None:
    result = compiled(plan_with(["x"] * 10, names))
    assume(not result.has_errors)

    module = module_of(result)

    require_allowed(module)
    tree = ast.parse(module)
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert not any(name.startswith(("test", "pytest", "setup", "teardown")) for name in functions)


@settings(max_examples=30, deadline=None)
@given(file_names)
@example("coding=utf-7 x")
@example("coding: latin-1 ä")
@example("\nimport os #")
@example('"""')
def test_a_path_stays_in_its_comment(name: str) -> None:
    plan = plan_with(["x"] * 10, NAMES)

    module = module_of(compiled(plan, f"plans/{name}.plan"))

    require_allowed(module)
    # Python reads an encoding from the first two lines, as bytes: it must find none.
    assert ast.dump(ast.parse(module.encode())) == ast.dump(ast.parse(module))
    first, second = module.splitlines()[:2]
    assert [line[:2] for line in (first, second)] == ["# ", "# "]
    assert f"plans/{name}.plan" in constants(module)


def test_a_text_of_a_megabyte_arrives() -> None:
    values = ["x"] * 10
    values[1] = ("x" * 60 + '"\\{{') * 2**14

    module = module_of(compiled(plan_with(values, NAMES)))

    assert len(values[1]) == 2**20
    assert values[1] in constants(module)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(texts, st.lists(nasty_names, min_size=6, max_size=6, unique=True))
@pytest.mark.parametrize("width", [88, 100])
def test_the_formatter_leaves_modules_alone(
    tmp_path: Path, width: int, values: list[str], names: list[str]
) -> None:
    assume(values[0].strip() and values[8].strip())
    result = compiled(plan_with(values, names))
    assume(not result.has_errors)
    module = module_of(result)

    command = ["ruff", "format", "--isolated", f"--line-length={width}", "-"]
    done = subprocess.run(
        [sys.executable, "-m", *command], input=module.encode(), capture_output=True, check=True
    )

    assert done.stdout.decode() == module


@settings(max_examples=5, deadline=None)
@given(texts)
def test_the_same_plan_gives_the_same_bytes(values: list[str]) -> None:
    assume(values[0].strip() and values[8].strip())
    plan = plan_with(values, NAMES)

    assert module_of(compiled(plan)) == module_of(compiled(plan))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_anything_at_all_is_answered_by_diagnostics(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.plan")
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        result = compile([path], root=folder, cache=False)

        assert result.plans[0].text is None or not result.has_errors


@pytest.mark.parametrize(
    "source",
    [
        "import os",
        "import planc_runtime.api as planc\nplanc.let.__globals__",
        "import planc_runtime.api as planc\nplanc.__loader__('x')",
        "x = eval",
        "x = __builtins__",
        "print('x')",
        "import planc_runtime.api as planc\nx = planc.let('x', 1)['y'].z",
        "import planc_runtime.api as planc\nx = planc.let('x', 1).z()",
        "import planc_runtime.api as planc\nx = planc.let(**{})",
        "import planc_runtime.api as planc\nx = f'{planc}'",
        "class X: pass",
        "async def f(s):\n    await s.shutdown()",
        "import planc_runtime.api as planc\nplanc.let('x', [y for y in 'x'])",
        "1",
    ],
)
def test_the_list_forbids(source: str) -> None:
    with pytest.raises(Forbidden):
        require_allowed(source)


def test_quoting_is_the_languages_own() -> None:
    assert quoted('a"{b}\\\n') == '"a\\"{{b}}\\\\\\U0000000a"'
