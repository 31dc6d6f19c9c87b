"""Two snapshots of a project compared, on one page.

identify what is the same -> headers, scenarios, declarations -> what lies behind a `let`
                          -> whom it reaches -> what is allowed -> sorted changes
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from planc import model as m
from planc.diagnostics import Diagnostic
from planc.diff.allowed import Allows
from planc.diff.change import DIFFERENT, NEUTRAL, STRONGER, WEAKER, Change, Reached, Verdict
from planc.diff.declarations import compare as compare_declarations
from planc.diff.differ import Differ, Found
from planc.diff.identity import Scene, identify
from planc.diff.reach import Reach
from planc.diff.removed import Removals
from planc.diff.scenarios import scenario as compare_scenarios
from planc.diff.scenarios import severity, tags, text_of_seed
from planc.diff.settings import compare as compare_settings
from planc.diff.sides import Side, Snapshot
from planc.source.span import Span


@dataclass(frozen=True)
class Broken:
    """A plan that could not be read on one side, so that it was not compared."""

    path: str
    side: str
    """previous or current."""
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True)
class Comparison:
    """What has changed, in the order of files and lines, and what could not be compared."""

    changes: tuple[Change, ...]
    broken: tuple[Broken, ...] = ()
    titles: tuple[tuple[str, str], ...] = ()
    """The path and the title of every plan."""

    def count(self, verdict: Verdict) -> int:
        return sum(each.verdict is verdict for each in self.changes)

    def only(self, paths: Iterable[str]) -> Comparison:
        """Keep what stands in some files or reaches them; a path may be a folder."""
        wanted = tuple(paths)
        if "" in wanted:  # The project itself.
            return self

        def meant(path: str) -> bool:
            return any(path == each or path.startswith(f"{each}/") for each in wanted)

        kept = tuple(
            each for each in self.changes
            if any(meant(path) for path in (each.plan, each.span.path, *each.plans))
        )  # fmt: skip
        broken = tuple(each for each in self.broken if meant(each.path))
        return Comparison(kept, broken, self.titles)


def compare(old: Snapshot, new: Snapshot) -> Comparison:
    """Compare the meaning of two snapshots."""
    broken = [Broken(path, side, found)
              for side, snapshot in (("previous", old), ("current", new))
              for path, found in sorted(snapshot.broken.items())]  # fmt: skip
    left_out = {each.path for each in broken}
    sides = Side(_without(old, left_out)), Side(_without(new, left_out))
    changes = _Comparing(*sides).changes()
    titles = {plan.path: plan.title for side in sides for plan in side.snapshot.plans.values()}
    return Comparison(tuple(changes), tuple(broken), tuple(sorted(titles.items())))


def _without(snapshot: Snapshot, paths: set[str]) -> Snapshot:
    plans = {path: plan for path, plan in snapshot.plans.items() if path not in paths}
    return replace(snapshot, plans=plans)


class _Comparing:
    def __init__(self, old: Side, new: Side) -> None:
        self.old = old
        self.new = new
        self.matches = identify(old, new)
        self.reaches = (Reach(old), Reach(new))
        self.now = {
            Reached(a.plan.path, a.scenario.name): Reached(b.plan.path, b.scenario.name)
            for a, b in self.matches.scenes
            if a and b
        }
        self.found: list[Change] = []
        self.behind: dict[tuple[str, Verdict], list[Change]] = {}

    def changes(self) -> list[Change]:
        for one, other in self.matches.plans:
            if one and other:
                self.header(one, other)
        for before, after in self.matches.scenes:
            self.scene(before, after)
        for old, new in self.matches.declarations:
            self.declaration(old, new)
        self.lets()
        allows = Allows.between(self.old, self.new, self.matches)
        removals = Removals.between(self.old, self.new)
        found = [self.allowed(each, allows, removals) for each in self.found]
        settings = compare_settings(self.old.snapshot.settings, self.new.snapshot.settings)
        listed = (*allows.listed(found), *removals.listed(found), *settings)
        return sorted([*found, *listed], key=_place)

    @staticmethod
    def allowed(change: Change, allows: Allows, removals: Removals) -> Change:
        said = allows.accept(change)
        if not said.counts:
            return said
        return said.changed(allowed=removals.accept(said))

    def keep(self, found: Iterable[Found], **where: object) -> None:
        """Keep what was found, under its place or under the `let` behind it."""
        for each in found:
            change = each.change.changed(**where)
            if each.let:
                self.behind.setdefault((each.let, change.verdict), []).append(change)
            else:
                self.found.append(change)

    # --- plans ----------------------------------------------------------------------------------

    def header(self, old: m.Plan, new: m.Plan) -> None:
        differ = Differ(self.old, self.new)
        lines = (_line(old.path, old.line), _line(new.path, new.line))
        tags(differ, old.tags, new.tags, (None, None))
        severity(differ, old.severity, new.severity, (None, None))
        if old.seed != new.seed:
            texts = (text_of_seed(old.seed), text_of_seed(new.seed))
            differ.add(DIFFERENT, "seed", "the seed", texts=texts)
        for word, before, after in (
            ("owner", old.owner, new.owner),
            ("about", old.about, new.about),
        ):
            if before != after:
                differ.add(NEUTRAL, "header", f"`{word}`", texts=(before, after))
        for each in differ.found:
            change = each.change.changed(old_span=lines[0], new_span=lines[1])
            self.found.append(change.changed(plan=new.path, subject=f"{change.subject} (plan)"))

    # --- scenarios ------------------------------------------------------------------------------

    def scene(self, old: Scene | None, new: Scene | None) -> None:
        if old and new:
            differ = Differ(self.old, self.new)
            compare_scenarios(differ, old.scenario, new.scenario)
            place = {"plan": new.plan.path, "scenario": new.scenario.name}
            self.keep(differ.found, **place)
        elif old:
            name, path = old.scenario.name, self.matches.files.get(old.plan.path, old.plan.path)
            self.found.append(Change(WEAKER, "scenario", "scenario", f'"{name}"', "",
                                     old.scenario.span, None, path))  # fmt: skip
        elif new:
            name = new.scenario.name
            self.found.append(Change(STRONGER, "scenario", "scenario", "", f'"{name}"',
                                     None, new.scenario.span, new.plan.path))  # fmt: skip

    # --- what is shared -------------------------------------------------------------------------

    def declaration(self, old: m.AnyDeclaration, new: m.AnyDeclaration) -> None:
        differ = Differ(self.old, self.new)
        compare_declarations(differ, old, new)
        if not differ.found:
            return
        reached = self.reached(old.key, new.key)
        if not reached:
            differ.found = [
                Found(each.change.changed(verdict=NEUTRAL), each.let) for each in differ.found
            ]
        self.keep(differ.found, plan=new.key.partition("#")[0], reaches=reached)

    def reached(self, old: str, new: str) -> tuple[Reached, ...]:
        """Return the scenarios that use a declaration on either side, by their present names."""
        before = [self.now.get(each, each) for each in self.reaches[0].of(old)]
        found = dict.fromkeys([*self.reaches[1].of(new), *before])
        return tuple(sorted(found, key=lambda each: (each.plan, each.scenario)))

    def lets(self) -> None:
        """Tell of each `let` once for each verdict that its change comes to."""
        told = set()
        former = {b.key: a for a, b in self.matches.declarations}
        for (key, verdict), changes in self.behind.items():
            told.add(key)
            old, new = former[key], self.new.declarations[key]
            subjects = ", ".join(dict.fromkeys(each.subject for each in changes))
            self.let(verdict, old, new, f" ({subjects})")
        for old, new in self.matches.declarations:
            if isinstance(old, m.Let) and isinstance(new, m.Let) and new.key not in told:
                differ = Differ(self.old, self.new)
                reached = self.reached(old.key, new.key)
                if not reached and differ.old_canon.of(old.value, {}) != differ.new_canon.of(
                    new.value, {}
                ):
                    self.let(NEUTRAL, old, new, " (no scenario feels it)")

    def let(
        self, verdict: Verdict, old: m.AnyDeclaration, new: m.AnyDeclaration, where: str
    ) -> None:
        assert isinstance(old, m.Let)
        assert isinstance(new, m.Let)
        change = Change(
            verdict,
            "let",
            f"`{new.name}`{where}",
            self.old.text(old.value.span),
            self.new.text(new.value.span),
            old.span,
            new.span,
            plan=new.key.partition("#")[0],
            reaches=self.reached(old.key, new.key),
        )
        self.found.append(change)


def _line(path: str, line: int) -> Span:
    return Span(path, 0, 0, line, 1, line, 1)


def _place(change: Change) -> tuple[object, ...]:
    span = change.span
    return (change.plan, span.path, span.line, span.column, change.verdict, change.kind,
            change.subject, change.old, change.new)  # fmt: skip
