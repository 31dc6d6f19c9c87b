"""What is wrong with the open files: the compiler's own answer, from a thread of its own.

A check works on a picture of the buffers; requests are answered meanwhile. Trees of files that have
not changed are kept from one check to the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from planc.analysis import Analyzer
from planc.analysis import Project as Analysed
from planc.diagnostics import Diagnostic, Diagnostics
from planc.lsp.linting import lint
from planc.source import SourceFile, load
from planc.source.load import from_text
from planc.syntax import parse
from planc.syntax.nodes import File

Parsed = tuple[SourceFile, File, list[Diagnostic]]


@dataclass(frozen=True)
class Findings:
    """What a check found, by file, with the texts in which the places are."""

    found: Mapping[str, list[Diagnostic]]
    sources: Mapping[str, SourceFile]


@dataclass
class Checker:
    """The checks of one project, one at a time."""

    root: str
    _kept: dict[str, Parsed] = field(default_factory=dict)

    def check(self, texts: Mapping[str, str], paths: Iterable[str]) -> Findings:
        """Analyse some files with all they use; `texts` are those that are open."""
        now: dict[str, Parsed] = {}

        def read(path: str) -> tuple[File, list[Diagnostic]]:
            now[path] = self._parsed(path, texts.get(path))
            return now[path][1], list(now[path][2])

        project = Analysed(Path(self.root), read)
        analyzer = Analyzer(project)
        plans = {path: analyzer.plan(path) for path in sorted(paths)}
        found: dict[str, list[Diagnostic]] = {path: [] for path in now}
        linted = lint(analyzer, plans, {path: each[0] for path, each in now.items()})
        for each in Diagnostics([*project.problems.all(), *linted]):
            found.setdefault(each.span.path, []).append(each)
        self._kept = now
        return Findings(found, {path: each[0] for path, each in now.items()})

    def _parsed(self, path: str, text: str | None) -> Parsed:
        root = Path(self.root)
        source = from_text(text, path) if text is not None else load(root / path, root)
        kept = self._kept.get(path)
        if kept and kept[0].text == source.text and kept[0].problems == source.problems:
            return kept
        return (source, *parse(source))
