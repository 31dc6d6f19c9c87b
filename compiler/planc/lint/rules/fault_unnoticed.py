"""
A fault that is over before the next operation is due was not noticed by anybody. At 10/s an
operation comes every 100 ms: a partition of 50 ms passes between two of them every other time.
`always` looks at a node 20 times a second on the simulator and 10 times a second elsewhere; what
was true for less than that may pass unseen.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc.lint.rule import Finding, rule
from planc.lint.scene import Strike
from planc.lint.subject import Subject


@rule(
    "fault-unnoticed",
    "A fault shorter than the time between two operations",
    bad="""
    workload slow on store {
      client kv_client
      rate   2/s
      mix    read 50%, write 50%
    }

    scenario "a hiccup" {
      run slow for 10s {
        at 2s  pause n1 for 100ms
      }
      expect availability >= 99%
    }
    """,
    good="""
    scenario "a hiccup" {
      run registers for 10s {
        at 2s  pause n1 for 500ms
      }
      expect availability >= 99%
    }
    """,
)
def check(plan: Subject) -> Iterator[Finding]:
    for scene in plan.scenes:
        for strike in scene.troubles:
            due = _operations(strike)
            if due is not None and due < 1:
                yield Finding(
                    strike.place.span,
                    f"the fault lasts {strike.length:g}s, in which {due:.2g} operations are due",
                    help="let it last longer, or ask more often",
                )


def _operations(strike: Strike) -> float | None:
    """Return how many operations are due while a fault lasts."""
    rates = [load.rate for load in strike.block.loads]
    if strike.length is None or not rates or None in rates:
        return None
    return sum(rate or 0.0 for rate in rates) * strike.length
