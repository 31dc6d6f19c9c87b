"""What a rule looks at: a resolved plan with all that belongs to it, or the tree of one file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from planc import model as m
from planc.lint.scene import Scene, read
from planc.source import SourceFile, Span
from planc.syntax import nodes as n


@dataclass(frozen=True)
class File:
    """One file as it was written; its tree has no errors."""

    path: str
    tree: n.File
    source: SourceFile
    root: Path
    """Of the project."""

    def text(self, span: Span) -> str:
        return self.source.text[span.start : span.end]

    def whole_lines(self, span: Span, *, comments: bool = False) -> Span:
        """Return a span with its lines to both sides, the newline at the end included.

        With `comments` also those that stand alone in the lines directly above.
        """
        first, last = span.line, max(span.end_line, span.line)
        while comments and first > 1 and self.source.line(first - 1).lstrip().startswith("#"):
            first -= 1
        starts, length = self.source.line_starts, len(self.source.text)
        end = starts[last] if last < len(starts) else length
        return self.source.span(starts[first - 1], end)


@dataclass(frozen=True)
class Subject:
    """A plan without errors, and the files it was made of."""

    plan: m.Plan
    files: Mapping[str, File]
    """By their paths: the plan's own and those it uses."""
    catalogue: frozenset[str] | None = None
    """The rows that the project's catalogue has; None when planc.yaml names none."""

    @property
    def file(self) -> File:
        return self.files[self.plan.path]

    @property
    def root(self) -> Path:
        return self.file.root

    def text(self, span: Span) -> str:
        """Return what stands at a place, of whatever file."""
        found = self.files.get(span.path)
        return found.text(span) if found else ""

    def own(self, part: m.Item) -> bool:
        """Say whether something stands in the plan itself, not in a library."""
        return part.span.path == self.plan.path

    @cached_property
    def declarations(self) -> dict[str, m.Declaration]:
        found: dict[str, m.Declaration] = {each.key: each for each in self.plan.declarations}
        for scene in self.plan.scenarios:
            found.update((own.key, own) for own in scene.own_clusters)
        return found

    @cached_property
    def scenes(self) -> tuple[Scene, ...]:
        """The scenarios, laid out in time."""
        return tuple(read(scenario, self.declarations) for scenario in self.plan.scenarios)
