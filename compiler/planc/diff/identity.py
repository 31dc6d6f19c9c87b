"""What is the same thing on both sides: plans, libraries, declarations, scenarios.

A thing is known by its place and name; if that has changed, by its name elsewhere; then by what it
is; at last by how much it is like. Each step looks only at what the steps before it have left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import count
from typing import Generic, TypeVar

from planc import model as m
from planc.diff.canon import Canon, Form, ordered
from planc.diff.pairing import SAME, pair
from planc.diff.sides import Side

T = TypeVar("T")

_ALIKE = 0.6
"""How alike two things without a name in common must be to be the same one, changed."""


@dataclass(frozen=True)
class Scene:
    """A scenario and the plan that it stands in."""

    plan: m.Plan
    scenario: m.Scenario


@dataclass(frozen=True)
class Matches:
    """Pairs of what is the same; None where there is nothing on a side."""

    plans: tuple[tuple[m.Plan | None, m.Plan | None], ...]
    scenes: tuple[tuple[Scene | None, Scene | None], ...]
    declarations: tuple[tuple[m.AnyDeclaration, m.AnyDeclaration], ...]
    files: dict[str, str]
    """Previous paths of plans and libraries -> present ones."""


def identify(old: Side, new: Side) -> Matches:
    """Give the same identity to what is the same on both sides, and say what that is."""
    plans = _plans(old, new)
    files = {a.path: b.path for a, b in plans if a and b}
    files |= _libraries(old, new)
    declarations = _Declarations(old, new, files).pairs()
    scenes = _Scenes(old, new, plans).pairs()
    return Matches(tuple(plans), tuple(scenes), tuple(declarations), files)


class _Left(Generic[T]):
    """What is still without a counterpart, by a key of each side."""

    def __init__(self, old: dict[str, T], new: dict[str, T]) -> None:
        self.old = dict(old)
        self.new = dict(new)
        self.found: list[tuple[str, str]] = []

    def by(self, key: Callable[[T, bool], object]) -> None:
        """Pair what has the same key, where each side has it once.

        Here and below functions are told whether a thing is of the new side.
        """
        before, after = _once(self.old, key, False), _once(self.new, key, True)
        for value, a in before.items():
            if (b := after.get(value)) is not None:
                self.take(a, b)

    def by_likeness(
        self, forms: Callable[[T, bool], Form], kind: Callable[[T, bool], object], least: float
    ) -> None:
        """Pair what is most alike."""
        a, b = list(self.old), list(self.new)
        if not a or not b:
            return
        before = [forms(self.old[each], False) for each in a]
        after = [forms(self.new[each], True) for each in b]
        kinds = (
            [kind(self.old[each], False) for each in a],
            [kind(self.new[each], True) for each in b],
        )
        found = pair(before, after, kinds, least=least)
        for i, j in [*found.same, *found.changed]:
            if kinds[0][i] == kinds[1][j]:
                self.take(a[i], b[j])

    def take(self, old: str, new: str) -> None:
        self.found.append((old, new))
        del self.old[old]
        del self.new[new]


def _once(things: dict[str, T], key: Callable[[T, bool], object], new: bool) -> dict[object, str]:
    found: dict[object, str] = {}
    twice = set()
    for name, thing in things.items():
        value = key(thing, new)
        if value in found:
            twice.add(value)
        found[value] = name
    return {value: name for value, name in found.items() if value not in twice}


# --- files --------------------------------------------------------------------------------------


def _plans(old: Side, new: Side) -> list[tuple[m.Plan | None, m.Plan | None]]:
    left = _Left(dict(old.snapshot.plans), dict(new.snapshot.plans))
    left.by(lambda plan, _: plan.path)
    left.by(lambda plan, _: plan.title)
    left.by_likeness(lambda plan, _: _titles(plan), _anywhere, 0.5)
    if len(old.snapshot.plans) == len(new.snapshot.plans) == len(left.old) == 1:
        left.take(*left.old, *left.new)
    pairs: list[tuple[m.Plan | None, m.Plan | None]] = [
        (old.snapshot.plans[a], new.snapshot.plans[b]) for a, b in left.found
    ]
    pairs += [(each, None) for each in left.old.values()]
    pairs += [(None, each) for each in left.new.values()]
    return pairs


def _anywhere(thing: object, new: bool) -> object:
    return None


def _titles(plan: m.Plan) -> Form:
    return tuple(each.name for each in plan.scenarios)


def _libraries(old: Side, new: Side) -> dict[str, str]:
    names = [_names_by_file(side) for side in (old, new)]
    left = _Left(names[0], names[1])
    for path in list(left.old):
        if path in left.new:
            left.take(path, path)
    left.by_likeness(lambda held, _: held, _anywhere, 0.5)
    return dict(left.found)


def _names_by_file(side: Side) -> dict[str, Form]:
    """Return what each library declares, by its path."""
    found: dict[str, list[str]] = {}
    for key in side.declarations:
        path, _, name = key.partition("#")
        if path not in side.snapshot.plans:
            found.setdefault(path, []).append(name)
    return {path: tuple(sorted(names)) for path, names in found.items()}


# --- declarations -------------------------------------------------------------------------------


class _Declarations:
    def __init__(self, old: Side, new: Side, files: dict[str, str]) -> None:
        self.old = old
        self.new = new
        self.files = files
        self.numbers = count()
        self.canons = (Canon(old), Canon(new))
        self.own = [{key for plan in side.snapshot.plans.values() for scene in plan.scenarios
                     for key in (each.key for each in scene.own_clusters)}
                    for side in (old, new)]  # fmt: skip
        self.left = _Left(self.shared(old, 0), self.shared(new, 1))

    def shared(self, side: Side, which: int) -> dict[str, m.AnyDeclaration]:
        """Return what is declared in files; clusters of single scenarios are theirs."""
        return {k: each for k, each in side.declarations.items() if k not in self.own[which]}

    def pairs(self) -> list[tuple[m.AnyDeclaration, m.AnyDeclaration]]:
        left = self.left
        for key, each in list(left.old.items()):
            path, _, name = key.partition("#")
            moved = f"{self.files.get(path, path)}#{name}"
            if moved in left.new and left.new[moved].kind == each.kind:
                self.take(key, moved)
        self.after(lambda: left.by(lambda each, _: (each.kind, each.name)))
        for _ in range(2):  # What is renamed may refer to what is renamed.
            self.after(self.by_meaning)
        self.after(lambda: left.by_likeness(self.form, self.place, _ALIKE))
        self.copies()
        for side, rest in ((self.old, left.old), (self.new, left.new)):
            side.ids |= {key: next(self.numbers) for key in rest if key not in side.ids}
        for side, keys in zip((self.old, self.new), self.own, strict=True):
            side.ids |= dict.fromkeys(keys, -1)
        found = [(self.old.declarations[a], self.new.declarations[b]) for a, b in left.found]
        for one, other in found:
            name_nodes(self.new, one, other)
            name_plants(self.old, self.new, one, other)
        return found

    def copies(self) -> None:
        """Know a copy as what it was made of: a plan that was split declares its half again."""
        for _ in range(4):  # A workload's copy loads the cluster's copy.
            self.share_numbers(self.left.new, True)
            self.share_numbers(self.left.old, False)

    def share_numbers(self, rest: dict[str, m.AnyDeclaration], new: bool) -> None:
        """Give what is left of a side the number of what means the same on the other side."""
        side, other = (self.new, self.old) if new else (self.old, self.new)
        kinds = {each.kind for key, each in rest.items() if key not in side.ids}
        known = {
            (each.kind, self.form(each, not new)): other.ids[key]
            for key, each in other.declarations.items()
            if each.kind in kinds and key in other.ids
        }
        for key, each in rest.items():
            number = known.get((each.kind, self.form(each, new))) if known else None
            if number is not None:
                side.ids.setdefault(key, number)

    def by_meaning(self) -> None:
        self.left.by_likeness(self.form, lambda each, _: each.kind, SAME)

    def after(self, step: Callable[[], None]) -> None:
        done = len(self.left.found)
        step()
        for a, b in self.left.found[done:]:
            self.number(a, b)

    def take(self, old: str, new: str) -> None:
        self.left.take(old, new)
        self.number(old, new)

    def number(self, old: str, new: str) -> None:
        self.old.ids[old] = self.new.ids[new] = next(self.numbers)

    def form(self, declaration: m.AnyDeclaration, new: bool) -> Form:
        return self.canons[new].of(declaration, {})

    def place(self, declaration: m.AnyDeclaration, new: bool) -> object:
        path = declaration.key.partition("#")[0]
        return (declaration.kind, path if new else self.files.get(path, path))


def name_nodes(new: Side, old: m.AnyDeclaration, now: m.AnyDeclaration) -> None:
    """Know nodes that were renamed by their previous names."""
    if isinstance(old, m.Cluster) and isinstance(now, m.Cluster):
        gone = [each for each in old.node_names if each not in now.node_names]
        come = [each for each in now.node_names if each not in old.node_names]
        if len(gone) == len(come):
            new.nodes |= {(now.key, b): a for a, b in zip(gone, come, strict=True)}


def name_plants(old: Side, new: Side, one: m.AnyDeclaration, other: m.AnyDeclaration) -> None:
    """Know planted bugs that were renamed by their previous names.

    Only those that say how they are switched on: of others the name is the switch.
    """
    if isinstance(one, m.Service) and isinstance(other, m.Service):
        before = {each.name: each for each in one.plants if _switched(each)}
        after = {each.name: each for each in other.plants if _switched(each)}
        canons = (Canon(old), Canon(new))
        gone = {
            canons[0].plain(each, {}, "name"): name
            for name, each in before.items()
            if name not in after
        }
        for name, each in after.items():
            former = gone.get(canons[1].plain(each, {}, "name"))
            if former is not None and name not in before:
                new.plants[other.key, name] = former


def _switched(plant: m.Plant) -> bool:
    return bool(plant.env or plant.params or plant.args)


# --- scenarios ----------------------------------------------------------------------------------


class _Scenes:
    """Clusters of a scenario are known by their names until it is known which scenario it is."""

    def __init__(
        self, old: Side, new: Side, plans: Iterable[tuple[m.Plan | None, m.Plan | None]]
    ) -> None:
        self.old = old
        self.new = new
        self.numbers = count(-2, -1)
        self.canons = (Canon(old), Canon(new))
        self.plan_of = {b.path: a.path for a, b in plans if a and b}

    def pairs(self) -> list[tuple[Scene | None, Scene | None]]:
        scenes = [
            {f"{plan.path}#{i}": Scene(plan, each)
             for plan in side.snapshot.plans.values() for i, each in enumerate(plan.scenarios)}
            for side in (self.old, self.new)
        ]  # fmt: skip
        left = _Left(scenes[0], scenes[1])
        left.by(lambda scene, new: (self.place(scene, new), scene.scenario.name))
        left.by(lambda scene, _: scene.scenario.name)
        left.by_likeness(self.form, _anywhere, SAME)
        left.by_likeness(self.form, self.place, _ALIKE)
        found: list[tuple[Scene | None, Scene | None]] = []
        for a, b in left.found:
            self.own_clusters(scenes[0][a].scenario, scenes[1][b].scenario)
            found.append((scenes[0][a], scenes[1][b]))
        found += [(each, None) for each in left.old.values()]
        found += [(None, each) for each in left.new.values()]
        return found

    def place(self, scene: Scene, new: bool) -> str:
        path = scene.plan.path
        return self.plan_of.get(path, f"new {path}") if new else path

    def form(self, scene: Scene, new: bool) -> Form:
        canon, node = self.canons[new], scene.scenario
        columns = [*(each.name for each in node.loops), *(node.cases.columns if node.cases else ())]
        env = {name: ("column", i) for i, name in enumerate(columns)}
        rows = node.cases.rows if node.cases else ()
        return (
            ordered(node.covers),
            ordered(node.catches),
            ordered(canon.of(rows, {})),
            canon.of(tuple(each.values for each in node.loops), {}),
            canon.block(node.body, env),
        )

    def own_clusters(self, old: m.Scenario, new: m.Scenario) -> None:
        """Pair the clusters of two scenarios: by name, then by their order."""
        before = {each.name: each for each in old.own_clusters}
        after = {each.name: each for each in new.own_clusters}
        names = [(each, each) for each in before if each in after]
        names += zip(
            [each for each in before if each not in after],
            [each for each in after if each not in before],
            strict=False,
        )
        for a, b in names:
            number = next(self.numbers)
            self.old.ids[before[a].key] = self.new.ids[after[b].key] = number
            name_nodes(self.new, before[a], after[b])
        for side, rest in ((self.old, old), (self.new, new)):
            for each in rest.own_clusters:
                if side.ids.get(each.key, -1) == -1:
                    side.ids[each.key] = next(self.numbers)
