"""
`rate 100/s to 1000/s over 60s` in a run of 20 s ends at 400/s. What the plan seems to show, the
system under 1000/s, never happens.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc import model as m
from planc.lint.rule import Finding, rule
from planc.lint.subject import Subject
from planc.lint.values import number


@rule(
    "ramp-cut-short",
    "A ramp that takes longer than the run",
    bad="""
    workload growing on store {
      client  kv_client
      clients 64
      rate    100/s to 1000/s over 60s
      mix     read 50%, write 50%
    }

    scenario "under load" {
      run growing for 20s
      expect error rate < 1%
    }
    """,
    good="""
    workload growing on store {
      client  kv_client
      clients 64
      rate    100/s to 1000/s over 10s
      mix     read 50%, write 50%
    }

    scenario "under load" {
      run growing for 20s
      expect error rate < 1%
    }
    """,
)
def check(plan: Subject) -> Iterator[Finding]:
    for scene in plan.scenes:
        for load in scene.loads:
            ramp, length = load.workload.rate, load.block.length
            over = number(ramp.over) if ramp else None
            given = isinstance(load.block.part, m.Run) and load.block.part.rate is not None
            if ramp and over is not None and length is not None and over > length and not given:
                yield Finding(
                    ramp.span,
                    f"the rate rises for {over:g}s, and the run ends after {length:g}s",
                    help="run longer, or rise faster",
                )
