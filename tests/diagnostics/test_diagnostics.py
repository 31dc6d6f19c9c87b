"""Diagnostics as data: the set, the codes, the nearest word."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planc.diagnostics import Code, Diagnostic, Diagnostics, Severity, all_codes, find_code, nearest
from planc.source import Span


def at(offset: int, code: str = "PLC0101", path: str = "a.plan") -> Diagnostic:
    return Diagnostic(code, "wrong", Span(path, offset, offset + 1, 1, offset + 1, 1, offset + 2))


def test_set_is_sorted_and_unique() -> None:
    found = Diagnostics([at(5), at(1), at(5), at(0, path="b.plan")])

    assert [(each.span.path, each.span.start) for each in found] == [
        ("a.plan", 1),
        ("a.plan", 5),
        ("b.plan", 0),
    ]
    assert found == Diagnostics(reversed(list(found)))
    assert not Diagnostics()


def test_only_errors_are_errors() -> None:
    span = at(0).span
    warning = Diagnostic("PLC0102", "odd", span, severity=Severity.WARNING)

    assert not Diagnostics([warning]).has_errors
    assert (Diagnostics([warning]) | [at(0)]).has_errors


@pytest.mark.parametrize("code", all_codes().values(), ids=lambda code: code.code)
def test_every_code_has_a_page(code: Code) -> None:
    entry = find_code(code.code)
    assert entry is not None
    assert re.fullmatch(r"PLC0[0-9]\d\d", entry.code)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", entry.name)
    assert len(entry.title) <= 80
    assert not entry.title.endswith(".")
    assert len(entry.explain.split()) >= 4
    assert find_code(entry.name.upper()) == entry


def test_names_are_unique() -> None:
    names = [code.name for code in all_codes().values()]

    assert sorted(set(names)) == sorted(names)


def test_unknown_code_is_none() -> None:
    assert find_code("PLC9999") is None


@pytest.mark.parametrize(
    ("word", "known", "meant"),
    [
        ("partiton", ["partition", "pause"], "partition"),
        ("crahs", ["crash", "start"], "crash"),
        ("leeder", ["leader", "leaders"], "leader"),
        ("x", ["y", "z"], None),
        ("registers", ["elephant"], None),
        ("Store", ["store"], "store"),
    ],
)
def test_nearest_word(word: str, known: list[str], meant: str | None) -> None:
    assert nearest(word, known) == meant


@given(st.text("abcd", min_size=3, max_size=9), st.integers(0, 7))
def test_one_swap_is_near(word: str, place: int) -> None:
    place = min(place, len(word) - 2)
    swapped = word[:place] + word[place + 1] + word[place] + word[place + 2 :]

    assert nearest(swapped, [word]) == word


@pytest.mark.parametrize(
    ("word", "found"),
    [("per-sender-order", "ordered-per-sender"), ("lost-writes-no", None), ("order", None)],
)
def test_words_of_several_parts_are_known_in_another_order(word: str, found: str | None) -> None:
    assert nearest(word, ["ordered-per-sender", "read-your-writes", "serializable"]) == found
