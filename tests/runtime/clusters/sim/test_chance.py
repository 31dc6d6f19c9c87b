"""Chance: the same in every run of one seed, different between nodes, incarnations and seeds."""

from __future__ import annotations

import asyncio
import random
import uuid
from typing import Any

DRAWING = """
    import asyncio, os, random, secrets, uuid
    from random import randint, choice
    from os import urandom

    async def main(node):
        print(random.random(), randint(1, 10**9), choice(range(10**6)), random.sample(range(99), 3))
        print(random.Random().random(), random.SystemRandom().random())
        print(urandom(8).hex(), os.urandom(8).hex(), secrets.token_hex(8))
        print(uuid.uuid4(), uuid.uuid1(), uuid.uuid1(), hex(uuid.getnode()), os.getpid())
        print(sorted([random.gauss(0, 1), random.expovariate(1)]))
        numbers = list(range(20)); random.shuffle(numbers); print(numbers)
"""


def drawn(stage: Any, seed: int) -> dict[str, list[str]]:
    async def scenario() -> dict[str, list[str]]:
        await stage.start("n1", DRAWING)
        await stage.start("n1", DRAWING)
        await stage.start("n2", DRAWING)
        await asyncio.sleep(1)
        return {name: stage.log(name).splitlines() for name in ("n1", "n2")}

    return stage.run(scenario, seed)


def test_a_seed_decides_all_of_it(stage: Any) -> None:
    assert drawn(stage, 1) == drawn(stage, 1)


def test_nothing_is_drawn_twice(stage: Any) -> None:
    first, other = drawn(stage, 1), drawn(stage, 2)
    lives = [first["n1"][:6], first["n1"][6:], first["n2"], other["n2"]]
    assert all(len(life) == 6 for life in lives)
    for line in range(6):
        assert len({life[line] for life in lives}) == 4


def test_a_node_that_seeds_its_generator_gets_its_numbers_and_no_known_entropy(stage: Any) -> None:
    source = """
        import os, random

        async def main(node):
            random.seed(42)
            print(random.random(), os.urandom(4).hex())
    """

    async def scenario() -> tuple[str, str]:
        await stage.start("n1", source)
        await stage.start("n2", source)
        await asyncio.sleep(1)
        return stage.log("n1"), stage.log("n2")

    first, second = (log.split() for log in stage.run(scenario))
    assert first[0] == second[0] == str(random.Random(42).random())
    assert first[1] != second[1]


def test_draws_of_a_scenario_leave_the_tests_own_generator_alone(stage: Any) -> None:
    async def scenario() -> float:
        return random.random()

    random.seed(5)
    stage.run(scenario)
    assert random.random() == random.Random(5).random()


def test_uuids_are_well_formed(stage: Any) -> None:
    async def scenario() -> list[uuid.UUID]:
        return [uuid.uuid1(), uuid.uuid1(), uuid.uuid4()]

    first, second, fourth = stage.run(scenario)
    assert (first.version, fourth.version, first.variant) == (1, 4, uuid.RFC_4122)
    assert first.time < second.time
    assert first.node == second.node
