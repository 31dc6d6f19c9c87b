"""Plans made ready for `planc lint`: resolved, with trees and texts; and what a fix makes of them.

A fix is tried in memory first. What comes out must be a plan without errors, or nothing of that
round is kept: a file is written once, whole, when nothing more can be mended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from planc.cache import Inputs, content_hash
from planc.diagnostics import Diagnostic, Diagnostics, Edit, Severity
from planc.lint import File, Selection, Subject, lint
from planc.lint.fixes import apply, chosen
from planc.pipeline.build import Build
from planc.source import SourceFile

ROUNDS = 20
"""Rounds of fixes; each rests on the plan that the one before has left."""

Progress = Callable[[int, int], None]


class Edited(Inputs):
    """The files of a project, some of them as they would be."""

    def __init__(self, root: str, texts: Mapping[str, str]) -> None:
        super().__init__(root)
        for path, text in texts.items():
            data = text.encode()
            self._found[path] = data, content_hash(data)


@dataclass(frozen=True)
class Linted:
    found: Diagnostics
    """What the rules say."""
    errors: Diagnostics
    """Of files that have mistakes, which no rule has seen."""
    sources: Mapping[str, SourceFile]
    texts: Mapping[str, str] = field(default_factory=dict)
    """What fixes have made of files, by path."""
    fixed: int = 0
    """How many findings are gone."""


def lint_files(
    root: str,
    paths: Iterable[str],
    selection: Selection | None = None,
    *,
    catalogue: Iterable[str] | None = None,
    texts: Mapping[str, str] | None = None,
    progress: Progress = lambda done, all: None,
) -> Linted:
    """Look at the files at some paths relative to the root; raises UnknownRule, RuleFailed."""
    rows = None if catalogue is None else frozenset(catalogue)
    build = Build(Edited(root, texts or {}), None)
    wanted = list(dict.fromkeys(paths))
    plans, files, errors = [], [], []
    for done, path in enumerate(wanted, 1):
        model = build.model(path)
        reach = {each.path: each for each in build.project.load(path).reach()}
        wrong = [each for each in build.project.problems.all()
                 if each.span.path in reach and each.severity is Severity.ERROR]  # fmt: skip
        errors += wrong
        if not any(each.span.path == path for each in wrong):
            files.append(_file(build, path))
        if model is not None and not wrong:
            plans.append(Subject(model, {each: _file(build, each) for each in reach}, rows))
        progress(done, len(wanted))
    found = lint(plans, files, selection)
    sources = {path: build.source(path) for path in build.project.files}
    return Linted(found, Diagnostics(errors), sources, texts or {})


def _file(build: Build, path: str) -> File:
    return File(path, build.project.load(path).tree, build.source(path), Path(build.inputs.root))


def mend(
    root: str,
    paths: Iterable[str],
    selection: Selection | None = None,
    *,
    catalogue: Iterable[str] | None = None,
) -> Linted:
    """Apply every fix, again until there is none left; nothing is written."""
    paths = list(paths)
    rows = None if catalogue is None else frozenset(catalogue)
    now = lint_files(root, paths, selection, catalogue=rows)
    fixed = 0
    for _ in range(ROUNDS):
        texts, count = _round(now)
        if not count:
            break
        after = lint_files(root, paths, selection, catalogue=rows, texts=texts)
        if _broken(after) - _broken(now):
            break
        now, fixed = after, fixed + count
    return Linted(now.found, now.errors, now.sources, now.texts, fixed)


def _broken(linted: Linted) -> set[tuple[str, str]]:
    return {(each.span.path, each.message) for each in linted.errors}


def _round(linted: Linted) -> tuple[dict[str, str], int]:
    """Return the texts after one round, and how many findings it mends."""
    edits = chosen(linted.found)
    texts = dict(linted.texts)
    for path, each in edits.items():
        texts[path] = apply(linted.sources[path].text, each)
    done = [each for each in linted.found if _applied(each, edits)]
    return texts, len(done)


def _applied(diagnostic: Diagnostic, edits: Mapping[str, list[Edit]]) -> bool:
    return bool(diagnostic.fix) and all(
        edit in edits.get(edit.span.path, ()) for edit in diagnostic.fix
    )
