"""What one backend can do, ability by ability: how true to life, and by which means.

A backend may stand on several *rungs*: ways to come by its machines of which a given machine allows
some. What is promised for a rung is what its worlds name in `abilities`; the conformance suite
holds both against each other, so that the table in the documentation is what was seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

Fit = Literal["exact", "approximate", "not possible"]

ABILITIES = (
    "crash", "stop", "restart", "pause", "probe",
    "partition", "slow", "drop", "duplicate", "reorder", "corrupt", "limit", "refuse", "cut",
    "skew", "jump", "drift",
    "fill_disk", "slow_disk", "fail_fsync", "lose_unsynced", "flip_bits",
    "limit_memory", "throttle_cpu", "exhaust_files", "fail_names",
    "ipv6", "multicast", "retransmit",
)  # fmt: skip
"""All there are, in the order of the documentation: nodes, links, clocks, disks, resources, and
what a network offers beside troubles."""


class Way(NamedTuple):
    fit: Fit
    means: str
    """How it is done and what differs from the real thing; why not, where it is not possible."""


def exact(means: str) -> Way:
    return Way("exact", means)


def approximate(means: str) -> Way:
    return Way("approximate", means)


def impossible(reason: str) -> Way:
    return Way("not possible", reason)


@dataclass(frozen=True, slots=True)
class Rung:
    name: str
    """What `planc doctor` and PLANC_LOCAL_RUNG call it; the backend's name where it has but one."""
    title: str
    needs: str
    """What the machine must allow."""
    ways: Mapping[str, Way]
    """Of every ability."""

    @property
    def abilities(self) -> frozenset[str]:
        return frozenset(name for name, way in self.ways.items() if way.fit != "not possible")


@dataclass(frozen=True, slots=True)
class Backend:
    name: str
    title: str
    rungs: tuple[Rung, ...]
    """The most able first."""

    @property
    def asks_machine(self) -> bool:
        """Whether what it can do depends on the machine it runs on."""
        return any(rung.needs != "nothing" for rung in self.rungs)

    @property
    def abilities(self) -> frozenset[str]:
        """What it can do on some machine."""
        return frozenset().union(*(rung.abilities for rung in self.rungs))
