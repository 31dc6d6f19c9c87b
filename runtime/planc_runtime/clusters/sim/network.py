"""The network between the machines: addresses, links, and the packets that are on their way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from planc_runtime.clusters.sim.link import Link, Stalled, next_attempt
from planc_runtime.clusters.sim.machine import Machine, is_loopback
from planc_runtime.protocols.rules import LinkRule

if TYPE_CHECKING:
    from planc_runtime.clusters.sim.callbacks import Callback
    from planc_runtime.clusters.sim.loop import SimLoop
    from planc_runtime.clusters.sim.streams import StreamTransport


class Network:
    """All machines by name and address, and the links between them."""

    def __init__(self, loop: SimLoop, seed: str) -> None:
        self.loop = loop
        self.seed = seed
        self.machines: dict[str, Machine] = {}
        self._by_address: dict[str, Machine] = {}
        self._links: dict[tuple[str, str], Link] = {}

    def add(self, machine: Machine) -> None:
        self.machines[machine.name] = machine
        self._by_address[machine.address] = machine

    def at(self, address: str, seen_from: Machine) -> Machine | None:
        """The machine with an address; loopback is the asking machine itself."""
        if is_loopback(address) or address in {"0.0.0.0", "::"}:
            return seen_from
        return self._by_address.get(address)

    def link(self, source: str, target: str) -> Link:
        try:
            return self._links[source, target]
        except KeyError:
            link = self._links[source, target] = Link(source, target, self.seed)
            return link

    def packets(self) -> int:
        """How many packets have been sent over all links."""
        return sum(link.counts["sent"] for link in self._links.values())

    # --- packets ------------------------------------------------------------------------------

    def send_segment(
        self,
        sender: StreamTransport,
        arrive: Callable[..., object],
        args: tuple[Any, ...],
        size: int,
    ) -> None:
        """Carry something of a connection to its other end, in order, whatever the link does."""
        link = sender.link
        if link.stops:
            link.counts["dropped"] += 1
            stalled = link.stalled.setdefault(sender, Stalled(sender.process.now()))
            stalled.segments.append((arrive, args))
            return
        now = sender.process.now()
        arrival = now + link.segment(now, size)
        if arrival < sender.last_arrival:
            arrival = sender.last_arrival
        sender.last_arrival = arrival
        receiver = sender.peer
        self.loop.at(arrival, arrive, args, receiver.context, receiver.process)

    # --- troubles -----------------------------------------------------------------------------

    def impair(self, pairs: Iterable[tuple[str, str]], rule: LinkRule) -> list[Link]:
        """Install a rule; what is on its way over a link that is now cut does not arrive."""
        links = [self.link(source, target) for source, target in sorted(pairs)]
        for link in links:
            link.add(rule)
        if rule.cut:
            self._withdraw(set(map(id, links)))
        if rule.reset:
            for transport in self.connections(links):
                transport.reset()
        return links

    def relieve(self, links: Iterable[Link], rule: LinkRule) -> None:
        """Take one rule away; what waited for a cut to end is sent again, TCP's back-off later."""
        for link in links:
            link.remove(rule)
            if not link.stops:
                waiting, link.stalled = link.stalled, {}
                for sender, stalled in waiting.items():
                    self._retransmit(sender, stalled)

    def _retransmit(self, sender: StreamTransport, stalled: Stalled) -> None:
        healed = self.loop.now
        attempt = next_attempt(stalled.since, healed, sender.link.longest)
        receiver = sender.peer
        for arrive, args in stalled.segments:
            arrival = attempt + sender.link.latency(attempt, 0)
            sender.last_arrival = max(arrival, sender.last_arrival)
            self.loop.at(sender.last_arrival, arrive, args, receiver.context, receiver.process)

    def _withdraw(self, cut: set[int]) -> None:
        """Take packets out of flight."""

        def due(timer: Callback) -> float | None:
            flight = getattr(getattr(timer.call, "__self__", None), "incoming", None)
            return None if id(flight) in cut else timer.due

        for timer in self.loop.rearrange(due):
            transport: Any = timer.call.__self__  # type: ignore[attr-defined]
            transport.incoming.counts["dropped"] += 1
            transport.withdrawn(timer)

    def connections(self, links: Iterable[Link]) -> list[StreamTransport]:
        """The open connections that send over these links."""
        wanted = set(map(id, links))
        resources: list[Any] = [
            resource for process in self.loop.processes for resource in process.resources
        ]
        return [one for one in resources if id(getattr(one, "link", None)) in wanted]
