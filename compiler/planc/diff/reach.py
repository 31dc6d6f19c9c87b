"""Whom a shared declaration reaches: every scenario that uses it, directly or through others."""

from __future__ import annotations

from planc import model as m
from planc.diff.change import Reached
from planc.diff.sides import Side


class Reach:
    """The scenarios of one side by the keys of the declarations they use."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self._closures: dict[str, frozenset[str]] = {}
        self._users: dict[str, list[Reached]] = {}
        for plan in side.snapshot.plans.values():
            for scene in plan.scenarios:
                keys: set[str] = set()
                for key in (*m.references(scene), *scene.clusters, *scene.mocks):
                    keys |= self.closure(key)
                for key in keys:
                    self._users.setdefault(key, []).append(Reached(plan.path, scene.name))

    def of(self, key: str) -> tuple[Reached, ...]:
        return tuple(self._users.get(key, ()))

    def closure(self, key: str) -> frozenset[str]:
        """Return a key and all that its declaration is made of."""
        if key not in self._closures:
            self._closures[key] = frozenset((key,))  # What leads back to itself adds nothing.
            found = {key}
            declaration = self.side.declarations.get(key)
            for each in m.references(declaration) if declaration else ():
                found |= self.closure(each)
            self._closures[key] = frozenset(found)
        return self._closures[key]
