"""
A client has one operation under way at a time. With a round trip of 40 ms it does at most 25 in a
second: four clients never offer 200/s. What waits for a free client is late before it is sent,
and its latency is the load's own.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc import model as m
from planc.lint.rule import Finding, rule
from planc.lint.scene import Load
from planc.lint.subject import Subject
from planc.lint.values import number


@rule(
    "rate-beyond-clients",
    "A rate that so few clients cannot offer over links so slow",
    bad="""
    cluster far {
      nodes 3 of kv
      links 20ms
    }

    workload busy on far {
      client  kv_client
      clients 4
      rate    200/s
      mix     read 50%, write 50%
    }

    scenario "far away" {
      run busy for 10s
      expect history is linearizable
    }
    """,
    good="""
    cluster far {
      nodes 3 of kv
      links 20ms
    }

    workload busy on far {
      client  kv_client
      clients 16
      rate    200/s
      mix     read 50%, write 50%
    }

    scenario "far away" {
      run busy for 10s
      expect history is linearizable
    }
    """,
)
def check(plan: Subject) -> Iterator[Finding]:
    for scene in plan.scenes:
        for load in scene.loads:
            cluster = scene.known.get(load.workload.cluster.key)
            most = _most(load, cluster) if isinstance(cluster, m.Cluster) else None
            if most is not None and load.rate is not None and load.rate > most:
                where = load.block.part.rate if isinstance(load.block.part, m.Run) else None
                part = where or load.workload.rate or load.workload
                yield Finding(
                    part.span,
                    f"{load.rate:g}/s is more than {_clients(load):g} clients can ask: over these "
                    f"links at most {most:g}/s",
                    help="give the workload more clients",
                )


def _clients(load: Load) -> float | None:
    given = load.workload.clients
    return 1 if given is None else number(given)


def _most(load: Load, cluster: m.Cluster) -> float | None:
    """Return what the clients can offer in a second: one operation each per round trip."""
    clients = _clients(load)
    if clients is None or cluster.links is None:
        return None
    trip = 2 * (cluster.links.delay - cluster.links.jitter)
    return clients / trip if trip > 0 else None
