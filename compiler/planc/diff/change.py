"""A change of meaning: what it is about, which way it goes, where it stands on both sides.

*Weaker* means that some system passes now that did not pass before; *stronger* is the same with the
sides exchanged. What is neither, or both, is *different*; what changes no verdict is *neutral*.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from planc.model import Allowed
from planc.source.span import Span


class Verdict(StrEnum):
    """In the order in which a reviewer wants to see them."""

    WEAKER = "weaker"
    DIFFERENT = "different"
    STRONGER = "stronger"
    NEUTRAL = "neutral"

    @property
    def mirrored(self) -> Verdict:
        """Return the verdict of the same change with its sides exchanged."""
        return _MIRROR.get(self, self)


_MIRROR = {Verdict.WEAKER: Verdict.STRONGER, Verdict.STRONGER: Verdict.WEAKER}

WEAKER, DIFFERENT, STRONGER, NEUTRAL = Verdict


def joined(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict of several changes taken together."""
    found = set(verdicts) - {NEUTRAL}
    if not found:
        return NEUTRAL
    return found.pop() if len(found) == 1 else DIFFERENT


def by_size(old: float, new: float, more: Verdict) -> Verdict | None:
    """Return `more` where the number has grown, its mirror where it shrank, None where it stays."""
    if old == new:
        return None
    return more if new > old else more.mirrored


def by_set(old: Iterable[object], new: Iterable[object], more: Verdict) -> Verdict | None:
    """Return `more` for a set that has gained members, its mirror for one that has lost some."""
    before, after = set(old), set(new)
    if before == after:
        return None
    if before < after:
        return more
    return more.mirrored if after < before else DIFFERENT


@dataclass(frozen=True, slots=True)
class Reached:
    """A scenario that a change of a shared declaration reaches."""

    plan: str
    scenario: str


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a diff; a side where nothing stands has neither text nor span."""

    verdict: Verdict
    kind: str
    """What it is about: threshold, fault, target, ... (`KINDS`)."""
    subject: str
    """What has changed, in the plan's words."""
    old: str = ""
    new: str = ""
    old_span: Span | None = None
    new_span: Span | None = None
    plan: str = ""
    """The plan or library that it is listed under: its present path, or its last one."""
    scenario: str | None = None
    reaches: tuple[Reached, ...] = ()
    """Of a change in something shared: every scenario that feels it."""
    allowed: Allowed | None = None
    """The `allow weaker` that accepts it."""

    @property
    def span(self) -> Span:
        """Return where a reader should look: now, or where it was."""
        found = self.new_span or self.old_span
        assert found is not None
        return found

    @property
    def text(self) -> str:
        """Return the change without its place."""
        if self.old and self.old == self.new:
            return f"{self.subject}: {self.new}"
        if self.old and self.new:
            return f"{self.subject}: {self.old} -> {self.new}"
        if self.old or self.new:
            return f"{self.subject}: {'removed' if self.old else 'added'} {self.old or self.new}"
        return self.subject

    @property
    def plans(self) -> tuple[str, ...]:
        """Return every plan that it reaches."""
        return tuple(sorted({each.plan for each in self.reaches}))

    @property
    def counts(self) -> bool:
        """Say whether it is a weakening that nobody has allowed."""
        return self.verdict is WEAKER and self.allowed is None

    def changed(self, **values: object) -> Change:
        return replace(self, **values)  # type: ignore[arg-type]


KINDS = {
    "scenario": "a scenario is gone or new",
    "threshold": "a limit of an expectation",
    "condition": "what a condition asks for",
    "window": "the time that something may take, or that is looked at",
    "expectation": "an expectation is gone, new, or another one",
    "fault": "a fault is gone, new, or another one",
    "fault-amount": "how hard a fault is",
    "fault-duration": "how long a fault lasts",
    "fault-rhythm": "when and how often a fault comes",
    "target": "which nodes a fault hits",
    "nodes": "how many nodes there are",
    "load": "how much load there is",
    "duration": "how long a run takes",
    "step": "what a scenario does",
    "order": "in which order it does it",
    "cases": "the rows of a table, the values of a loop",
    "covers": "what a scenario says it covers",
    "catches": "which planted bugs a scenario says it catches",
    "timeout": "how long something may take before it is given up",
    "backends": "on which backends a scenario runs",
    "tags": "by which tags a scenario is chosen",
    "severity": "how bad a failure would be",
    "seed": "what chance is drawn from",
    "service": "how a node runs",
    "cluster": "of what a cluster is made",
    "client": "how nodes are talked to",
    "workload": "what load is made of",
    "mock": "what a stand-in answers",
    "machine": "which transitions there are",
    "let": "a value that has a name",
    "header": "what a plan says about itself",
    "settings": "what planc.yaml asks of runs and plans",
    "allow": "an `allow weaker` is gone or new",
}
"""Every kind of change with one phrase; the permanent identity of a change for other tools."""
