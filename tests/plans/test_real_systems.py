"""One scenario of each real system, run on real processes as a newcomer would: `planc run`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCENARIOS = [
    ("redis/failover.plan", "without_a_majority"),
    ("nats/nats.plan", "all_servers"),
    ("haproxy/balancing.plan", "in_turn"),
    ("serf/broadcast.plan", "an_event_reaches_all"),
]


@pytest.mark.parametrize(("plan", "scenario"), SCENARIOS)
def test_a_real_system_keeps_its_promise(plan: str, scenario: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "planc", "run", f"plans/{plan}", "--on", "local"]
    command += ["-k", scenario, "--no-coverage", "--reports", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    found = [json.loads(path.read_text()) for path in tmp_path.glob("**/scenarios/*/summary.json")]
    assert len(found) == 1, done.stdout + done.stderr
    if found[0]["verdict"] == "skipped":
        pytest.skip(found[0]["because"])
    assert found[0]["verdict"] == "passed", done.stdout
