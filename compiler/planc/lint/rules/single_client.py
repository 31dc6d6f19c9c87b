"""
One client waits for each answer before it asks again, so that no two operations overlap. What a
checker of concurrency looks for cannot happen: a history without overlaps is linearizable as soon
as every read returns the last write that its own client had made.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc import model as m
from planc.diagnostics import Related
from planc.lint.rule import Finding, rule
from planc.lint.scene import Scene
from planc.lint.subject import Subject
from planc.lint.values import number

_CONCURRENT = frozenset({
    "linearizable", "sequential", "serializable", "strict-serializable", "snapshot-isolated",
    "strong-snapshot-isolated", "session-serializable", "repeatable-read", "mutually-exclusive",
    "fenced", "unique-ids",
})  # fmt: skip


@rule(
    "single-client",
    "A property of concurrent clients, and only one client",
    bad="""
    workload lonely on store {
      client kv_client
      rate   50/s
      mix    read 50%, write 50%
    }

    scenario "it is consistent" {
      run lonely for 10s
      expect history is linearizable
    }
    """,
    good="""
    scenario "it is consistent" {
      run registers for 10s
      expect history is linearizable
    }
    """,
)
def check(plan: Subject) -> Iterator[Finding]:
    for scene in plan.scenes:
        for statement, expectation, _ in scene.expectations(m.ExpectHistory):
            if expectation.property in _CONCURRENT and _alone(scene, expectation):
                load = scene.loads[0]
                where = load.workload.clients or load.workload
                yield Finding(
                    statement.span,
                    f"`{expectation.property}` of one client: nothing overlaps that could be "
                    "out of order",
                    help="let several clients ask: clients 8",
                    related=(Related(where.span, "one client"),),
                )


def _alone(scene: Scene, expectation: m.ExpectHistory) -> bool:
    if scene.calls:
        return False
    of = expectation.workload
    loads = [load for load in scene.loads if of is None or load.workload.key == of.key]
    if len(loads) != 1:
        return False
    clients = loads[0].workload.clients
    return clients is None or number(clients) == 1
