"""Expressions: trees of values that can be evaluated, described, and shown as evidence."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import planc_runtime.api as planc
from planc_runtime.plan.expr import evaluate
from planc_runtime.plan.nodeset import NodeSet
from planc_runtime.plan.scope import Missing, Scope
from planc_runtime.protocols.node import Placement


@dataclass(frozen=True)
class FakeNode:
    name: str
    index: int = 1
    cluster: str = "store"
    zone: str | None = None
    running: bool = True
    spare: bool = False
    role: str | None = "follower"

    @property
    def placement(self) -> Placement:
        return Placement(self.name, f"10.0.0.{self.index}", {"http": 80}, Path("/"), Path("/l"))

    @property
    def host(self) -> str:
        return self.placement.address

    @property
    def status(self) -> Any:
        return self.field("status")

    def field(self, name: str) -> Any:
        if name == "status":
            if not self.running:
                raise Missing("down")
            return {"term": self.index, "members": ["n1"]}
        return getattr(self, name)


class FakeView:
    def __init__(self, *nodes: FakeNode) -> None:
        self.nodes = nodes

    def cluster(self, name: str) -> NodeSet:
        return NodeSet(self.nodes)

    def with_role(self, cluster: str, role: str) -> NodeSet:
        return NodeSet(tuple(n for n in self.nodes if n.running and n.role == role))

    def most_seen(self, cluster: str, role: str, by: str, since: float) -> tuple[Any, NodeSet]:
        return 4, NodeSet(self.nodes[:2])

    def mock(self, name: str) -> Any:
        raise Missing("no mock")

    async def read(self, what: str, arguments: tuple[Any, ...]) -> Any:
        if what == "memory":
            return 1024
        raise Missing(f"no {what}")


N1 = FakeNode("n1", 1, role="leader")
N2 = FakeNode("n2", 2)
N3 = FakeNode("n3", 3, running=False)
store = planc.cluster("store")


def scope(**names: Any) -> Scope:
    return Scope(names, FakeView(N1, N2, N3))


def witness(expr: planc.Expr, **names: Any) -> list[str]:
    return list(expr.witness(scope(**names)))


numbers = st.integers(-1000, 1000)


@given(numbers, numbers, numbers)
def test_operators_mean_what_they_mean_in_python(a: int, b: int, c: int) -> None:
    x, y, z = planc.let("x", a), planc.var("y"), c
    names = scope(y=b)
    assert (x + y * z).value(names) == a + b * c
    assert (z - x - y).value(names) == c - a - b
    assert (x < y).value(names) == (a < b)
    assert planc.both(x <= y, y != z).value(names) == (a <= b and b != c)
    assert planc.either(x == y, planc.negate(y > z)).value(names) == (a == b or not b > c)
    assert (-x).value(names) == -a


@given(st.text(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.booleans())
def test_a_text_holds_its_values_whatever_they_are(s: str, i: int, f: float, b: bool) -> None:
    found = planc.text("<", planc.var("s"), "|", i, "|", planc.var("b"), ">").value(scope(s=s, b=b))
    assert found == f"<{s}|{i}|{'true' if b else 'false'}>"


@given(
    st.recursive(
        st.none() | st.booleans() | numbers | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
        max_leaves=10,
    )
)
def test_literals_with_expressions_inside_are_data(value: Any) -> None:
    whole = planc.record({"a": planc.let("v", value), "b": [planc.let("v", value), value]})
    found = whole.value(scope())
    assert found["a"] == value
    assert found["b"][0] == value


def test_an_expression_refuses_to_be_true_or_looped_over_too_early() -> None:
    with pytest.raises(TypeError, match=r"s\.when"):
        bool(planc.var("x") == 1)
    with pytest.raises(TypeError, match=r"s\.each"):
        list(planc.var("x"))


def test_fields_of_one_node_are_values_and_of_several_are_lists() -> None:
    assert planc.node(store, "n2")["status"]["term"].value(scope()) == 2
    assert planc.nodes_of(store)["status"]["term"].value(scope()) == [1, 2]
    assert planc.nodes_of(store)["name"].value(scope()) == ["n1", "n2", "n3"]
    assert store["n2"]["index"].value(scope()) == 2
    assert planc.same(planc.running(store)["cluster"]).value(scope())


@pytest.mark.parametrize(
    "expr",
    [
        planc.node(store, "n3")["status"]["term"],
        planc.node(store, "n9"),
        planc.var("nothing"),
        planc.var("x")["nothing"],
        planc.var("x")["items"][5],
        planc.first(planc.items([])),
        planc.let("a", "text") < 3,
        planc.int_(planc.let("a", "seven")),
        planc.leader(planc.cluster("other"))["status"]["nothing"],
    ],
)
def test_what_is_not_there_is_missing_and_or_none_stands_in(expr: planc.Expr) -> None:
    names = scope(x={"items": [1, 2]})
    with pytest.raises(Missing):
        expr.value(names)
    assert planc.or_none(expr).value(names) is None


def test_functions_of_the_language() -> None:
    values = planc.let("values", [3, 1, 3])
    for expr, expected in {
        "count": (planc.count(values), 3),
        "sum": (planc.sum_(values), 7),
        "min": (planc.min_(values), 1),
        "max": (planc.max_(1, 2), 2),
        "distinct": (planc.distinct(values), [3, 1]),
        "sorted": (planc.sorted_(values), [1, 3, 3]),
        "last": (planc.last(values), 3),
        "any": (planc.any_([False, True]), True),
        "all": (planc.all_([False, True]), False),
        "base64": (planc.base64("ab"), "YWI="),
        "unbase64": (planc.unbase64("YWI="), "ab"),
        "decode": (planc.decode(planc.let("nothing", None)), None),
        "json": (planc.json_('{"a": 1}'), {"a": 1}),
        "int": (planc.int_("12.7"), 12),
        "upper": (planc.upper("ab"), "AB"),
        "in": (planc.is_in(1, values), True),
        "contains": (planc.contains("hello", "ell"), True),
        "matches": (planc.matches("hello", "^h.*o$"), True),
        "url": (planc.url(planc.node(store, "n1"), "http"), "http://10.0.0.1:80"),
        "endpoint": (planc.endpoint(planc.node(store, "n2")), "10.0.0.2:80"),
        "role": (planc.role(planc.node(store, "n1")), "leader"),
        "if": (planc.if_else(planc.let("c", False), 1, 2), 2),
    }.values():
        assert expr.value(scope()) == expected


def test_peers_give_a_text_for_each_node() -> None:
    template = planc.text(planc.var("name"), "=", planc.var("ip"), ":", planc.var("port")["http"])
    peers = [{"name": n.name, "ip": n.placement.address, "port": {"http": 80}} for n in (N1, N2)]
    found = planc.peers(template, ",").value(scope(peers=peers))
    assert found == "n1=10.0.0.1:80,n2=10.0.0.2:80"


def test_targets_are_found_in_the_view() -> None:
    assert planc.leader(store).value(scope()).names == ("n1",)
    assert planc.followers(store).value(scope()).names == ("n2",)
    assert planc.running(store).value(scope()).names == ("n1", "n2")
    assert planc.group(planc.node(store, "n3"), planc.leader(store)).value(scope()).names == (
        "n3",
        "n1",
    )


def test_evidence_says_what_the_parts_were() -> None:
    assert witness(planc.count(planc.leaders(store)) == 2) == ["count(leaders(store)) was 1: n1"]
    assert witness(planc.count(planc.leaders(store), by="term") <= 1) == [
        "count(leaders(store) by term) was 2 (term 4: n1, n2)"
    ]
    assert witness(planc.node(store, "n3")["status"]["term"] >= 1) == [
        "n3.status.term was not there: down"
    ]
    assert witness(planc.both(planc.var("a") == 1, planc.var("b") == 2), a=5, b=6) == [
        "a was 5",
        "b was 6",
    ]


def test_what_must_be_waited_for_is_read_before() -> None:
    expr = planc.memory(planc.node(store, "n1")) * 2
    assert asyncio.run(evaluate(expr, scope())) == 2048
    with pytest.raises(Missing, match="no metric"):
        asyncio.run(evaluate(planc.metric(store, "heap") > 1, scope()))


@given(
    st.dictionaries(st.sampled_from("abc"), st.integers() | st.text() | st.booleans(), min_size=1)
)
def test_a_schema_made_from_a_value_accepts_it_and_refuses_another_type(
    value: dict[str, Any],
) -> None:
    kinds = {int: "integer", str: "string", bool: "boolean"}
    schema = {key: kinds[type(item)] for key, item in value.items()}
    assert planc.matches_schema(value, schema).value(scope())
    first = next(iter(value))
    wrong = {**schema, first: "array"}
    assert not planc.matches_schema(value, wrong).value(scope())
    less = {key: item for key, item in value.items() if key != first}
    assert not planc.matches_schema(less, schema).value(scope())
