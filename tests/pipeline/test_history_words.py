"""The language's properties of histories are those that the runtime has checkers for."""

from __future__ import annotations

import pytest
from tests.pipeline.conftest import PLAN, Files

from planc.pipeline import check, compile, write
from planc.vocabulary.expectations import HISTORY_PROPERTIES, MODELS
from planc_runtime.checkers import HISTORY_CHECKS
from planc_runtime.checkers.linearizable import MODELS as KNOWN_MODELS

LOST = "no-acknowledged-write-lost"


def test_every_property_has_a_checker_and_every_checker_a_word() -> None:
    assert {*HISTORY_PROPERTIES} == {*HISTORY_CHECKS} - {LOST}
    assert {*MODELS} == {*KNOWN_MODELS}


@pytest.mark.parametrize(
    ("wanted", "emitted"),
    [
        ('linearizable as python "models:stack"', '"linearizable", model="models:stack"'),
        ("linearizable as stack", '"linearizable", model="stack"'),
        ("snapshot-isolated", '"snapshot-isolated"'),
        ("not strict-serializable", 'is_not("strict-serializable")'),
    ],
)
def test_properties_and_models_reach_the_module(project: Files, wanted: str, emitted: str) -> None:
    text = PLAN.replace("history is linearizable", f"history is {wanted}")
    project.write("plans/store/first.plan", text)
    write(compile(root=project.root))
    assert emitted in project.read("generated/store/test_first.py")


def test_a_model_that_names_no_function_is_an_error(project: Files) -> None:
    text = PLAN.replace("is linearizable", 'is linearizable as python "stack"')
    path = project.write("plans/store/first.plan", text)
    found = list(check([path], root=project.root, cache=False).diagnostics)
    assert [each.span.line for each in found] == [20]
    assert "module:" in f"{found[0].message} {found[0].help}"
