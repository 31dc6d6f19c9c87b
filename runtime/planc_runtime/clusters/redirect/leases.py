"""Troubles of led connections as leases, each proved by connections and bytes of our own."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from planc_runtime.clusters.lab.hub import Pair
from planc_runtime.clusters.lab.leases import LinkLease, arrivals_told, names
from planc_runtime.clusters.lab.line import LabError
from planc_runtime.errors import CannotRun, NotSupported
from planc_runtime.protocols.evidence import (
    Evidence,
    indeterminate,
    installed,
    skipped,
    together,
)
from planc_runtime.protocols.rules import LinkRule, Pairs

if TYPE_CHECKING:
    from planc_runtime.clusters.redirect.network import RedirectNetwork

_WITHIN = 5.0
"""Seconds in which a probe must arrive, beside what its link is slowed down by."""
_PACKETS = ("drop", "duplicate", "reorder", "corrupt")
_FOLLOWED = ("cut", "refuse", "delay", "jitter", "rate")

Changes = dict[Pair, tuple[LinkRule, LinkRule]]


async def impair(network: RedirectNetwork, pairs: Pairs, rule: LinkRule) -> LinkLease:
    """Install a rule on links and see it take hold.

    Raises NotSupported for what takes packets: a rule must not hold in part.
    """
    if rule.loss or rule.duplicate or rule.reorder or rule.corrupt:
        reason = next((network.missing[a] for a in _PACKETS if a in network.missing), "")
        raise NotSupported("local", f"lose, double, reorder or corrupt packets here: {reason}")
    if not pairs:
        nothing = skipped("there is no link between these hosts")
        return LinkLease(nothing, lambda: _say(nothing))
    _follow(network, network.rules.add(pairs, rule))
    before = _held(network, pairs)
    try:
        evidence = await _prove(network, pairs, rule)
    except LabError as trouble:
        _follow(network, network.rules.remove(pairs, rule))
        refused = indeterminate(f"the exchange refused it: {trouble.strerror}")
        return LinkLease(refused, lambda: _say(refused))
    return LinkLease(evidence, lambda: _heal(network, pairs, rule, before))


async def _say(evidence: Evidence) -> Evidence:
    return skipped(evidence.proof)


def _follow(network: RedirectNetwork, changes: Changes) -> None:
    rules = [(network.number(a), network.number(b), _told(new)) for (a, b), (_, new) in
             changes.items()]  # fmt: skip
    network.line.ask("follow", rules=rules)


def _told(rule: LinkRule) -> dict[str, Any]:
    fields = asdict(rule)
    return {name: fields[name] for name in _FOLLOWED if fields[name]}


async def _prove(network: RedirectNetwork, pairs: Pairs, rule: LinkRule) -> Evidence:
    proofs = []
    if rule.cut:
        wrong = await _unlike(network, pairs, "silent")
        proofs.append(_judged("cut off", "connections get no answer", pairs, wrong))
    if rule.refuse:
        asked = frozenset(pair for pair in pairs if not _is_cut(network, pair))
        wrong = await _unlike(network, asked, "refused")
        proofs.append(_judged("refused", f"{len(asked)} attempts reset", pairs, wrong))
    if rule.reset:
        both = {way for a, b in pairs for way in ((a, b), (b, a))}
        ends = network.line.ask("sever", pairs=[tuple(map(network.number, p)) for p in both])
        proofs.append(installed(f"{ends} ends of connections on {names(pairs)} reset", ends=ends))
    if rule.delay or rule.jitter or rule.rate:
        proofs.append(await _see_late(network, pairs))
    return together(proofs)


async def _unlike(network: RedirectNetwork, pairs: Pairs, wanted: str) -> list[Pair]:
    """Return the pairs on which a connection is not answered as it is wanted."""
    ordered = sorted(pairs)
    answers = await asyncio.gather(*map(network.prober.answer, ordered))
    return [pair for pair, answer in zip(ordered, answers, strict=True) if answer != wanted]


async def _see_late(network: RedirectNetwork, pairs: Pairs) -> Evidence:
    through = sorted(pair for pair in pairs if not _is_cut(network, pair))
    times = await asyncio.gather(*(_timed(network, pair) for pair in through))
    wrong = []
    for pair, seconds in zip(through, times, strict=True):
        rule = network.rules.of(pair)
        if seconds is None or seconds < rule.delay - rule.jitter:
            wrong.append(pair)
    took = [seconds for seconds in times if seconds is not None]
    worst = f", one took {max(took) * 1000:.1f} ms" if took else ""
    return _judged("late or slow", f"{len(took)} probes arrived{worst}", pairs, wrong)


async def _timed(network: RedirectNetwork, pair: Pair) -> float | None:
    rule = network.rules.of(pair)
    return await network.prober.probe(pair, within=rule.delay + rule.jitter + _WITHIN)


def _is_cut(network: RedirectNetwork, pair: Pair) -> bool:
    """Tell whether no connection comes about: it takes both directions."""
    a, b = pair
    return network.rules.of((a, b)).cut or network.rules.of((b, a)).cut


# --- healing --------------------------------------------------------------------------------------


async def _heal(network: RedirectNetwork, pairs: Pairs, rule: LinkRule, before: int) -> Evidence:
    try:
        held = _held(network, pairs) - before
        changes = network.rules.remove(pairs, rule)
        _follow(network, changes)
        whole = sorted(
            pair
            for pair, (_, now) in changes.items()
            if now == LinkRule() and not _is_cut(network, pair)
        )
        arrivals = await asyncio.gather(*(network.prober.probe(p, _WITHIN) for p in whole))
    except (CannotRun, LabError) as trouble:
        return indeterminate(f"not seen to heal: {trouble}")
    lost = [pair for pair, seconds in zip(whole, arrivals, strict=True) if seconds is None]
    proof = f"{arrivals_told(len(whole), len(lost))}; {held} bytes had been held"
    return _judged("free of it", proof, pairs, lost, held=held)


def _held(network: RedirectNetwork, pairs: Pairs) -> int:
    """Return how many bytes have been held on these links so far, by the exchange's word."""
    numbers = {(network.number(a), network.number(b)) for a, b in pairs}
    found = network.line.ask("counts")
    return sum(counts.get("held", 0) for a, b, counts in found if (a, b) in numbers)


def _judged(what: str, proof: str, pairs: Pairs, wrong: list[Pair], **data: object) -> Evidence:
    if wrong:
        return indeterminate(f"{names(pairs)}: not seen on {names(wrong)}", **data)
    return installed(f"{names(pairs)}: {what} ({proof})", links=len(pairs), **data)
