"""Names of plans become names of Python, and no two the same."""

from __future__ import annotations

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planc.emit.names import Names, identifier, name_of_test


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("store", "store"),
        ("class", "class_"),
        ("match", "match_"),
        ("print", "print_"),
        ("planc", "planc_"),
        ("s", "s_"),
        ("run", "run_"),
        ("PLAN", "PLAN_"),
        ("test_chaos", "plan_test_chaos"),
        ("setup_module", "plan_setup_module"),
        ("pytest_plugins", "plan_pytest_plugins"),
        ("__import__", "plan_import__"),
        ("_", "plan_"),
        ("a-b", "a_b"),
        ("2nd", "plan_2nd"),
        ("é", "plan_"),
    ],
)
def test_identifiers(name: str, made: str) -> None:
    assert identifier(name) == made


@given(st.text())
def test_an_identifier_is_one(name: str) -> None:
    made = identifier(name)

    assert made.isascii()
    assert made.isidentifier()
    assert not keyword.iskeyword(made)
    assert not made.startswith(("test", "_"))


@pytest.mark.parametrize(
    ("title", "made"),
    [
        ("an acknowledged write is never lost", "test_an_acknowledged_write_is_never_lost"),
        ("import os; print('x')", "test_import_os_print_x"),
        ("", "test_scenario"),
        ("漢字", "test_scenario"),
        ("word " * 40, "test_" + "_".join(["word"] * 12)),
    ],
)
def test_names_of_tests(title: str, made: str) -> None:
    assert name_of_test(title) == made


def test_a_name_is_given_once() -> None:
    names = Names()

    assert names.give("a#kv", "kv") == "kv"
    assert names.give("b#kv", "kv") == "kv_2"
    assert names.give("a#kv", "kv") == "kv"


def test_a_function_may_hide_only_what_it_does_not_need() -> None:
    module = Names()
    module.give("a#store", "store")
    module.give("a#size", "size")

    local = module.inside(["a#store"])

    assert local.give("size", "size") == "size"
    assert local.give("store", "store") == "store_2"
    assert local.block().give("size", "size") == "size"
    assert local.block().give("other", "size") == "size_2"
