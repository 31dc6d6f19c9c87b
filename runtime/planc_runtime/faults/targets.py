"""Find out whom a statement means, at the moment it is carried out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from planc_runtime.errors import PlancError
from planc_runtime.faults.site import Patient, Site
from planc_runtime.plan.actions import Fault
from planc_runtime.plan.expr import Expr, value_of
from planc_runtime.plan.forms import Range
from planc_runtime.plan.scope import Missing
from planc_runtime.plan.targets import Others, nodes_in

PATIENCE = 5.0
"""Seconds in which a target (a leader) may still come to be before the statement is skipped."""


@dataclass(frozen=True, slots=True)
class Victims:
    """The sides of a statement, each with its nodes, and its amounts."""

    sides: tuple[tuple[Patient, ...], ...]
    amounts: dict[str, Any]

    @property
    def all(self) -> tuple[Patient, ...]:
        return tuple(dict.fromkeys(node for side in self.sides for node in side))

    @property
    def names(self) -> list[str]:
        return [node.name for node in self.all]


async def find_victims(fault: Fault, site: Site, rng: Random) -> Victims:
    """Return whom a trouble is laid on; waits a while for somebody to be there.

    Raises Missing when there is still nobody.
    """
    deadline = site.world.now() + PATIENCE
    state = rng.getstate()
    while True:
        try:
            return _victims(fault, site, rng)
        except Missing:
            if site.world.now() >= deadline:
                raise
        rng.setstate(state)
        await site.observed()


def _victims(fault: Fault, site: Site, rng: Random) -> Victims:
    targets = list(fault.targets)
    if fault.links is not None:
        targets = [t for t in (fault.links.first, fault.links.second) if t is not None]
    found: dict[int, tuple[Patient, ...]] = {}
    # Whoever is named by itself is found first; `others` is what is then left.
    for position, target in sorted(enumerate(targets), key=lambda pair: _is_others(pair[1])):
        taken = [node for side in found.values() for node in side]
        found[position] = patients_in(target, site, rng, taken)
    sides = tuple(found[position] for position in range(len(targets)))
    for target, side in zip(targets, sides, strict=True):
        if not side:
            raise Missing(f"{target.describe()} is nobody")
    scope = site.scope(rng)
    amounts = {name: drawn(value_of(v, scope), rng) for name, v in fault.params.items()}
    return Victims(sides, amounts)


def patients_in(
    target: Expr, site: Site, rng: Random | None = None, taken: Sequence[Patient] = ()
) -> tuple[Patient, ...]:
    """Return the nodes of a target as patients."""
    named = nodes_in(target, site.scope(rng, taken))
    known = {(p.cluster, p.name): p for p in site.patients()}
    return tuple(known[node.cluster, node.name] for node in named)


def drawn(amount: Any, rng: Random) -> Any:
    """Return an amount; one that is a range is drawn from it."""
    return rng.uniform(amount.low, amount.high) if isinstance(amount, Range) else amount


def seconds_of(duration: Any, site: Site, rng: Random) -> float | None:
    """Return a duration in seconds, drawn where it is a range; None stays None."""
    if duration is None:
        return None
    found = drawn(value_of(duration, site.scope(rng)), rng)
    if not isinstance(found, int | float) or found < 0:
        raise PlancError(f"{found!r} is not a duration")
    return float(found)


def _is_others(target: Expr) -> bool:
    return isinstance(target, Others)
