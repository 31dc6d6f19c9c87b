"""Two versions of a project, resolved for comparison; what is the same on both is left out.

Of a thousand plans most are as they were. A plan whose file is the same on both sides, with every
file that it may use, cannot have changed its meaning: it is not even parsed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from planc import model as m
from planc.analysis.scenarios import allowed
from planc.cache import Inputs
from planc.config import CONFIG, FOLDERS, load_config
from planc.diagnostics import Severity
from planc.diff import Snapshot
from planc.diff.settings import Settings
from planc.pipeline.build import Build
from planc.pipeline.discover import find_plans
from planc.source import SourceFile, Span
from planc.syntax import nodes as n

Progress = Callable[[int, int], None]
"""Told how many of how many plans are read."""

_USE = re.compile(rb"""\buse\b[^"\n]*"([^"\n]*)\"""")


def snapshots(
    old_root: str,
    new_root: str,
    progress: Progress = lambda done, all: None,
    *,
    files: tuple[Sequence[str], Sequence[str]] | None = None,
) -> tuple[Snapshot, Snapshot]:
    """Resolve the plans of two projects as far as they differ.

    `files` are the plans of each, relative to its root; without it they are what planc.yaml says.
    Raises ConfigError for a planc.yaml that cannot be used.
    """
    sides = [Inputs(old_root), Inputs(new_root)]
    plans = list(files) if files else [_plans(each.root) for each in sides]
    wanted = _changed(sides[0], sides[1], plans[0], plans[1])
    total = len(wanted[0]) + len(wanted[1])
    first = _snapshot(sides[0], wanted[0], lambda done: progress(done, total))
    second = _snapshot(sides[1], wanted[1], lambda done: progress(len(wanted[0]) + done, total))
    if files:
        return first, second
    return _with_settings(first, old_root), _with_settings(second, new_root)


def snapshot(root: str, paths: Iterable[str]) -> Snapshot:
    """Resolve the plans at some paths relative to the root, with the text of all they use."""
    return _snapshot(Inputs(root), paths, lambda done: None)


def _plans(root: str) -> list[str]:
    config = load_config(root)
    folder = os.path.join(root, config.plans)
    found, _ = find_plans(root, config, [folder if os.path.isdir(folder) else root])
    return found


def _with_settings(found: Snapshot, root: str) -> Snapshot:
    """Add what planc.yaml says that is no plan's business, but a reviewer's."""
    from planc.config.flat import flat

    said = flat(root)
    weaker = {name.removeprefix("weaker."): str(reason) for name, reason in said.values.items()
              if name.startswith("weaker.")}  # fmt: skip
    values = {name: value for name, value in said.values.items()
              if name.partition(".")[0] not in (*FOLDERS, "removed", "weaker")}  # fmt: skip
    settings = Settings(values, said.lines, weaker)
    return replace(found, removed=_removed(root), settings=settings)


def _removed(root: str) -> dict[str, m.Allowed]:
    return {
        path: m.Allowed(span=Span(CONFIG, 0, 0, line, 1, line, 1), rule="weaker", reason=reason)
        for path, (line, reason) in load_config(root).removed.items()
    }


def _snapshot(inputs: Inputs, paths: Iterable[str], progress: Callable[[int], None]) -> Snapshot:
    build = Build(inputs, None)
    plans, libraries, broken = {}, {}, {}
    for done, path in enumerate(paths, 1):
        model = build.model(path)
        file = build.project.load(path)
        reach = {each.path for each in file.reach()}
        wrong = tuple(each for each in build.project.problems.all()
                      if each.span.path in reach and each.severity is Severity.ERROR)  # fmt: skip
        if wrong:
            broken[path] = wrong
        elif model is not None:
            plans[path] = model
        for each in file.reach():
            allows = [node for node in each.tree.declarations if isinstance(node, n.Allow)]
            if each.path != path or model is None:
                libraries[each.path] = allowed(build.analyzer.of, allows)
        progress(done)
    return Snapshot(plans, _Sources(build), libraries, broken)


class _Sources(Mapping[str, SourceFile]):
    """The files that were read, decoded again when somebody wants to see them."""

    def __init__(self, build: Build) -> None:
        self.build = build
        self._found: dict[str, SourceFile] = {}

    def __getitem__(self, path: str) -> SourceFile:
        if path not in self._found:
            if path not in self.build.project.files:
                raise KeyError(path)
            self._found[path] = self.build.source(path)
        return self._found[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self.build.project.files)

    def __len__(self) -> int:
        return len(self.build.project.files)


# --- what is worth reading ----------------------------------------------------------------------


def _changed(
    old: Inputs, new: Inputs, old_plans: Sequence[str], new_plans: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Return the plans of both sides that are not the same, byte for byte, with all they use."""
    both = {*old_plans} & {*new_plans}  # A file that is no plan any more may still be there.
    shared = {path for path in both if old.hash(path) == new.hash(path) != "-"}
    names = {PurePosixPath(path).name for path in {*old_plans, *new_plans} - shared}
    suspects = _users(new, shared, names)
    return (
        [path for path in old_plans if path not in shared or path in suspects],
        [path for path in new_plans if path not in shared or path in suspects],
    )


def _users(inputs: Inputs, paths: Iterable[str], changed: set[str]) -> set[str]:
    """Return the files that may use a changed one, directly or not: rather too many than too few.

    A file is looked for by its name alone; one that lies outside the plans may have changed, too.
    """
    uses = {path: _used(inputs.data(path) or b"") for path in paths}
    known = {PurePosixPath(path).name for path in uses} | changed
    found: set[str] = set()
    names = set(changed)
    while True:
        more = {
            path
            for path, used in uses.items()
            if path not in found and (used is None or used & names or used - known)
        }
        if not more:
            return found
        found |= more
        names |= {PurePosixPath(path).name for path in more}


def _used(data: bytes) -> set[str] | None:
    """Return the names of the files after `use`; None when they cannot be told."""
    found = _USE.findall(data)
    if any(b"\\" in each or b"{" in each for each in found):
        return None
    return {PurePosixPath(each.decode("utf-8", "replace")).name for each in found}
