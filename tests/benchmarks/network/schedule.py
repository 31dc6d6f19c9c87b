"""How late the faults of a plan begin: the plan's own time beside that of its events."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

_PLAN = """plan "late" {{ }}
service idle {{
  python "idle:main"
  ports  any 8080
  ready  log "waits" within 10s
}}
cluster few {{
  nodes 3 of idle
}}
scenario "partitions in time" {{
  over {seconds}s {{
{lines}
  }}
}}
"""
_NODE = """import asyncio

async def main(node):
    print("waits", flush=True)
    await asyncio.Event().wait()
"""


def lateness(count: int, every: float) -> tuple[list[float], list[float]]:
    """Return how many seconds later than the promptest partitions began, and were proved."""
    due = [0.2 + number * every for number in range(count)]
    lines = [
        f"    at {round(at * 1000)}ms partition few.n1 | few.n2 for {round(every * 500)}ms"
        for at in due
    ]
    with tempfile.TemporaryDirectory(prefix="planc-bench-") as folder:
        Path(folder, "idle.py").write_text(_NODE)
        plan = Path(folder, "late.plan")
        plan.write_text(_PLAN.format(seconds=int(due[-1] + 2), lines="\n".join(lines)))
        command = [sys.executable, "-m", "planc", "run", str(plan), "--on", "local"]
        ended = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        if ended.returncode != 0:
            raise RuntimeError(ended.stdout + ended.stderr)
        (path,) = Path(folder).glob("reports/*/scenarios/*/events.jsonl")
        events = [json.loads(line) for line in path.read_text().splitlines()]
    steps = [e["t"] for e in events if e["kind"] == "step"]
    held = [e["t"] for e in events if e["kind"] == "fault" and e["phase"] == "start"]
    # A block begins when its statements are read, an instant that is in no event.
    began = min(at - wanted for at, wanted in zip(steps, due, strict=True))
    begun, proved = (
        [at - began - wanted for at, wanted in zip(times, due, strict=True)]
        for times in (steps, held)
    )
    return begun, proved
