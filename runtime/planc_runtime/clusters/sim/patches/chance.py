"""Chance: `random`, the operating system's entropy, and what is made of it."""

from __future__ import annotations

import os
import random
import uuid
from typing import Any

from planc_runtime.clusters.sim.patches.patching import Patches, per_process
from planc_runtime.clusters.sim.process import PROCESS, Process

_MODULE_FUNCTIONS = [
    name
    for name, value in vars(random).items()
    if isinstance(getattr(value, "__self__", None), random.Random)
]
"""Those which are methods of the generator that the module hides."""


def apply(patches: Patches) -> None:
    for name in _MODULE_FUNCTIONS:
        patches.function(random, name, _of_own_generator(name))
    patches.set(random.Random, "seed", _seed_of(random.Random.seed))
    patches.function(os, "urandom", per_process(os.urandom, _entropy))
    if hasattr(os, "getrandom"):
        patches.function(os, "getrandom", per_process(os.getrandom, _entropy))
    patches.function(uuid, "getnode", per_process(uuid.getnode, _hardware_address))
    patches.function(uuid, "uuid1", per_process(uuid.uuid1, _uuid1))
    patches.set(uuid, "_last_timestamp", None)


def _of_own_generator(name: str) -> Any:
    real = getattr(random, name)

    def simulated(process: Process, *args: Any, **keywords: Any) -> Any:
        return getattr(process.random, name)(*args, **keywords)

    return per_process(real, simulated)


def _seed_of(real: Any) -> Any:
    """`Random()` without a seed draws one from the process's entropy."""

    def seed(self: random.Random, a: Any = None, version: int = 2) -> None:
        process = PROCESS.get()
        if a is None and process is not None and not isinstance(self, random.SystemRandom):
            a = process.entropy.getrandbits(256)
        real(self, a, version)

    return seed


def _entropy(process: Process, size: int, flags: int = 0) -> bytes:
    return process.entropy.randbytes(size)


def _hardware_address(process: Process) -> int:
    """A locally administered address, made of the machine's IP address."""
    parts = [int(part) for part in process.machine.address.split(".")]
    return 0x02_00_00_00_00_00 | int.from_bytes(bytes(parts), "big")


def _uuid1(process: Process, node: int | None = None, clock_seq: int | None = None) -> uuid.UUID:
    """As RFC 9562 builds it; the C library's own generator would ask the real machine."""
    timestamp = int(process.wall() * 10_000_000) + 0x01B2_1DD2_1381_4000
    timestamp = max(timestamp, process.last_uuid + 1)
    process.last_uuid = timestamp
    sequence = process.entropy.getrandbits(14) if clock_seq is None else clock_seq
    return uuid.UUID(
        fields=(
            timestamp & 0xFFFFFFFF,
            timestamp >> 32 & 0xFFFF,
            timestamp >> 48 & 0x0FFF,
            sequence >> 8 & 0x3F,
            sequence & 0xFF,
            _hardware_address(process) if node is None else node,
        ),
        version=1,
    )
