"""Troubles in force: each a lease that knows how to take itself away, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from planc_runtime.clusters.sim.link import Link
from planc_runtime.clusters.sim.network import Network
from planc_runtime.protocols.evidence import Evidence, installed, skipped
from planc_runtime.protocols.rules import LinkRule


class SimLease:
    """Undone by `heal`; a second heal changes nothing and repeats the evidence of the first."""

    def __init__(self, evidence: Evidence, undo: Callable[[], Evidence]) -> None:
        self._evidence = evidence
        self._undo = undo
        self._healed: Evidence | None = None

    @property
    def evidence(self) -> Evidence:
        return self._evidence

    async def heal(self) -> Evidence:
        if self._healed is None:
            self._healed = self._undo()
        return self._healed


def missed(evidence: Evidence) -> SimLease:
    """A lease on nothing: the trouble could not be applied."""
    return SimLease(evidence, lambda: skipped(evidence.proof))


def impairment(network: Network, pairs: Iterable[tuple[str, str]], rule: LinkRule) -> SimLease:
    """Install a link rule; the proof of its heal is what happened to packets meanwhile."""
    ordered = sorted(pairs)
    if not ordered:
        return missed(skipped("there is no link between these nodes"))
    before = {pair: Counter(network.link(*pair).counts) for pair in ordered}
    reset = len(network.connections(network.link(*pair) for pair in ordered)) if rule.reset else 0
    links = network.impair(ordered, rule)
    proof = f"{_words(rule)} on {_names(links)} since {network.loop.now:.3f} s"
    if rule.reset:
        proof += f"; {reset} connection ends reset"

    def undo() -> Evidence:
        network.relieve(links, rule)
        met = _met(links, before)
        told = ", ".join(f"{count} {name}" for name, count in sorted(met.items())) or "none met it"
        return installed(
            f"{_names(links)} free of it since {network.loop.now:.3f} s; packets: {told}", **met
        )

    return SimLease(installed(proof, links=len(links), reset=reset), undo)


def _met(links: list[Link], before: dict[tuple[str, str], Counter[str]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for link in links:
        total += link.counts - before[link.source, link.target]
    return dict(total)


def _names(links: list[Link]) -> str:
    if len(links) > _SHOWN:
        return f"{len(links)} links"
    return ", ".join(f"{link.source}->{link.target}" for link in links)


_SHOWN = 4


def _words(rule: LinkRule) -> str:
    words = [word for word in ("cut", "refuse", "reset") if getattr(rule, word)]
    if rule.delay or rule.jitter:
        words.append(f"delay {rule.delay * 1000:g} ms +/- {rule.jitter * 1000:g} ms")
    for word in ("loss", "duplicate", "reorder", "corrupt"):
        chance = getattr(rule, word)
        if chance:
            words.append(f"{word} {chance:.1%}")
    if rule.rate is not None:
        words.append(f"at most {rule.rate:g} bit/s")
    if rule.retransmit is not None:
        words.append(f"TCP retransmits every {rule.retransmit:g} s at the latest")
    return ", ".join(words) or "no trouble"
