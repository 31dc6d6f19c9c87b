"""Same seed, same run: libraries from PyPI, unmodified, in interpreters of their own."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planc_runtime.protocols.rules import ClockRule, LinkRule

SCENARIOS = Path(__file__).parent / "scenarios"


def run(scenario: str, folder: Path, hash_seed: int, seed: int = 7) -> str:
    """Run a scenario in a fresh interpreter; returns what it reports."""
    environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed)}
    command = [sys.executable, str(SCENARIOS / scenario), str(folder), str(seed)]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("scenario", ["kademlia_ring.py", "web_replicas.py", "sets.py"])
def test_a_run_is_a_function_of_its_seed(scenario: str, tmp_path: Path) -> None:
    reports = [run(scenario, tmp_path / str(seed), seed) for seed in (1, 2, 3)]
    assert reports[0] == reports[1] == reports[2]
    assert run(scenario, tmp_path / "other", 1, seed=8) != reports[0]


def test_kademlia_finds_values_after_a_third_of_the_nodes_was_killed(tmp_path: Path) -> None:
    report = run("kademlia_ring.py", tmp_path, 1)
    assert "found 50 of 50" in report


def test_replicas_of_a_web_service_have_stores_of_their_own(tmp_path: Path) -> None:
    report = run("web_replicas.py", tmp_path, 1)
    assert "values {'n1': 1, 'n2': 2, 'n3': 3}" in report
    assert "after a restart None" in report
    assert "plain function 6" in report


CHATTER = """
    import asyncio, random

    async def answer(reader, writer):
        while line := await reader.readline():
            await asyncio.sleep(random.uniform(0, 0.01))
            writer.write(line)

    async def main(node):
        await asyncio.start_server(answer, None, 7000)
        while True:
            try:
                peer = random.choice(["n1", "n2", "n3"])
                async with asyncio.timeout(random.uniform(0.05, 1)):
                    reader, writer = await asyncio.open_connection(peer, 7000)
                    writer.write(b"%f\\n" % random.random())
                    print(peer, await reader.readline(), asyncio.get_running_loop().time())
                    writer.close()
            except (OSError, TimeoutError) as trouble:
                print(peer, repr(trouble), asyncio.get_running_loop().time())
            await asyncio.sleep(random.expovariate(10))
"""
NODES = st.sampled_from(["n1", "n2", "n3"])
CHANCE = st.floats(0, 1)
TROUBLES = st.one_of(
    st.tuples(st.just("restart"), NODES),
    st.tuples(st.just("pause"), NODES),
    st.tuples(st.just("clock"), NODES, st.builds(ClockRule, CHANCE, st.floats(-0.5, 0.5))),
    st.tuples(
        st.just("link"),
        st.tuples(NODES, NODES),
        st.builds(
            LinkRule, st.booleans(), loss=CHANCE, delay=CHANCE, jitter=CHANCE, reorder=CHANCE
        ),
    ),
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(troubles=st.lists(TROUBLES, max_size=5), seed=st.integers(0, 1 << 32))
def test_whatever_goes_wrong_goes_wrong_alike(stage: Any, troubles: Any, seed: int) -> None:
    def run() -> list[str]:
        evidence = []

        async def scenario() -> None:
            entry = stage.program("chatter", CHATTER)
            for name in ("n1", "n2", "n3"):
                await stage.start(name, entry=entry)
            for kind, target, *rule in troubles:
                if kind == "restart":
                    evidence.append(await stage.node(target).kill())
                    await stage.start(target, entry=entry)
                elif kind == "pause":
                    lease = await stage.world.pause(target)
                elif kind == "clock":
                    lease = await stage.world.set_clock(target, *rule)
                else:
                    lease = await stage.world.impair(frozenset({target}), *rule)
                await asyncio.sleep(1)
                if kind != "restart":
                    evidence.append(await lease.heal())

        stage.run(scenario, seed)
        return [*map(str, evidence), *(stage.log(name) for name in ("n1", "n2", "n3"))]

    assert run() == run()
