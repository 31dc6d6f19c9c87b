"""
The keys of a workload are named after the workload: what one writes no other reads. A workload
that only reads therefore sees keys that nobody has ever written, and every system agrees about
those, however broken. A verdict about consistency over such reads is green without having looked.

Put reads and writes into the mix of one workload. Whoever wants many readers and few writers says
so with shares.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc import model as m
from planc.diagnostics import Related
from planc.lint.rule import Finding, rule
from planc.lint.scene import Load, Scene
from planc.lint.subject import Subject

_KEYS = frozenset({"k", "key", "name", "id", "queue", "topic", "lock", "account"})
"""Parameters that a workload fills with a key of its own."""
_PURE = ("read", "contains", "get")
_JUDGED = frozenset({
    "linearizable", "sequential", "serializable", "strict-serializable", "session-serializable",
    "read-your-writes", "monotonic-reads", "writes-follow-reads", "replicas-equal",
    "snapshot-isolated", "read-committed", "repeatable-read",
})  # fmt: skip


@rule(
    "reads-of-nothing",
    "A verdict about consistency whose reads can only see keys that nobody writes",
    bad="""
    workload writers on store {
      client kv_client
      rate   50/s
      mix    write 100%
    }

    workload readers on store {
      client kv_client
      rate   50/s
      mix    read 100%
    }

    scenario "readers see what writers wrote" {
      run writers, readers for 10s
      expect history is linearizable
    }
    """,
    good="""
    workload mostly_readers on store {
      client  kv_client
      clients 8
      rate    50/s
      mix     read 90%, write 10%
    }

    scenario "readers see what writers wrote" {
      run mostly_readers for 10s
      expect history is linearizable
    }
    """,
)
def check(plan: Subject) -> Iterator[Finding]:
    for scene in plan.scenes:
        if scene.has_escape or any(isinstance(call, m.ClientCall) for _, call in scene.calls):
            continue
        for statement, expectation, _ in scene.expectations(m.ExpectHistory):
            if expectation.property in _JUDGED and not expectation.negated:
                loads = _judged(scene, expectation)
                if loads and all(_sees_nothing(load) for load in loads) and _reads(loads):
                    yield _finding(statement, loads)


def _judged(scene: Scene, expectation: m.ExpectHistory) -> list[Load]:
    of = expectation.workload
    return [load for load in scene.loads if of is None or load.workload.key == of.key]


def _sees_nothing(load: Load) -> bool:
    """Say whether a workload does not both read and write its keys."""
    done = {name for name, share in load.mix.items() if share > 0}
    if load.client is None or load.client.over == "python":
        return False
    operations = [load.client.operation(name) for name in done]
    keyed = [each for each in operations if each and _KEYS & set(each.parameters)]
    reads = {each.name for each in keyed if each.name in _PURE}
    return len(keyed) == len(operations) and (reads == done or (not reads and "cas" not in done))


def _reads(loads: list[Load]) -> bool:
    return any(name in _PURE for load in loads for name in load.mix)


def _finding(statement: m.Expect, loads: list[Load]) -> Finding:
    readers = [load for load in loads if any(name in _PURE for name in load.mix)]
    return Finding(
        statement.span,
        "every read of this history is of a key that nobody writes",
        help="put reads and writes into the mix of one workload: its keys are its own",
        related=tuple(Related(each.workload.span, "only reads") for each in readers),
    )
