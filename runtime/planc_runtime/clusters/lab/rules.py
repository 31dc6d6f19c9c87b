"""What the open leases on a pair of hosts come to: rules add up.

Delays and jitters are summed, chances combined as those of independent troubles, the lowest rate
holds, one cut is a cut. It is the same sum as in the simulator.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from planc_runtime.clusters.lab.hub import Pair
from planc_runtime.protocols.rules import LinkRule, Pairs

_CHANCES = ("loss", "duplicate", "reorder", "corrupt")


class Rules:
    """All rules in force, by pair."""

    def __init__(self) -> None:
        self._rules: dict[Pair, list[LinkRule]] = {}

    def add(self, pairs: Pairs, rule: LinkRule) -> dict[Pair, tuple[LinkRule, LinkRule]]:
        """Take a rule in; return what held and what holds now for each of the pairs."""
        return self._change(pairs, lambda rules: [*rules, rule])

    def remove(self, pairs: Pairs, rule: LinkRule) -> dict[Pair, tuple[LinkRule, LinkRule]]:
        """Take a rule out again, once, and return the same."""
        return self._change(pairs, lambda rules: _without(rules, rule))

    def of(self, pair: Pair) -> LinkRule:
        return total(self._rules.get(pair, ()))

    def _change(self, pairs: Pairs, change: Any) -> dict[Pair, tuple[LinkRule, LinkRule]]:
        changed = {}
        for pair in sorted(pairs):
            before = self.of(pair)
            self._rules[pair] = change(self._rules.get(pair, []))
            changed[pair] = before, self.of(pair)
        return changed


def total(rules: Iterable[LinkRule]) -> LinkRule:
    """Return the one rule that several come to. A reset does not last and is not in it."""
    held = list(rules)
    return LinkRule(
        cut=any(rule.cut for rule in held),
        refuse=any(rule.refuse for rule in held),
        delay=sum(rule.delay for rule in held),
        jitter=sum(rule.jitter for rule in held),
        rate=min((rule.rate for rule in held if rule.rate is not None), default=None),
        loss=_any(rule.loss for rule in held),
        duplicate=_any(rule.duplicate for rule in held),
        reorder=_any(rule.reorder for rule in held),
        corrupt=_any(rule.corrupt for rule in held),
    )


def shape_of(rule: LinkRule) -> dict[str, Any] | None:
    """Return what the switch has to know of a rule; None when it has nothing to do."""
    fields = asdict(rule)
    shape = {name: fields[name] for name in ("delay", "jitter", *_CHANCES, "rate") if fields[name]}
    return shape or None


def _any(chances: Iterable[float]) -> float:
    return 1.0 - math.prod(1.0 - chance for chance in chances)


def _without(rules: list[LinkRule], rule: LinkRule) -> list[LinkRule]:
    position = next(index for index, one in enumerate(rules) if one is rule)
    return rules[:position] + rules[position + 1 :]
