"""`removed:` in planc.yaml: a plan that is gone on purpose, said where it can still be said.

A plan that is deleted takes every line with it on which an `allow weaker` could stand. planc.yaml
stays, so it has the reason. As an `allow` does, it speaks of the change that brought it alone: an
entry that stood there before accepts nothing, and is named when it would have.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from planc import model as m
from planc.diff.change import NEUTRAL, Change
from planc.diff.sides import Side


@dataclass
class Removals:
    """The plans, and folders of plans, that are said to be gone."""

    fresh: dict[str, m.Allowed]
    stale: dict[str, m.Allowed]
    dropped: dict[str, m.Allowed]
    """Entries that stand there no more."""
    present: frozenset[str]
    accepted: dict[str, list[str]] = field(default_factory=dict)
    """The plans that each entry has let go, one for each scenario."""

    @classmethod
    def between(cls, old: Side, new: Side) -> Removals:
        before, now = old.snapshot.removed, new.snapshot.removed
        same = {path for path, said in now.items()
                if path in before and before[path].reason == said.reason}  # fmt: skip
        return cls(
            {path: said for path, said in now.items() if path not in same},
            {path: said for path, said in now.items() if path in same},
            {path: said for path, said in before.items() if path not in now},
            frozenset({*new.snapshot.plans, *new.snapshot.broken}),
        )

    def accept(self, change: Change) -> m.Allowed | None:
        """Return what accepts that a scenario went with its plan."""
        plan = self._gone(change)
        for path, said in self.fresh.items() if plan else ():
            if _within(plan, path):
                self.accepted.setdefault(path, []).append(plan)
                return said
        return None

    def listed(self, changes: Iterable[Change]) -> Iterator[Change]:
        """Yield the entries that came and went, and those that came too early to count."""
        open_ = {self._gone(each) for each in changes if each.counts} - {""}
        for path, said in self.fresh.items():
            plans = self.accepted.get(path, [])
            subject = f"`removed: {path}` of planc.yaml {self._does(path, plans)}"
            # What lets one plan go is read with that plan.
            plan = plans[0] if len(set(plans)) == 1 else said.span.path
            yield Change(NEUTRAL, "allow", subject, "", f'"{said.reason}"', None, said.span, plan)
        for path, said in self.stale.items():
            for plan in sorted(each for each in open_ if _within(each, path)):
                subject = (
                    f"`removed: {path}` of planc.yaml stood here before and accepts nothing new"
                )
                reason = f'"{said.reason}"'
                yield Change(NEUTRAL, "allow", subject, reason, reason, None, said.span, plan)
        for path, said in self.dropped.items():
            yield Change(NEUTRAL, "allow", f"`removed: {path}`", f'"{said.reason}"', "",
                         said.span, None, said.span.path)  # fmt: skip

    def _does(self, path: str, plans: list[str]) -> str:
        if plans:
            return f"accepts {len(plans)} change{'' if len(plans) == 1 else 's'}"
        if any(_within(each, path) for each in self.present):
            return "accepts nothing: it is still there"
        return "accepts nothing: no scenario was there that is gone"

    def _gone(self, change: Change) -> str:
        """Return the plan that took a scenario with it; empty for any other change."""
        if change.kind != "scenario" or change.new_span is not None or change.old_span is None:
            return ""
        path = change.old_span.path
        return "" if path in self.present else path


def _within(plan: str, path: str) -> bool:
    return plan == path or plan.startswith(f"{path}/")
