"""
An expectation that none of the scenario's operations can break is true of every system. `no
acknowledged write is lost` needs writes, `counter-total` something that counts, `latency of cas`
a mix with `cas` in it, `on W` a run of W.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc import model as m
from planc.lint.rule import Finding, rule
from planc.lint.scene import Scene
from planc.lint.subject import Subject

_WRITES = ("write", "cas", "append", "add", "increment", "enqueue", "push", "txn", "delete",
           "remove", "put", "set", "insert", "produce", "publish", "send")  # fmt: skip
_READS = ("read", "contains", "get", "dequeue", "receive", "pop", "consume", "poll", "txn", "cas",
          "watch")  # fmt: skip
_KEPT = ("write", "add", "append", "cas", "put", "set", "delete", "txn")
"""What a final read of its key shows. A message is gone once it is taken: `at-least-once`."""
_NEEDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "no-lost-writes": (_KEPT,),
    "counter-total": (("increment", "add", "decrement"),),
    "mutually-exclusive": (("acquire", "lock"),),
    "monotonic-reads": (_READS,),
    "read-your-writes": (_READS, _WRITES),
    "writes-follow-reads": (_READS, _WRITES),
    "monotonic-writes": (_WRITES,),
}
"""For each property the sets of operations of which it needs one each."""


@rule(
    "expectation-unfed",
    "An expectation that none of the scenario's operations can break",
    bad="""
    workload lookups on store {
      client kv_client
      rate   50/s
      mix    read 100%
    }

    scenario "nothing is lost" {
      run lookups for 10s
      expect no acknowledged write is lost
    }
    """,
    good="""
    scenario "nothing is lost" {
      run registers for 10s
      expect no acknowledged write is lost
    }
    """,
)
def check(plan: Subject) -> Iterator[Finding]:
    for scene in plan.scenes:
        done = _operations(scene)
        for statement, expectation, _ in scene.expectations(m.ExpectHistory):
            yield from _history(scene, statement, expectation, done)
        for part in m.walk(scene.scenario):
            if isinstance(part, m.Measure):
                yield from _measure(scene, part, done)


def _operations(scene: Scene) -> dict[str, set[str]]:
    """Return what each workload that runs does; calls of the scenario stand under ""."""
    found: dict[str, set[str]] = {
        "": {call.operation for _, call in scene.calls if isinstance(call, m.ClientCall)}
    }
    for load in scene.loads:
        shares = load.mix.items()
        found.setdefault(load.workload.key, set()).update(n for n, share in shares if share > 0)
    return found


def _among(done: dict[str, set[str]], workload: m.Reference | None) -> set[str]:
    if workload is not None:
        return done.get(workload.key, set())
    return {name for names in done.values() for name in names}


def _history(
    scene: Scene, statement: m.Expect, expectation: m.ExpectHistory, done: dict[str, set[str]]
) -> Iterator[Finding]:
    if (not_run := _not_run(scene, expectation.workload)) is not None:
        yield Finding(statement.span, not_run, help="run it, or judge what runs")
        return
    names = _among(done, expectation.workload)
    for needed in _NEEDS.get(expectation.property, ()):
        if names and not expectation.negated and not names & set(needed) and _plain(names):
            yield Finding(
                statement.span,
                f"no operation of this scenario can break it: there is none of "
                f"{', '.join(needed[:4])}",
                label=f"the load does {', '.join(sorted(names))} only",
                help=_way_out(expectation, names),
            )
            return


def _way_out(expectation: m.ExpectHistory, names: set[str]) -> str:
    if expectation.property == "no-lost-writes" and names & {"send", "publish", "enqueue", "push"}:
        return "of messages, write `expect history is at-least-once`"
    return "add such an operation to the mix, or remove the expectation"


_KNOWN = {*_WRITES, *_READS, "increment", "decrement", "acquire", "release", "lock", "unlock"}


def _plain(names: set[str]) -> bool:
    """Say whether all operations have names that mean something; of others nothing is known."""
    return names <= _KNOWN


def _measure(scene: Scene, part: m.Measure, done: dict[str, set[str]]) -> Iterator[Finding]:
    if (not_run := _not_run(scene, part.workload)) is not None:
        yield Finding(part.span, not_run, help="run it, or judge what runs")
    elif part.of is not None and part.of not in _among(done, part.workload) and _all_known(scene):
        yield Finding(
            part.span,
            f"`{part.of}` is in no mix that this scenario runs",
            help="add it to the mix, or measure what is asked",
        )


def _not_run(scene: Scene, workload: m.Reference | None) -> str | None:
    if workload is None or any(load.workload.key == workload.key for load in scene.loads):
        return None
    return f"the workload `{workload.name}` does not run in this scenario"


def _all_known(scene: Scene) -> bool:
    return all(load.client is not None for load in scene.loads)
