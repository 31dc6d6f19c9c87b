"""
A fault shows something only while somebody asks. What strikes when the last operation is done
meets a silent system: nothing is recorded while it lasts, and availability, recovery and the
history say what they would have said without it.

`operations N` ends a workload early, whatever `for` says: at 100/s, 500 operations are over after
5 s. Let the fault come earlier, or the load last longer.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc.lint.rule import Finding, rule
from planc.lint.subject import Subject


@rule(
    "fault-after-load",
    "A fault that starts when its workload has ended",
    bad="""
    workload few on store {
      client     kv_client
      rate       100/s
      mix        read 50%, write 50%
      operations 500
    }

    scenario "a crash loses nothing" {
      run few for 30s {
        at 10s  crash leader(store) for 5s
      }
      expect no acknowledged write is lost
    }
    """,
    good="""
    scenario "a crash loses nothing" {
      run registers for 30s {
        at 10s  crash leader(store) for 5s
      }
      expect no acknowledged write is lost
    }
    """,
)
def check(plan: Subject) -> Iterator[Finding]:
    for scene in plan.scenes:
        for strike in scene.troubles:
            loads = strike.block.loads
            lengths = [load.length for load in loads]
            if strike.start is None or not loads or None in lengths:
                continue
            last = max(length for length in lengths if length is not None)
            if strike.start >= last:
                yield Finding(
                    strike.place.span,
                    f"the fault starts at {strike.start:g}s, and the last operation is due "
                    f"at {last:g}s",
                    label="nobody asks while it lasts",
                    help="let it start earlier, or raise `operations`",
                )
