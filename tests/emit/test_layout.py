"""Whatever is laid out, the formatter leaves it alone, at its default width and at a wider one."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planc.emit.code import (
    Argument,
    Code,
    Constant,
    Dict,
    Lambda,
    List,
    Negative,
    Operation,
    Subscript,
    Tuple,
    Variable,
    entry,
    keyword,
    planc,
    positional,
)
from planc.emit.layout import Statement, fits, lay_out

names = st.sampled_from(["store", "x", "n" * 12, "a_rather_long_name_of_a_cluster"])
leaves: st.SearchStrategy[Code] = st.one_of(
    st.sampled_from([5, 1.5, None, True, "text", 'a"b', "a'b\"", "\u202e", "ä" * 12, "x" * 60]).map(
        Constant
    ),
    names.map(Variable),
    st.just(planc("others")),
)


def argument(value: Code, comment: bool) -> Argument:
    return Argument(value, comment="first.plan:12" if comment else None)


def grow(inner: st.SearchStrategy[Code]) -> st.SearchStrategy[Code]:
    arguments = st.lists(
        st.builds(argument, inner, st.sampled_from([True, False, False, False, False])), max_size=3
    )
    calls = st.builds(
        lambda name, given, last: planc(
            name, *given, *([keyword("seconds", last)] if last else [])
        ),
        st.sampled_from(["crash", "partition", "no_acknowledged_write_is_lost"]),
        arguments,
        st.one_of(st.none(), inner),
    )
    return st.one_of(
        calls,
        st.builds(lambda given: List(tuple(given)), arguments),
        st.builds(lambda given: Tuple(positional(*given)), st.lists(inner, min_size=1, max_size=3)),
        st.builds(
            lambda given: Dict(tuple(entry(f"k{i}", each) for i, each in enumerate(given))),
            st.lists(inner, max_size=3),
        ),
        calls.map(lambda call: Subscript(call, Constant("field"))),
        st.builds(Operation, st.sampled_from(["==", "<=", "+", "*", "-"]), calls, inner),
        calls.map(Negative),
        calls.map(lambda call: planc("for_each", Constant("x"), Lambda("x", call))),
        calls.map(lambda call: planc("history").method("is_", Argument(call))),
    )


A, B, C = Variable("a"), Variable("b"), Variable("c")
codes = st.recursive(leaves, grow, max_leaves=14)


@pytest.mark.parametrize("width", [88, 100])
@settings(max_examples=15, deadline=None)
@given(st.lists(codes, min_size=5, max_size=20))
def test_the_formatter_changes_nothing(width: int, expressions: list[Code]) -> None:
    lines = ["async def body(s):"]
    for number, code in enumerate(expressions):
        statement = Statement(planc("do", code), "x = await ", "", f"first.plan:{number}")
        lines += lay_out(statement, 1)
    text = "\n".join(lines) + "\n"

    command = [sys.executable, "-m", "ruff", "format", "--isolated", f"--line-length={width}", "-"]
    done = subprocess.run(command, input=text.encode(), capture_output=True, check=True)

    assert done.stdout.decode() == text


def test_a_call_that_fits_with_its_comment_stays_on_its_line() -> None:
    code = planc("crash", Constant("x" * 49))

    short = lay_out(Statement(code, "await s.do(", ")", "a.plan:1"))
    long = lay_out(Statement(code, "await s.do(", ")", "a_longer.plan:1"))

    assert len(short) == 1
    assert len(short[0]) == 88
    assert long == ["await s.do(planc.crash(", '    "' + "x" * 49 + '",', "))  # a_longer.plan:1"]


def test_what_no_bracket_can_hold_is_left_to_itself() -> None:
    name = Variable("n" * 60)
    lines = lay_out(Statement(planc("do", Operation("==", name, name)), "", "", "a.plan:1"))

    assert lines[-1].endswith("# fmt: skip")


def test_wide_characters_count_twice() -> None:
    assert fits("x" * 88)
    assert not fits("x" * 89)
    assert not fits("漢" * 45)


@pytest.mark.parametrize(
    ("code", "printed"),
    [
        (Operation("-", A, Operation("-", B, C)), "a - (b - c)"),
        (Operation("-", Operation("-", A, B), C), "a - b - c"),
        (Operation("*", Operation("+", A, B), C), "(a + b) * c"),
        (Operation("+", Operation("*", A, B), C), "a * b + c"),
        (Operation("==", Operation("==", A, B), C), "(a == b) == c"),
        (Operation("/", A, Operation("*", B, C)), "a / (b * c)"),
        (Negative(Operation("+", A, B)), "-(a + b)"),
        (Negative(Negative(A)), "-(-a)"),
        (Subscript(Operation("+", A, B), Constant(0)), "(a + b)[0]"),
        (Subscript(Negative(A), Constant(0)), "(-a)[0]"),
        (Operation("*", Negative(A), Constant(2)), "-a * 2"),
        (Tuple(positional(Constant(1))), "(1,)"),
    ],
)  # fmt: skip
def test_parentheses_stand_where_python_needs_them(code: Code, printed: str) -> None:
    assert code.flat == printed
