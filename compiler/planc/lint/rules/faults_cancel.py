"""
Two faults at once are meant to be worse than one. Some pairs are less: two skews that add up to
nothing, a `start` that ends a `crash ... for 5s` after one second, links slowed of a node that is
not running. The plan reads harder than the run is.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from planc.diagnostics import Related
from planc.lint.rule import Finding, rule
from planc.lint.scene import Scene, Strike
from planc.lint.subject import Subject
from planc.lint.values import nodes_of, number

_DOWN = ("crash", "stop")
_OFFSETS = ("skew", "jump", "drift")
_MENDED_BY = {"start": ("crash", "stop"), "resume": ("pause",)}
_OF_RUNNING = (
    "pause", "slow", "drop", "duplicate", "reorder", "corrupt", "limit", "flap", "isolate",
    "slow_disk", "fail_fsync", "throttle_cpu", "limit_memory", "exhaust_files", "fail_names",
)  # fmt: skip
"""What a node that does not run cannot feel. A full disk or another clock waits for it."""


@rule(
    "faults-cancel",
    "Two faults of which one undoes the other, or cannot be felt because of it",
    bad="""
    scenario "clocks apart" {
      run registers for 30s {
        at 5s  skew n1 by 10s for 10s
        at 7s  skew n1 by -10s for 8s
      }
      expect history is linearizable
    }
    """,
    good="""
    scenario "clocks apart" {
      run registers for 30s {
        at 5s  skew n1 by 10s for 10s
        at 7s  skew n2 by -10s for 8s
      }
      expect history is linearizable
    }
    """,
)
def check(plan: Subject) -> Iterator[Finding]:
    for scene in plan.scenes:
        timed = [each for each in scene.strikes if each.start is not None and each.certain]
        for one, other in combinations(sorted(timed, key=lambda each: each.start or 0.0), 2):
            if one.block is other.block and (why := _cancel(scene, one, other)):
                yield Finding(
                    other.place.span,
                    why,
                    related=(Related(one.place.span, "the other one"),),
                    help="move one of them, or give it another target",
                )


def _cancel(scene: Scene, one: Strike, other: Strike) -> str:
    """Say how two faults, in the order of their starts, are less than one."""
    targets = [_nodes(scene, each) for each in (one, other)]
    if one.end is None or other.start is None or other.start >= one.end:
        return ""
    if targets[0] is None or targets[1] is None or not targets[0] & targets[1]:
        return ""
    first, second = one.trouble.name, other.trouble.name
    if first in _MENDED_BY.get(second, ()) and one.length is not None:
        return f"`{second}` ends a fault that is to last {one.end - (one.start or 0.0):g}s"
    if first == second and first in _OFFSETS and targets[0] == targets[1]:
        amounts = number(one.trouble.amount), number(other.trouble.amount)
        if None not in amounts and sum(each or 0.0 for each in amounts) == 0 and amounts[0]:
            return f"the two `{first}` of the same nodes add up to nothing"
    down = first in _DOWN and second in _OF_RUNNING and targets[1] <= targets[0]
    if down and other.end is not None and other.end <= one.end:
        return "the fault cannot be felt: its node does not run while it lasts"
    return ""


def _nodes(scene: Scene, strike: Strike) -> frozenset[tuple[str, str]] | None:
    """Return the nodes a fault certainly hits; who the leader is may change in between."""
    part = strike.trouble
    targets = [part.links.a] if part.links and part.links.form == "of" else list(part.targets)
    return nodes_of(targets[0], scene.known) if len(targets) == 1 else None
