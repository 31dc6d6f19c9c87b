"""`allow weaker "reason"`: a weakening that is meant, said where it is made.

An `allow` speaks of the change that brought it. One that stood there before accepts nothing: it
would otherwise accept whatever comes after it, for ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from planc import model as m
from planc.diff.change import NEUTRAL, Change, Reached
from planc.diff.identity import Matches
from planc.diff.sides import Side

RULE = "weaker"


@dataclass
class _Fresh:
    allow: m.Allowed
    plan: str
    scenario: str | None
    accepted: int = 0


@dataclass
class Allows:
    """The `allow weaker` of the present, and those that were there before."""

    plans: dict[str, list[_Fresh]] = field(default_factory=dict)
    scenes: dict[Reached, list[_Fresh]] = field(default_factory=dict)
    gone: list[tuple[m.Allowed, str, str | None]] = field(default_factory=list)
    stale: list[tuple[m.Allowed, m.Allowed, str, str | None]] = field(default_factory=list)
    """Those that stood there before, with their previous form."""

    @classmethod
    def between(cls, old: Side, new: Side, matches: Matches) -> Allows:
        found = cls()
        for before, after in matches.plans:
            path = after.path if after else before.path if before else ""
            found._enter(path, None, before.allows if before else (), after.allows if after else ())
        for one, other in matches.scenes:
            scene = other or one
            assert scene is not None
            found._enter(
                scene.plan.path,
                scene.scenario.name,
                one.scenario.allows if one else (),
                other.scenario.allows if other else (),
            )
        former = {matches.files.get(path, path): each for path, each in
                  old.snapshot.libraries.items()}  # fmt: skip
        for path, allows in new.snapshot.libraries.items():
            found._enter(path, None, former.get(path, ()), allows)
        return found

    def _enter(
        self,
        path: str,
        scenario: str | None,
        old: Iterable[m.Allowed],
        new: Iterable[m.Allowed],
    ) -> None:
        before = {each.reason: each for each in old if each.rule == RULE}
        after = {each.reason: each for each in new if each.rule == RULE}
        fresh = [_Fresh(each, path, scenario) for reason, each in after.items()
                 if reason not in before]  # fmt: skip
        self.stale += [(before[reason], each, path, scenario) for reason, each in after.items()
                       if reason in before]  # fmt: skip
        if scenario is None:
            self.plans[path] = fresh
        else:
            self.scenes[Reached(path, scenario)] = fresh
        self.gone += [(each, path, scenario) for reason, each in before.items()
                      if reason not in after]  # fmt: skip

    def accept(self, change: Change) -> Change:
        """Return a change with the `allow` that accepts it, if it needs one and there is one."""
        if not change.counts:
            return change
        found = self._for(change)
        if found is None:
            return change
        found.accepted += 1
        return change.changed(allowed=found.allow)

    def _for(self, change: Change) -> _Fresh | None:
        own: Mapping[Reached, list[_Fresh]] = self.scenes
        if change.scenario is not None:
            for each in own.get(Reached(change.plan, change.scenario), ()):
                return each
        for each in self.plans.get(change.plan, ()):
            return each
        said = [own.get(each, [])[:1] for each in change.reaches]
        return said[0][0] if said and all(said) else None

    def listed(self, changes: Iterable[Change]) -> list[Change]:
        """Return the `allow`s that came and went, as changes themselves.

        And those that would accept one of `changes`, had they not stood there before.
        """
        found = []
        open_ = {(each.plan, each.scenario) for each in changes if each.counts}
        for former, allow, plan, scenario in self.stale:
            if any(at == plan and scenario in (None, scene) for at, scene in open_):
                subject = "`allow weaker` stood here before and accepts nothing new"
                reason = f'"{allow.reason}"'
                found.append(Change(NEUTRAL, "allow", subject, reason, reason, former.span,
                                    allow.span, plan, scenario))  # fmt: skip
        for fresh in (e for held in (*self.plans.values(), *self.scenes.values()) for e in held):
            number = fresh.accepted
            does = f"accepts {number} change{'' if number == 1 else 's'}" if number else \
                "accepts nothing: nothing here is weaker"  # fmt: skip
            subject = f"`allow weaker` {does}"
            found.append(Change(NEUTRAL, "allow", subject, "", f'"{fresh.allow.reason}"',
                                None, fresh.allow.span, fresh.plan, fresh.scenario))  # fmt: skip
        for allow, plan, scenario in self.gone:
            found.append(Change(NEUTRAL, "allow", "`allow weaker`", f'"{allow.reason}"', "",
                                allow.span, None, plan, scenario))  # fmt: skip
        return found
