"""A trouble of links that reaches machines which turn up while it is in force.

What is wrong with a node's cable is wrong for whoever uses it: also for the clients of a load that
begins after the trouble did.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection

from planc_runtime.protocols.backend import Lease
from planc_runtime.protocols.evidence import Evidence, together
from planc_runtime.protocols.rules import Pairs

LinksTo = Callable[[Collection[str]], Pairs]
"""The links of a trouble that end at some of the machines which are no nodes."""
Lay = Callable[[Pairs], Awaitable[Lease]]


class Reaching:
    """One lease for all that a trouble has been laid on, `known` machines first."""

    def __init__(self, first: Lease, known: Collection[str], links: LinksTo, lay: Lay) -> None:
        self._leases = [first]
        self._known = set(known)
        self._links = links
        self._lay = lay
        self._over = False

    @property
    def evidence(self) -> Evidence:
        """The proof of its beginning; what it reached later is told by `reach`."""
        return self._leases[0].evidence

    def misses(self, machines: Collection[str]) -> bool:
        """Tell whether it lies on links to some of these machines, and has not reached them."""
        return bool(self._links_to_new(machines))

    async def reach(self, machines: Collection[str]) -> Evidence | None:
        """Lay it on the links to those machines it did not know; None where there are none."""
        pairs = self._links_to_new(machines)
        self._known.update(machines)
        if not pairs:
            return None
        lease = await self._lay(pairs)
        self._leases.append(lease)
        if self._over:
            # It was healed while this was on its way.
            await lease.heal()
        return lease.evidence

    def _links_to_new(self, machines: Collection[str]) -> Pairs:
        new = [machine for machine in machines if machine not in self._known]
        return self._links(new) if new and not self._over else frozenset()

    async def heal(self) -> Evidence:
        self._over = True
        healed = [await lease.heal() for lease in self._leases]
        return together(healed) if len(healed) > 1 else healed[0]
