"""Load in virtual time, on connections whose answers take as long as each test says."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from planc_runtime.clusters.sim import SimBackend
from planc_runtime.history.history import History
from planc_runtime.protocols.backend import Settings, World
from planc_runtime.protocols.client import Reply
from planc_runtime.protocols.outcome import Outcome
from planc_runtime.workloads import KeySpace, Load, LoadSpec, OperationShape, Ramp, drive

Answer = Callable[[float], tuple[float, Outcome]]
"""From the second of asking to how long the answer takes and what it is."""


class Server:
    """A Connection to something that answers after a while."""

    def __init__(self, world: World, answer: Answer) -> None:
        self._world = world
        self._answer = answer

    async def invoke(self, operation: str, args: Sequence[Any]) -> Reply:
        takes, outcome = self._answer(self._world.now())
        await asyncio.sleep(takes)
        return Reply(outcome)

    async def close(self) -> None:
        return


def driven(
    folder: Path, answer: Answer, seconds: float | None = 10.0, **changes: Any
) -> tuple[Load, History]:
    history = History()
    shape = {"write": OperationShape("write", ("k", "v"))}
    spec = LoadSpec("w", shape, {"write": 1.0}, keys=KeySpace(3), **changes)

    async def main(world: World) -> Load:
        return await drive(
            spec,
            [Server(world, answer) for _ in range(spec.clients)],
            [world.host(f"client-{i}") for i in range(spec.clients)],
            history=history,
            clock=world.now,
            rng=random.Random(7),
            values=itertools.count(1),
            processes=itertools.count(),
            seconds=seconds,
        )

    return SimBackend().execute(Settings(seed=1, directory=folder), main), history


def quick(_: float) -> tuple[float, Outcome]:
    return 0.002, Outcome.OK


def test_an_open_loop_offers_its_rate_and_is_never_late(tmp_path: Path) -> None:
    load, history = driven(tmp_path, quick, clients=4, rate=Ramp(100, 100))
    assert (load.offered, load.sent, load.given_up) == (1000, 1000, 0)
    assert max(load.lags) == pytest.approx(0, abs=1e-6)
    assert len(history) == 1000


def test_a_stall_is_seen_by_all_who_would_have_waited(tmp_path: Path) -> None:
    def stalls(now: float) -> tuple[float, Outcome]:
        return (max(0.001, 4.0 - now), Outcome.OK) if now >= 3.0 else (0.001, Outcome.OK)

    _, history = driven(tmp_path, stalls, clients=1, rate=Ramp(100, 100), timeout=30)
    slow = [op for op in history if (op.latency or 0) > 0.1]
    # One operation met the stall of a second; those due behind it waited too, each a bit less.
    assert len(slow) > 80
    assert max(op.latency or 0 for op in slow) == pytest.approx(1.0, abs=0.02)


def test_what_waits_too_long_for_a_client_is_given_up_and_certainly_not_sent(
    tmp_path: Path,
) -> None:
    load, history = driven(
        tmp_path, lambda _: (5.0, Outcome.UNKNOWN), clients=2, rate=Ramp(10, 10), timeout=1.0
    )
    never = [op for op in history if op.error and "never sent" in op.error]
    assert load.given_up == len(never) > 50
    assert {op.outcome for op in never} == {Outcome.FAIL}
    assert load.sent + load.given_up == load.offered == 100


def test_a_process_whose_operation_is_unknown_never_speaks_again(tmp_path: Path) -> None:
    turns = itertools.count()

    def sometimes(_: float) -> tuple[float, Outcome]:
        return 0.01, Outcome.UNKNOWN if next(turns) % 5 == 0 else Outcome.OK

    _, history = driven(tmp_path, sometimes, clients=2, rate=Ramp(50, 50))
    last: dict[int, Outcome] = {}
    for operation in history:
        assert last.get(operation.process) is not Outcome.UNKNOWN
        last[operation.process] = operation.outcome


def test_a_closed_loop_asks_when_it_has_its_answer(tmp_path: Path) -> None:
    load, history = driven(tmp_path, lambda _: (0.1, Outcome.OK), clients=3, think=0.1)
    assert load.sent == load.offered == pytest.approx(150, abs=3)
    assert not load.open_loop
    assert max(op.latency or 0 for op in history) == pytest.approx(0.1, abs=0.001)


def test_a_dead_cluster_does_not_fill_the_history(tmp_path: Path) -> None:
    load, _ = driven(tmp_path, lambda _: (0.0, Outcome.FAIL), seconds=1.0, clients=2)
    assert 150 <= load.sent <= 202


def test_a_number_of_operations_ends_the_load(tmp_path: Path) -> None:
    for rate in (None, Ramp(100, 100)):
        load, _ = driven(tmp_path, quick, seconds=None, clients=4, rate=rate, limit=57)
        assert load.sent == pytest.approx(57, abs=0 if rate else 3)


def test_a_ramp_is_offered_as_it_rises(tmp_path: Path) -> None:
    load, history = driven(tmp_path, quick, clients=8, rate=Ramp(10, 100, over=10))
    assert load.offered == pytest.approx(550, abs=2)
    first = sum(op.intended < history[0].intended + 5 for op in history)
    assert first == pytest.approx(10 * 5 + 9 * 25 / 2, abs=3)


def test_the_same_seed_asks_the_same(tmp_path: Path) -> None:
    first, second = (
        [(o.f, o.args, o.intended) for o in driven(tmp_path, quick, rate=Ramp(50, 50))[1]]
        for _ in range(2)
    )
    assert first == second
