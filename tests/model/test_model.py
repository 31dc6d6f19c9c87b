"""The model is JSON and back, and everything in it knows where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from planc import model as m
from planc.pipeline import models

CASE = Path(__file__).parents[1] / "golden" / "cases" / "everything"


@pytest.fixture(scope="module")
def plan() -> m.Plan:
    found, _ = models(root=CASE)
    return found["plans/everything.plan"]


def test_a_plan_survives_json(plan: m.Plan) -> None:
    assert m.Plan.from_json(plan.to_json()) == plan


def test_every_part_stands_in_a_file_of_the_plan(plan: m.Plan) -> None:
    files = {plan.path, *plan.uses}
    items = [item for item in m.walk(plan) if isinstance(item, m.Item)]

    assert len(items) > 500
    assert {item.span.path for item in items} == files
    assert all(item.span.line >= 1 for item in items)


def test_a_declaration_comes_after_all_that_it_refers_to(plan: m.Plan) -> None:
    known: set[str] = set()
    for declaration in plan.declarations:
        keys = {
            item.key
            for item in m.walk(declaration)
            if isinstance(item, m.Reference | m.FaultUse) and item.key
        }
        assert keys <= known
        known.add(declaration.key)


def test_units_are_si(plan: m.Plan) -> None:
    cluster = plan.declaration("plans/everything.plan#store")
    assert isinstance(cluster, m.Cluster)
    assert cluster.links is not None
    assert (cluster.links.delay, cluster.links.jitter) == (0.001, 0.0005)
    assert (cluster.links.loss, cluster.links.rate) == (0.001, 1e8)
    limit = plan.declaration("plans/systems/patience.plan#limit")
    assert isinstance(limit, m.Let)
    assert isinstance(limit.value, m.Constant)
    assert (limit.value.type, limit.value.value) == ("size", 64 * 1024 + 1024**2 - 200)


def test_a_library_is_written_out_as_far_as_it_is_used(plan: m.Plan) -> None:
    keys = [declaration.key for declaration in plan.declarations]

    assert "plans/systems/everything.plan#etcd" in keys
    assert "plans/systems/patience.plan#unused" not in keys


def test_nodes_have_names_and_services(plan: m.Plan) -> None:
    cluster = plan.declaration("plans/everything.plan#store")
    assert isinstance(cluster, m.Cluster)
    services = [key.rpartition("#")[2] for key in cluster.node_services]

    assert cluster.node_names == ("n1", "n2", "n3", "n4", "n5", "gateway", "extra1", "extra2")
    assert services == ["etcd"] * 5 + ["by_log"] + ["etcd"] * 2


def test_a_model_cannot_be_changed(plan: m.Plan) -> None:
    with pytest.raises(AttributeError):
        plan.scenarios[0].timeout = 3.0  # type: ignore[misc]

    assert plan.scenarios[0].changed(timeout=3.0).timeout == 3.0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"severity":"critical"', '"severity":3'),
        ('"severity":"critical"', '"severty":"critical"'),
        ('"kind":"service"', '"kind":"sevice"'),
        ('"tags":["consensus"', '"tags":[["consensus"]'),
    ],
)
def test_what_is_read_is_validated(plan: m.Plan, old: str, new: str) -> None:
    text = plan.to_json()
    assert old in text

    with pytest.raises(ValidationError):
        m.Plan.from_json(text.replace(old, new))


def test_a_part_has_the_fields_it_has(plan: m.Plan) -> None:
    with pytest.raises(TypeError, match="needs `line`"):
        m.Plan(path="x", declarations=(), scenarios=())  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="has no colour"):
        plan.changed(colour="red")
