"""One trouble on one node or some links, as something that can be mended once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from planc_runtime.protocols.evidence import Evidence, skipped


class Mendable:
    """A Lease made of its evidence and of what mends it."""

    def __init__(
        self, evidence: Evidence, mend: Callable[[], Awaitable[Evidence]] | None = None
    ) -> None:
        self._evidence = evidence
        self._mend = mend

    @property
    def evidence(self) -> Evidence:
        return self._evidence

    async def heal(self) -> Evidence:
        """Mend it; a second time does nothing."""
        mend, self._mend = self._mend, None
        return await mend() if mend is not None else skipped("there was nothing to mend")
