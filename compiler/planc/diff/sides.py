"""One side of a comparison: its plans, their sources, and how its names are told apart.

What is the same thing on both sides has the same number, whatever it is called and wherever it
stands. So a name that has changed is no change, and a thing that was exchanged for another is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from planc import model as m
from planc.diagnostics import Diagnostic
from planc.diff.settings import Settings
from planc.source import SourceFile, Span

_LONGEST = 90


@dataclass(frozen=True)
class Snapshot:
    """The plans of a project at one time; those that cannot be read are in `broken`."""

    plans: Mapping[str, m.Plan]
    sources: Mapping[str, SourceFile] = field(default_factory=dict)
    libraries: Mapping[str, tuple[m.Allowed, ...]] = field(default_factory=dict)
    """The libraries by their paths, with what they allow."""
    broken: Mapping[str, tuple[Diagnostic, ...]] = field(default_factory=dict)
    """Plans with errors, and what is wrong with them."""
    removed: Mapping[str, m.Allowed] = field(default_factory=dict)
    """Plans, and folders of plans, of which the project says that they are gone, and why."""
    settings: Settings = field(default_factory=Settings)
    """What planc.yaml says beside that."""


class Side:
    """A snapshot with the identities of everything declared in it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.declarations: dict[str, m.AnyDeclaration] = {}
        self.ids: dict[str, int] = {}
        self.nodes: dict[tuple[str, str], str] = {}
        """(cluster's key, node) -> the name by which both sides know the node."""
        self.plants: dict[tuple[str, str], str] = {}
        """(service's key, planted bug) -> the name by which both sides know the bug."""
        for plan in snapshot.plans.values():
            for each in plan.declarations:
                self.declarations.setdefault(each.key, each)
            for scene in plan.scenarios:
                for own in scene.own_clusters:
                    self.declarations.setdefault(own.key, own)

    def identity(self, key: str) -> str:
        """Return what a declaration is known by on both sides: nothing that a plan could hold."""
        return f"\0{self.ids[key]}" if key in self.ids else key

    def plant(self, service: str, name: str) -> str:
        """Return the name by which both sides know a planted bug of a service."""
        return self.plants.get((service, name), name)

    def let(self, key: str) -> m.Let | None:
        found = self.declarations.get(key)
        return found if isinstance(found, m.Let) else None

    def text(self, span: Span | None) -> str:
        """Return what stands at a place, in one line that is not too long."""
        source = self.snapshot.sources.get(span.path) if span else None
        if span is None or source is None:
            return ""
        lines = source.text[span.start : span.end].splitlines()
        words = " ".join((lines or [""])[0].split())
        if len(lines) > 1:
            words += " ... }" if words.endswith("{") else " ..."
        return words if len(words) <= _LONGEST else words[: _LONGEST - 3] + "..."
