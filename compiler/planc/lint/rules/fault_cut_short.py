"""
When a `run` ends, all that its faults broke is mended. A fault that was to last longer is over
with the block: the plan says `for 10s`, the run has two seconds of it. Let it start earlier or
the run last longer; a fault that is to last until the end says so without `for`.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc.lint.rule import Finding, rule
from planc.lint.subject import Subject


@rule(
    "fault-cut-short",
    "A fault that its block ends before it has lasted as long as it says",
    bad="""
    scenario "the leader is gone for a while" {
      run registers for 20s {
        at 15s  crash leader(store) for 10s
      }
      expect history is linearizable
    }
    """,
    good="""
    scenario "the leader is gone for a while" {
      run registers for 30s {
        at 15s  crash leader(store) for 10s
      }
      expect history is linearizable
    }
    """,
)
def check(plan: Subject) -> Iterator[Finding]:
    for scene in plan.scenes:
        for strike in scene.troubles:
            end = strike.block.length
            if strike.start is None or strike.length is None or end is None or not strike.certain:
                continue
            if strike.start < end < strike.start + strike.length:
                yield Finding(
                    strike.place.span,
                    f"the fault is to last {strike.length:g}s, and the block ends "
                    f"{end - strike.start:g}s after its start",
                    help="let it start earlier, let the run last longer, or leave out `for`",
                )
