"""
Followers wait for their election timeout before they believe that the leader is gone. A run that
is over earlier, a fault of the leader that heals earlier, or a patience that ends earlier shows
nothing about elections: none has happened.

The timeout is read from the service: a parameter whose name speaks of an election, or
`--election-timeout` in its command (milliseconds, as etcd has it).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from planc import model as m
from planc.lint.rule import Finding, rule
from planc.lint.scene import Scene, Strike
from planc.lint.subject import Subject
from planc.lint.values import number

_OPTION = re.compile(r"--election-timeout[= ](\d+)")
_OF_LEADER = ("leader", "leaders")
_SILENCING = ("partition", "partition_one_way", "isolate")
"""Not `crash`: who comes back is a follower, however soon."""


@rule(
    "shorter-than-election",
    "A run, a fault of the leader or a patience shorter than the election timeout",
    bad="""
    scenario "a new leader is elected" {
      run registers for 10s {
        at 2s  partition leader(store) | others for 300ms
      }
      expect history is linearizable
    }
    """,
    good="""
    scenario "a new leader is elected" {
      run registers for 10s {
        at 2s  partition leader(store) | others for 4s
      }
      expect history is linearizable
    }
    """,
)
def check(plan: Subject) -> Iterator[Finding]:
    for scene in plan.scenes:
        election = _election(scene)
        if election is None:
            continue
        for strike in scene.troubles:
            if _silences_leader(strike):
                yield from _fault(strike, election)
        for judged in scene.judged:
            part = judged.part
            if isinstance(part, m.Eventually | m.WaitUntil):
                within = number(part.within)
                if within is not None and within < election and _speaks_of_leader(part.condition):
                    yield _finding(part, f"{within:g}s are waited for a leader", election)


def _fault(strike: Strike, election: float) -> Iterator[Finding]:
    length = strike.block.length
    if strike.length is not None and strike.length < election:
        yield _finding(strike.place, f"the leader is gone for {strike.length:g}s", election)
    elif length is not None and strike.start is not None and length - strike.start < election:
        left = length - strike.start
        yield _finding(strike.place, f"the run ends {left:g}s after the fault", election)


def _finding(part: m.Item, what: str, election: float) -> Finding:
    return Finding(
        part.span,
        f"{what}, and followers wait {election:g}s before they elect another",
        help="let it last several election timeouts, or set the timeout lower in the cluster",
    )


def _silences_leader(strike: Strike) -> bool:
    if strike.trouble.name not in _SILENCING:
        return False
    return any(_speaks_of_leader(target) for target in strike.trouble.targets)


def _speaks_of_leader(part: m.Expression) -> bool:
    return any(isinstance(each, m.Apply) and each.function in _OF_LEADER for each in m.walk(part))


def _election(scene: Scene) -> float | None:
    """Return the election timeout of the one cluster of a scenario, in seconds."""
    clusters = scene.clusters()
    services = scene.services()
    if len(clusters) != 1 or not services:
        return None
    said = {name: value for service in services for name, value in service.params}
    said.update(clusters[0].settings)
    for name, value in said.items():
        if "election" in name.lower():
            return number(value) if getattr(value, "type", "") == "duration" else None
    for service in services:
        words = "".join(str(each.value) for each in m.walk(service.command)
                        if isinstance(each, m.Constant))  # fmt: skip
        parts = [each.parts for each in m.walk(service.command) if isinstance(each, m.Template)]
        words += " ".join(each for texts in parts for each in texts if isinstance(each, str))
        if found := _OPTION.search(words):
            return int(found.group(1)) / 1000
    return None
