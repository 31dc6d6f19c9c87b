"""Nodes are frozen records that are equal by content."""

from __future__ import annotations

import copy
import pickle

import pytest

from planc.source import Span
from planc.syntax import nodes as n

HERE = Span("a.plan", 0, 1, 1, 1, 1, 2)
THERE = Span("b.plan", 5, 6, 2, 1, 2, 2)


def test_equal_by_content_wherever_they_stand() -> None:
    assert n.Number(HERE, 1) == n.Number(THERE, 1)
    assert hash(n.Number(HERE, 1)) == hash(n.Number(THERE, 1))
    assert n.Number(HERE, 1) != n.Number(HERE, 2)
    assert n.Always(HERE, n.Number(HERE, 1)) != n.Never(HERE, n.Number(HERE, 1))


def test_comments_do_not_count() -> None:
    comment = n.Comment(HERE, "# x", True)

    assert n.File(HERE, None, (), (comment,)) == n.File(HERE, None, ())


def test_defaults_and_names_of_arguments() -> None:
    assert n.Text(HERE, ("a",)) == n.Text(span=HERE, parts=("a",), triple=False)
    with pytest.raises(TypeError):
        n.Quantity(HERE, 1)  # type: ignore[call-arg]


def test_frozen() -> None:
    node = n.Name(HERE, "x")

    with pytest.raises(AttributeError):
        node.id = "y"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        node.other = "y"  # type: ignore[attr-defined]
    assert node.id == "x"


def test_copies_and_pickles_are_equal() -> None:
    node = n.Binary(HERE, "+", n.Number(HERE, 1), n.Quantity(THERE, 2, "s"))

    assert copy.deepcopy(node) == node
    again = pickle.loads(pickle.dumps(node))
    assert again == node
    assert again.right.span == THERE


def test_representation_shows_content() -> None:
    assert repr(n.Quantity(HERE, 5, "s")) == "Quantity(value=5, unit='s')"


def test_patterns_name_the_fields() -> None:
    match n.Quantity(HERE, 5, "s"):
        case n.Quantity(value=value, unit=unit):
            assert (value, unit) == (5, "s")
        case _:
            pytest.fail("no match")
