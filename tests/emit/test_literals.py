"""Literals mean what they were made of, and look as the formatter wants."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planc.emit import literals


@given(st.text())
def test_a_string_means_itself(text: str) -> None:
    printed = literals.string(text)

    assert ast.literal_eval(printed) == text
    assert printed.isprintable()


@given(st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False)))
def test_a_number_means_itself(value: float) -> None:
    assert ast.literal_eval(literals.number(value)) == value


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan")])
def test_a_number_without_a_literal_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="no literal"):
        literals.number(value)


@given(st.text(max_size=300))
def test_a_docstring_is_one_line_and_nothing_else(text: str) -> None:
    printed = literals.docstring(text)

    [statement] = ast.parse(printed).body
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Constant)
    assert "\n" not in printed


@given(st.text())
def test_a_comment_is_one_line_that_names_no_encoding(text: str) -> None:
    printed = literals.comment(text)

    assert printed == "" or printed.isprintable()
    assert "coding:" not in printed
    assert "coding=" not in printed


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("plain", '"plain"'),
        ('say "hi"', "'say \"hi\"'"),
        ("it's", '"it\'s"'),
        ("'\"", '"\'\\""'),
        ("\u202eabc", '"\\u202eabc"'),
        ("a\tb\n", '"a\\tb\\n"'),
        ("\x00", '"\\x00"'),
        ("é漢", '"é漢"'),
    ],
)
def test_strings_look_as_the_formatter_wants(text: str, printed: str) -> None:
    assert literals.string(text) == printed
