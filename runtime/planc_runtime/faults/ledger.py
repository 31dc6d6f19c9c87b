"""What is in force. Every block mends what it opened, and the scenario what is then left."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from planc_runtime.errors import CannotRun, PlancError
from planc_runtime.faults.reaching import Reaching
from planc_runtime.faults.site import Patient, Site
from planc_runtime.history.summary import FaultSummary
from planc_runtime.plan.actions import Fault
from planc_runtime.protocols.backend import Lease
from planc_runtime.protocols.evidence import Hold

T = TypeVar("T")

BY_START = frozenset({"crash", "stop", "restart", "lose_unsynced"})
"""Troubles that are over when the node runs again."""


@dataclass(eq=False, slots=True)
class Trouble:
    """A trouble with its record; open while `record.end` is None."""

    number: int
    kind: str
    record: FaultSummary
    patients: Sequence[Patient] = ()
    leases: Sequence[Lease] = ()
    statement: object = None
    """The statement of the plan that it came from: several troubles may share one."""


@dataclass(slots=True)
class Ledger:
    site: Site
    troubles: list[Trouble] = field(default_factory=list)

    def enter(
        self, fault: Fault, patients: Sequence[Patient], leases: Sequence[Lease], since: float
    ) -> Trouble:
        """Record a trouble that has been laid on some nodes, with its proof."""
        record = FaultSummary(
            name=fault.describe(),
            kind=fault.kind,
            line=str(self.site.line(fault.spot)),
            targets=[patient.name for patient in patients],
            start=since,
            hold=weakest([lease.evidence.hold for lease in leases]),
            proof="; ".join(dict.fromkeys(lease.evidence.proof for lease in leases)),
        )
        return self._entered(Trouble(self._next(), fault.kind, record, patients, leases, fault))

    def miss(self, fault: Fault, why: str) -> Trouble:
        """Record that a trouble could not be laid on anybody."""
        now = self.site.world.now()
        record = FaultSummary(
            name=fault.describe(),
            kind=fault.kind,
            line=str(self.site.line(fault.spot)),
            start=now,
            end=now,
            hold=Hold.SKIPPED,
            proof=why,
        )
        return self._entered(Trouble(self._next(), fault.kind, record, statement=fault))

    async def heal(self, trouble: Trouble) -> None:
        """Mend a trouble, all its leases even when one fails; a second time does nothing.

        It is finished even if whoever asked for it is cancelled meanwhile.
        """
        if trouble.record.end is None:
            trouble.record.end = self.site.world.now()
            await finished(self._mend(trouble))

    async def _mend(self, trouble: Trouble) -> None:
        proofs, holds, failure = [], [], None
        for lease in trouble.leases:
            try:
                evidence = await lease.heal()
                proofs.append(evidence.proof)
                holds.append(evidence.hold)
            except PlancError as trouble_again:
                failure = failure or trouble_again
                proofs.append(trouble_again.message)
        for patient in trouble.patients:
            patient.forget()
        trouble.record.end = self.site.world.now()
        trouble.record.healed = "; ".join(dict.fromkeys(proofs))
        if trouble.record.hold is Hold.INSTALLED and set(holds) == {Hold.INDETERMINATE}:
            # Some troubles are only seen to have been there when they are over.
            trouble.record.hold = Hold.INDETERMINATE
            trouble.record.proof = trouble.record.healed
        self._tell(trouble, "end", trouble.record.healed)
        if failure is not None:
            raise CannotRun(f"could not mend `{trouble.record.name}`: {failure.message}")

    async def heal_where(self, wanted: Callable[[Trouble], bool]) -> None:
        """Mend all open troubles that are wanted, the newest first."""
        failures = []
        for trouble in reversed([t for t in self.troubles if t.record.end is None]):
            if wanted(trouble):
                try:
                    await self.heal(trouble)
                except PlancError as failure:
                    failures.append(failure)
        if failures:
            raise failures[0]

    async def reach(self) -> None:
        """Lay what is wrong with a node's links on those to machines that have turned up since."""
        hosts = self.site.load_hosts()
        for trouble in [t for t in self.troubles if t.record.end is None]:
            for lease in trouble.leases:
                if isinstance(lease, Reaching) and lease.misses(hosts):
                    await finished(self._reach(trouble, lease, hosts))

    async def _reach(self, trouble: Trouble, lease: Reaching, hosts: Sequence[str]) -> None:
        if (found := await lease.reach(hosts)) is None:
            return
        trouble.record.proof += f"; later: {found.proof}"
        if found.hold is not Hold.INSTALLED:
            trouble.record.hold = found.hold
        self._tell(trouble, "reach", found.proof)

    async def heal_all(self) -> None:
        await self.heal_where(lambda _: True)

    async def heal_of(self, patients: Collection[Patient], kinds: Collection[str] = ()) -> None:
        """Mend the open troubles of some nodes; of some kinds only, where those are named."""
        await self.heal_where(
            lambda trouble: (
                (not kinds or trouble.kind in kinds)
                and any(patient in patients for patient in trouble.patients)
            )
        )

    def _entered(self, trouble: Trouble) -> Trouble:
        self.troubles.append(trouble)
        self._tell(trouble, "start", trouble.record.proof)
        return trouble

    def _tell(self, trouble: Trouble, phase: str, proof: str) -> None:
        self.site.tell(
            "fault",
            id=f"f{trouble.number}",
            name=trouble.record.name,
            trouble=trouble.kind,
            line=trouble.record.line,
            phase=phase,
            targets=trouble.record.targets,
            hold=trouble.record.hold.value,
            proof=proof,
        )

    def _next(self) -> int:
        return len(self.troubles) + 1


def weakest(holds: Collection[Hold]) -> Hold:
    """Return what can be said of a trouble as a whole: installed if it is so for anybody."""
    if Hold.INSTALLED in holds:
        return Hold.INSTALLED
    return Hold.INDETERMINATE if Hold.INDETERMINATE in holds else Hold.SKIPPED


async def finished(work: Coroutine[Any, Any, T]) -> T:
    """Do work that must not stop half-way: a cancellation is passed on when it is done."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
