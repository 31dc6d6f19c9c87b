"""
Two scenarios that do the same and expect the same are one scenario with two titles, run twice.
Mostly the second was copied and the line that was to make the difference forgotten. Other seeds
are no reason: `planc run --repeat` draws them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planc import model as m
from planc.diagnostics import Related
from planc.lint.rule import Finding, rule
from planc.lint.subject import Subject
from planc.lint.values import shape


@rule(
    "duplicate-scenario",
    "Two scenarios that do and expect the same",
    bad="""
    scenario "a crash is survived" {
      run registers for 10s {
        at 2s  crash leader(store) for 2s
      }
      expect history is linearizable
    }

    scenario "a partition is survived" {
      run registers for 10s {
        at 2s  crash leader(store) for 2s
      }
      expect history is linearizable
    }
    """,
    good="""
    scenario "a crash is survived" {
      run registers for 10s {
        at 2s  crash leader(store) for 2s
      }
      expect history is linearizable
    }

    scenario "a partition is survived" {
      run registers for 10s {
        at 2s  partition leader(store) | others for 2s
      }
      expect history is linearizable
    }
    """,
)
def check(plan: Subject) -> Iterator[Finding]:
    seen: dict[Any, m.Scenario] = {}
    for scenario in plan.plan.scenarios:
        means = _meaning(scenario)
        if means in seen:
            yield Finding(
                scenario.title.span,
                f'the scenario does and expects what "{seen[means].name}" does and expects',
                help="change what was to be different, or remove one of them",
                related=(Related(seen[means].title.span, "the other one"),),
            )
        seen.setdefault(means, scenario)


def _meaning(scenario: m.Scenario) -> Any:
    own = tuple(each.changed(key="", name="") for each in scenario.own_clusters)
    where = (scenario.only_on, tuple(name for name, _ in scenario.skip_on))
    return shape((scenario.loops, scenario.cases, own, scenario.clusters, where, scenario.body))
