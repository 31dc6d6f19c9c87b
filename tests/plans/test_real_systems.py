"""Scenarios of each real system, run on real processes as a newcomer would: `planc run`.

A few that stand for the rest, healthy and with a bug planted. All of them, with all their planted
bugs: `planc mutate plans/etcd plans/redis plans/haproxy plans/serf plans/nats plans/kademlia
plans/beanstalkd --on local`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support.docker import require_engine

ROOT = Path(__file__).parents[2]
DEBIAN = ROOT / "plans/track_record/systems/versions/etcd-3.4.23/etcd"
HEALTHY = [
    ("etcd/quota.plan", "writes_are_refused"),
    ("etcd/metrics.plan", "members_count_on"),
    ("track_record/etcd_watch.plan", "etcd_3_5_1_drops_the_delete"),
    pytest.param(
        "track_record/etcd_watch.plan",
        "etcd_3_4_23_drops_the_delete",
        # Where apt has another version, as on another Debian, nothing brings it.
        marks=pytest.mark.skipif(
            not DEBIAN.exists(), reason="plans/track_record/install 3.4.23 brings it"
        ),
    ),
    ("track_record/etcd_watch.plan", "control_etcd_3_5_1"),
    ("track_record/etcd_single_member.plan", "etcd_3_5_1_acknowledges"),
    ("track_record/redis_journal.plan", "since_the_last_sync"),
    ("redis/failover.plan", "without_a_majority"),
    ("nats/nats.plan", "all_servers"),
    ("beanstalkd/jobs.plan", "server_without_room"),
    ("haproxy/agents.plan", "has_nothing_left"),
    ("haproxy/health.plan", "says_it_is_ill"),
    ("serf/broadcast.plan", "an_event_reaches_all"),
    ("kademlia/kademlia.plan", "30_of_the_nodes_are_dead"),
]
PLANTED = [
    ("beanstalkd/jobs.plan", "jobs_outlive", "once_a_minute"),
    ("etcd/quota.plan", "writes_are_refused", "boundless"),
    ("haproxy/balancing.plan", "by_weight_shares", "deaf_to_weights"),
    ("nats/power.plan", "power_fails", "lazy_sync"),
]
IN_CONTAINERS = [
    ("haproxy/balancing.plan", "in_turn"),
    ("redis/durability.plan", "full_disk_refuses"),
]


@pytest.mark.parametrize(("plan", "scenario"), HEALTHY)
def test_a_real_system_keeps_its_promise(plan: str, scenario: str, tmp_path: Path) -> None:
    summary = run(plan, scenario, tmp_path)
    assert summary["verdict"] == "passed", summary["because"]


@pytest.mark.parametrize(("plan", "scenario"), IN_CONTAINERS)
def test_it_keeps_it_in_containers(plan: str, scenario: str, tmp_path: Path) -> None:
    require_engine()
    summary = run(plan, scenario, tmp_path, on="docker")
    assert summary["verdict"] == "passed", summary["because"]


@pytest.mark.parametrize(("plan", "scenario", "bug"), PLANTED)
def test_a_planted_bug_is_found(plan: str, scenario: str, bug: str, tmp_path: Path) -> None:
    summary = run(plan, scenario, tmp_path, "--plant", bug)
    assert summary["verdict"] == "failed", summary["because"]


def run(plan: str, scenario: str, reports: Path, *more: str, on: str = "local") -> dict[str, Any]:
    """Run one scenario and return its summary; skips where the system is not installed."""
    command = [sys.executable, "-m", "planc", "run", f"plans/{plan}", "--on", on, *more]
    command += ["-k", scenario, "--no-coverage", "--reports", str(reports)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    found = [json.loads(path.read_text()) for path in reports.glob("**/scenarios/*/summary.json")]
    assert len(found) == 1, done.stdout + done.stderr
    if found[0]["verdict"] == "skipped":
        pytest.skip(found[0]["because"])
    summary: dict[str, Any] = found[0]
    return summary
