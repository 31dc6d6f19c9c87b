"""A plan, resolved: everything a reader of the model needs, libraries included by reference."""

from __future__ import annotations

from planc.model.base import Item, Part
from planc.model.declarations import AnyDeclaration, Cluster
from planc.model.expressions import Expression
from planc.model.statements import Statement


class Cases(Item):
    columns: tuple[str, ...]
    rows: tuple[tuple[Expression, ...], ...]


class Loop(Item):
    """`for size in [3, 5, 7]` after a scenario's title: one test for each value."""

    name: str
    values: Expression


class Allowed(Item):
    """`allow RULE "reason"`: a lint finding that is meant."""

    rule: str
    reason: str


class Scenario(Item):
    title: Expression
    """A string, or a template over the columns and loops."""
    name: str
    """The title as it was written, braces and all; unique within the plan."""
    loops: tuple[Loop, ...] = ()
    cases: Cases | None = None
    covers: tuple[str, ...] = ()
    catches: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    severity: str | None = None
    timeout: float | None = None
    seed: int | None = None
    only_on: tuple[str, ...] = ()
    skip_on: tuple[tuple[str, str], ...] = ()
    """Backend and reason."""
    allows: tuple[Allowed, ...] = ()
    clusters: tuple[str, ...] = ()
    """Keys of the file's clusters that it uses, in order of first use."""
    mocks: tuple[str, ...] = ()
    own_clusters: tuple[Cluster, ...] = ()
    abilities: tuple[str, ...] = ()
    """What a backend must be able to do, sorted."""
    body: tuple[Statement, ...]


class Plan(Part):
    """One .plan file that begins with `plan`, and what it uses of libraries."""

    path: str
    """Relative to the project root, with forward slashes."""
    line: int
    title: str
    owner: str = ""
    tags: tuple[str, ...] = ()
    severity: str = "medium"
    about: str = ""
    seed: int | None = None
    allows: tuple[Allowed, ...] = ()
    uses: tuple[str, ...] = ()
    """Every file that this plan was made of, itself excepted; sorted."""
    declarations: tuple[AnyDeclaration, ...]
    """Its own and, of libraries, those it uses; each after all that it refers to."""
    scenarios: tuple[Scenario, ...]

    def declaration(self, key: str) -> AnyDeclaration:
        """Find a declaration by its key; it is there."""
        return next(each for each in self.declarations if each.key == key)
