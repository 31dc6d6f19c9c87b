"""Models of the plan's own author, and reads of each node by itself."""

from __future__ import annotations

from typing import Any

MODEL = """
def register(state, operation):
    values = dict(state or ())
    if operation.f == "write":
        values[operation.args[0]] = str(operation.args[1])
        return tuple(sorted(values.items()))
    return state if values.get(operation.args[0]) == operation.value else NotImplemented

def nothing_is_ever_read(state, operation):
    return NotImplemented if operation.value is not None and operation.f == "read" else state

def broken(state, operation):
    return {}["missing"]
"""
RUN = "async with s.run(load, seconds=1.0) as run:\n    pass\n"


def verdict(project: Any, name: str) -> Any:
    (project.plans / "systems" / "models.py").write_text(MODEL)
    body = f'{RUN}await s.expect(planc.history().is_("linearizable", model="models:{name}"))'
    return project.run(project.scenario(body)).expectations[0]


def test_a_history_is_judged_by_a_model_of_the_plans_own(project: Any) -> None:
    assert verdict(project, "register").result == "passed"
    found = verdict(project, "nothing_is_ever_read")
    assert found.result == "failed"
    assert found.evidence


def test_a_model_that_raises_decides_nothing_and_says_why(project: Any) -> None:
    found = verdict(project, "broken")
    assert found.result == "inconclusive"
    assert "KeyError: 'missing'" in found.measured


def test_replicas_are_read_one_by_one(project: Any) -> None:
    """Only n1 answers reads itself: whoever asks the others alone learns nothing."""
    body = f'{RUN}await s.expect(planc.history().is_("replicas-equal"))'
    found = project.run(project.scenario(body)).expectations[0]
    assert found.result == "inconclusive"
    assert found.measured == "no key was read on two nodes"
    project.plans.joinpath("systems", "tiny.py").write_text(
        project.plans.joinpath("systems", "tiny.py")
        .read_text()
        .replace(
            'case [_, "kv", key] if not self.leads', 'case ["PUT", "kv", key] if not self.leads'
        )
    )
    found = project.run(project.scenario(body)).expectations[0]
    assert found.result == "failed"
    assert " on n1, but " in found.measured
