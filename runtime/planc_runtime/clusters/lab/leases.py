"""Troubles of links as leases, each with the proof that it took hold and that it healed.

A cut is proved by probes that vanish: the kernel counts what each element of the partition drops. A
healed link is proved by probes that arrive, a slow one by the time they take.
"""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from planc_runtime.clusters.lab.hub import Pair
from planc_runtime.clusters.lab.line import LabError
from planc_runtime.clusters.lab.rules import shape_of
from planc_runtime.errors import CannotRun
from planc_runtime.protocols.evidence import (
    Evidence,
    indeterminate,
    installed,
    skipped,
    together,
)
from planc_runtime.protocols.rules import LinkRule, Pairs

if TYPE_CHECKING:
    from planc_runtime.clusters.lab.network import LabNetwork

_WITHIN = 5.0
"""Seconds in which a probe must be seen to vanish, or to arrive: it takes microseconds, but the
machine may be busy with other things, and only what does not happen takes so long."""
_SHOWN = 4
_DISCARD = 9
"""A port to knock at; whether anybody listens there does not matter."""

Changes = dict[Pair, tuple[LinkRule, LinkRule]]


class LinkLease:
    """Undone by `heal`; a second heal changes nothing and repeats the evidence of the first."""

    def __init__(self, evidence: Evidence, undo: Callable[[], Awaitable[Evidence]]) -> None:
        self._evidence = evidence
        self._undo = undo
        self._healed: asyncio.Task[Evidence] | None = None

    @property
    def evidence(self) -> Evidence:
        return self._evidence

    async def heal(self) -> Evidence:
        if self._healed is None:
            self._healed = asyncio.ensure_future(self._undo())
        return await asyncio.shield(self._healed)


async def impair(network: LabNetwork, pairs: Pairs, rule: LinkRule) -> LinkLease:
    """Install a rule on links and see it take hold."""
    if not pairs:
        nothing = skipped("there is no link between these hosts")
        return LinkLease(nothing, lambda: _say(nothing))
    changes = network.rules.add(pairs, rule)
    try:
        _apply(network, changes)
        evidence = await _prove(network, pairs, rule)
    except LabError as trouble:
        _apply(network, network.rules.remove(pairs, rule))
        refused = indeterminate(f"the kernel refused it: {trouble.strerror}")
        return LinkLease(refused, lambda: _say(refused))
    before = _met(network, pairs, rule)
    return LinkLease(evidence, lambda: _heal(network, pairs, rule, before))


async def hide_names(network: LabNetwork, node: str) -> LinkLease:
    """Take all names but its own out of what a node looks names up in."""
    left = network.line.ask("hide_names", name=node, hidden=True)

    async def undo() -> Evidence:
        known = network.line.ask("hide_names", name=node, hidden=False)
        return installed(f"{node} knows {known} names again", names=known)

    return LinkLease(installed(f"{node} knows {left} name, its own", names=left), undo)


async def _say(evidence: Evidence) -> Evidence:
    return skipped(evidence.proof)


def _apply(network: LabNetwork, changes: Changes) -> None:
    """Tell the station what is different now, and nothing else."""
    for op in ("cut", "refuse"):
        add = [pair for pair, (old, new) in changes.items() if getattr(new, op) > getattr(old, op)]
        gone = [pair for pair, (old, new) in changes.items() if getattr(new, op) < getattr(old, op)]
        if add or gone:
            network.line.ask(op, add=add, remove=gone)
    shapes = [
        (*pair, shape_of(new))
        for pair, (old, new) in changes.items()
        if shape_of(old) != shape_of(new)
    ]
    if shapes:
        network.line.ask("shape", rules=shapes, seed=network.seed)


# --- proofs ---------------------------------------------------------------------------------------


async def _prove(network: LabNetwork, pairs: Pairs, rule: LinkRule) -> Evidence:
    proofs = []
    if rule.cut:
        proofs.append(await _see_drops(network, pairs))
    if rule.refuse:
        proofs.append(await _see_refusals(network, pairs))
    if rule.reset:
        ends = network.line.ask("sever", pairs=sorted({_unordered(pair) for pair in pairs}))
        proofs.append(installed(f"{ends} ends of connections on {names(pairs)} reset", ends=ends))
    if shape_of(rule):
        proofs.append(await _see_shape(network, pairs))
    if rule.retransmit is not None:
        proofs.append(_limit_backoff(network, pairs, rule.retransmit))
    return together(proofs)


def _limit_backoff(network: LabNetwork, pairs: Pairs, seconds: float) -> Evidence:
    """Limit TCP's back-off at every sender; it is a host's setting, and that of new sockets."""
    hosts = sorted({source for source, _ in pairs})
    reached = network.line.ask("backoff", names=hosts, seconds=seconds)
    asked = "" if max(reached) == seconds else f", the least there is; {seconds:g} s were asked for"
    proof = f"{len(hosts)} hosts: TCP retransmits every {max(reached):g} s at the latest{asked}"
    return installed(proof, retransmit=max(reached))


async def _see_drops(network: LabNetwork, pairs: Pairs) -> Evidence:
    before = counts(network, "cut")
    for source, target in pairs:
        network.prober.send(source, target)
    missing = await _until_counted(network, "cut", before, pairs)
    return _judged("packets vanish", f"{len(pairs)} probes dropped", pairs, missing)


async def _see_refusals(network: LabNetwork, pairs: Pairs) -> Evidence:
    before = counts(network, "refuse")
    knocks = [
        knock
        for pair in sorted(pairs)
        if not network.rules.of(pair).cut
        for knock in _knocks(network, *pair)
    ]
    try:
        asked = [pair for pair in pairs if not network.rules.of(pair).cut]
        missing = await _until_counted(network, "refuse", before, asked, network.protocols)
    finally:
        for knock in knocks:
            knock.close()
    return _judged("connections refused", f"{len(asked)} attempts reset", pairs, missing)


def _knocks(network: LabNetwork, source: str, target: str) -> Iterator[socket.socket]:
    """Try to connect, by each protocol that both hosts have."""
    for address in (network.address(target), network.address6(target)):
        if address is not None:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            knock = network.socket(source, socket.SOCK_STREAM, family)
            knock.setblocking(False)
            knock.connect_ex((address, _DISCARD))
            yield knock


async def _see_shape(network: LabNetwork, pairs: Pairs) -> Evidence:
    """See that probes take the way through the switch, and as long as they have to."""
    open_pairs = sorted(pair for pair in pairs if not network.rules.of(pair).cut)
    before = {pair: state.get("probes", 0) for pair, state in shaped(network).items()}
    times = await asyncio.gather(*(_timed(network, pair) for pair in open_pairs))
    after = shaped(network)
    wrong = []
    for pair, seconds in zip(open_pairs, times, strict=True):
        rule = network.rules.of(pair)
        steered = pair in after and after[pair].get("probes", 0) > before.get(pair, 0)
        if not steered or seconds is None or seconds < rule.delay - rule.jitter:
            wrong.append(pair)
    took = [seconds for seconds in times if seconds is not None]
    worst = f", a probe took {max(took) * 1000:.1f} ms" if took else ""
    return _judged("led through the switch", f"{len(took)} probes seen{worst}", pairs, wrong)


async def _timed(network: LabNetwork, pair: Pair) -> float | None:
    rule = network.rules.of(pair)
    return await network.prober.probe(*pair, within=rule.delay + rule.jitter + _WITHIN)


async def _until_counted(
    network: LabNetwork,
    what: str,
    before: dict[Pair, int],
    pairs: Collection[Pair],
    least: int = 1,
) -> list[Pair]:
    """Return the pairs whose counter does not move on by so much in time."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _WITHIN
    while True:
        last = loop.time() > deadline
        now = counts(network, what)
        missing = [pair for pair in pairs if now.get(pair, 0) < before.get(pair, 0) + least]
        if not missing or last:
            return missing
        await asyncio.sleep(0.002)


# --- healing --------------------------------------------------------------------------------------


async def _heal(
    network: LabNetwork, pairs: Pairs, rule: LinkRule, before: Counter[str]
) -> Evidence:
    try:
        return await _mend(network, pairs, rule, before)
    except (CannotRun, LabError) as trouble:
        return indeterminate(f"not seen to heal: {trouble}")


async def _mend(
    network: LabNetwork, pairs: Pairs, rule: LinkRule, before: Counter[str]
) -> Evidence:
    met = _met(network, pairs, rule) - before
    if rule.retransmit is not None:
        hosts = sorted({source for source, _ in pairs})
        network.line.ask("backoff", names=hosts, seconds=None)
    changes = network.rules.remove(pairs, rule)
    _apply(network, changes)
    whole = sorted(pair for pair, (_, now) in changes.items() if now == LinkRule())
    arrivals = await asyncio.gather(*(network.prober.probe(*p, within=_WITHIN) for p in whole))
    lost = [pair for pair, seconds in zip(whole, arrivals, strict=True) if seconds is None]
    told = ", ".join(f"{count} {name}" for name, count in sorted(met.items()) if count)
    arrived = arrivals_told(len(whole), len(lost))
    proof = f"{arrived}; packets meanwhile: {told or 'none'}"
    if met.get("overrun"):
        return indeterminate(f"{met['overrun']} packets were lost by the switch itself", **met)
    return _judged("free of it", proof, pairs, lost, **met)


def _met(network: LabNetwork, pairs: Pairs, rule: LinkRule) -> Counter[str]:
    """Return what has happened to packets on these links, by the kernel's and the switch's word."""
    met: Counter[str] = Counter()
    for op, word in (("cut", "cut off"), ("refuse", "refused")):
        if getattr(rule, op):
            found = counts(network, op)
            met[word] = sum(found.get(pair, 0) for pair in pairs)
    if shape_of(rule):
        overrun = 0
        for pair, state in shaped(network).items():
            overrun = max(overrun, state.pop("overrun"))
            if pair in pairs:
                met.update(state)
        # The switch's own losses are not known by link.
        met["overrun"] = overrun
    return met


# --- words ----------------------------------------------------------------------------------------


def counts(network: LabNetwork, what: str) -> dict[Pair, int]:
    return {(a, b): count for a, b, count in network.line.ask("counts", what=what)}


def shaped(network: LabNetwork) -> dict[Pair, dict[str, int]]:
    return {(a, b): state for a, b, state in network.line.ask("shaped")}


def names(pairs: Iterable[Pair]) -> str:
    ordered = sorted(pairs)
    if len(ordered) > _SHOWN:
        return f"{len(ordered)} links"
    return ", ".join(f"{a}->{b}" for a, b in ordered)


def arrivals_told(sent: int, lost: int) -> str:
    """Say what probes have shown; none are sent where something else is still in force."""
    if not sent:
        return "no probe was sent: they have other troubles"
    return f"{sent - lost} probe{'s' if sent - lost != 1 else ''} arrived"


def _judged(what: str, proof: str, pairs: Pairs, wrong: list[Pair], **data: object) -> Evidence:
    if wrong:
        return indeterminate(f"{names(pairs)}: not seen on {names(wrong)}", **data)
    return installed(f"{names(pairs)}: {what} ({proof})", links=len(pairs), **data)


def _unordered(pair: Pair) -> Pair:
    first, second = sorted(pair)
    return first, second
