"""Safety under schedules drawn by chance: any order, loss, duplication, crash and restart.

What must hold is checked by `Town` after every step: one leader a term, and no two nodes that
apply different entries at one index. Each bug of the core breaks one of them within a few draws.
"""

from __future__ import annotations

import random

import pytest
from raft_town import Build, Town

STEPS = 400


def play(town: Town, rng: random.Random, steps: int) -> None:
    """Take steps drawn by chance; every assertion of the town is a safety property."""
    for number in range(steps):
        draw = rng.random()
        if draw < 0.45 and town.asks:
            town.ask(rng.randrange(min(len(town.asks), 6)), keep=rng.random() < 0.1)
        elif draw < 0.75 and town.replies:
            town.reply(rng.randrange(min(len(town.replies), 6)))
        elif draw < 0.80 and town.asks:
            town.asks.pop(rng.randrange(len(town.asks)))
        elif draw < 0.87 and town.rafts:
            town.tick(rng.choice(sorted(town.rafts)))
        elif draw < 0.94:
            leaders = [n for n, raft in sorted(town.rafts.items()) if raft.role == "leader"]
            if leaders:
                town.propose(rng.choice(leaders), value=number)
        elif draw < 0.96 and len(town.rafts) > 1:
            town.crash(rng.choice(sorted(town.rafts)))
        elif draw < 0.97 and town.rafts:
            town.snapshot(rng.choice(sorted(town.rafts)))
        elif down := sorted(set(town.names) - town.rafts.keys()):
            town.start(rng.choice(down))


@pytest.mark.parametrize("seed", range(12))
def test_healthy_nodes_agree_under_any_schedule(build: Build, seed: int) -> None:
    town = build("abcde"[: 3 + 2 * (seed % 2)], seed=seed, batch=1 + seed % 3)
    play(town, random.Random(seed), STEPS)
    assert town.committed
