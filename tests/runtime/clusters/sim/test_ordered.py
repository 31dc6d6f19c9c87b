"""Ordered sets are sets, and node modules are compiled to make them."""

from __future__ import annotations

import copy
import operator
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planc_runtime.clusters.sim.ordered import (
    GLOBALS,
    OrderedFrozenSet,
    OrderedSet,
    compile_ordered,
)

MEMBERS = st.lists(st.text(max_size=2), max_size=8)
OPERATORS = [operator.or_, operator.and_, operator.sub, operator.xor]
IN_PLACE = [operator.ior, operator.iand, operator.isub, operator.ixor]


@pytest.mark.parametrize("ordered", [OrderedSet, OrderedFrozenSet])
@given(mine=MEMBERS, others=MEMBERS, operate=st.sampled_from(OPERATORS), plain=st.booleans())
def test_operators_give_what_sets_give_in_an_order_of_their_own(
    ordered: Any, mine: list[str], others: list[str], operate: Callable[..., Any], plain: bool
) -> None:
    other = ordered.__base__(others) if plain else ordered(others)
    wanted = operate(set(mine), set(others))
    for result in (operate(ordered(mine), other), operate(other, ordered(mine))):
        assert type(result) is ordered
        assert result in (wanted, operate(set(others), set(mine)))
        assert len(list(result)) == len(result)
        assert set(result) == result
    both = [*dict.fromkeys([*mine, *ordered(others)])]
    inside = list(operate(ordered(mine), ordered(others)))
    assert inside == [member for member in both if member in wanted]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "add",
                "discard",
                "update",
                "difference_update",
                "intersection_update",
                "symmetric_difference_update",
                "ior",
                "iand",
                "isub",
                "ixor",
                "pop",
                "clear",
            ]
        ),
        MEMBERS,
    ),
    max_size=12,
)


@given(start=MEMBERS, steps=STEPS)
def test_changes_keep_members_and_order_together(start: list[str], steps: Any) -> None:
    ordered, plain = OrderedSet(start), set(start)
    for step, members in steps:
        if step in ("add", "discard"):
            for member in members:
                getattr(ordered, step)(member)
                getattr(plain, step)(member)
        elif step == "pop":
            if plain:
                plain.remove(ordered.pop())
        elif step == "clear":
            ordered.clear()
            plain.clear()
        elif step.startswith("i") and len(step) < 5:
            ordered = getattr(operator, step)(ordered, set(members))
            plain = getattr(operator, step)(plain, set(members))
        else:
            getattr(ordered, step)(members)
            getattr(plain, step)(members)
        assert type(ordered) is OrderedSet
        assert ordered == plain
        assert sorted(ordered) == sorted(plain)


@pytest.mark.parametrize("ordered", [OrderedSet, OrderedFrozenSet])
def test_they_look_and_travel_like_sets(ordered: Any) -> None:
    letters = ordered("zebra")
    assert list(letters) == list("zebra")
    assert isinstance(letters, (set, frozenset))
    for made in (copy.copy(letters), copy.deepcopy(letters), pickle.loads(pickle.dumps(letters))):
        assert type(made) is ordered
        assert list(made) == list("zebra")
    assert eval(repr(ordered())) == set()
    assert eval(repr(letters)) == letters
    assert "z" in letters
    assert letters != ["z"]


def test_missing_members_are_key_errors() -> None:
    with pytest.raises(KeyError):
        OrderedSet().pop()
    with pytest.raises(KeyError):
        OrderedSet().remove("x")


def executed(source: str) -> dict[str, Any]:
    namespace: dict[str, Any] = dict(GLOBALS)
    exec(compile_ordered(source, "node.py"), namespace)
    return namespace


@pytest.mark.parametrize(
    "making",
    [
        "{'z', 'e', 'b', 'r', 'a'}",
        "{letter for letter in 'zebra'}",
        "set('zebra')",
        "frozenset('zebra')",
        "set() | {'z', 'e'} | set('bra')",
        "next(map(set, ['zebra']))",
        "dataclasses.field(default_factory=set).default_factory('zebra')",
        "collections.defaultdict(set, x=set('zebra'))['x']",
    ],
)
def test_every_way_to_make_a_set_makes_an_ordered_one(making: str) -> None:
    made = executed(f"import collections, dataclasses\nmade = {making}")["made"]
    assert list(made) == list("zebra")


def test_types_stay_what_they_are() -> None:
    found = executed(
        "import typing\n"
        "hint: set[str] = set()\n"
        "checks = [isinstance({1}, set), isinstance(set(), set), issubclass(set, set),"
        " typing.cast(set, 1) == 1, 1 in {1, 2}, 1 not in {2}, {1} == {1}]\n"
        "def function(x: frozenset[int]) -> set: return set(x)\n"
    )
    assert all(found["checks"])
    assert found["__annotations__"]["hint"] == set[str]
    assert found["function"].__annotations__["return"] is set


def test_a_module_that_means_something_else_by_set_keeps_its_meaning() -> None:
    assert executed("def set(x): return ('own', x)\nmade = set(1)")["made"] == ("own", 1)
    method = "class Store:\n    def set(self, x): return set(x)\nmade = Store().set('zebra')"
    assert list(executed(method)["made"]) == list("zebra")
    assert executed("set = list\nmade = set('ab')")["made"] == ["a", "b"]
    assert executed("from builtins import list as set\nmade = set('ab')")["made"] == ["a", "b"]


def test_lines_and_docstrings_stay_in_place() -> None:
    source = (
        '"""What it is."""\n\nfrom __future__ import annotations\n\nx = {1}\nraise ValueError(x)\n'
    )
    code = compile_ordered(source, "node.py")
    namespace: dict[str, Any] = dict(GLOBALS)
    with pytest.raises(ValueError, match=r"\{1\}") as caught:
        exec(code, namespace)
    assert namespace["__doc__"] == "What it is."
    assert caught.traceback[-1].lineno == 5
