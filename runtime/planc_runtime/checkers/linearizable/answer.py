"""What judging one object's calls came to: yes, no with its proof, or not known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planc_runtime.checkers.linearizable.call import Call


@dataclass(frozen=True, slots=True)
class Orderable:
    """There is an order of the calls that the model allows and real time permits."""


@dataclass(frozen=True, slots=True)
class Violation:
    reason: str
    """One sentence; the calls it speaks of are in `calls`."""
    calls: Sequence[Call]
    culprit: Call | None = None
    """The one to point at; None: the one that ended last."""
    against: Call | None = None
    """What speaks most plainly against it: a newer value that was acknowledged before."""


@dataclass(frozen=True, slots=True)
class Undecided:
    reason: str


Answer = Orderable | Violation | Undecided
