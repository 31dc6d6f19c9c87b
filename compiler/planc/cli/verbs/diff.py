"""`planc diff`: what a change of plans means, for those who review it. Nothing is run.

planc diff --against main              the work tree against where it left `main`
planc diff OLD NEW                     two files, or two folders
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from planc.cli import CLEAN, FINDINGS
from planc.cli.console import colored
from planc.cli.errors import UsageError, suggestion
from planc.cli.parser import Parser, one_of
from planc.cli.paths import SUFFIX
from planc.cli.project import Project
from planc.diff.change import Verdict
from planc.diff.render import FORMATS, Context, render

if TYPE_CHECKING:
    from planc.diff import Comparison, Snapshot

_SHOWN_FROM = 40
"""Plans to read from which on a terminal is told how far it is."""


def main(arguments: Sequence[str]) -> int:
    parser = Parser("diff", (__doc__ or "").partition("\n")[0])
    parser.paths("plans or folders to look at; without --against: OLD NEW")
    parser.add_argument(
        "--against", metavar="REF", help="a branch, tag or commit; a folder or file"
    )
    parser.add_argument("--fail-on", type=_verdicts, default=frozenset(), metavar="VERDICT,...",
                        help="exit 1 for: weaker, different, stronger, neutral")  # fmt: skip
    parser.add_argument("--output-format", "--format", type=one_of("output format", FORMATS),
                        default="text", metavar="|".join(FORMATS),
                        help="how the changes are shown (default: text)")  # fmt: skip
    options = parser.read(arguments)
    comparison, context = _compared(options)
    print(render(comparison, options.output_format, context), end="")
    return FINDINGS if _failed(comparison, options.fail_on) else CLEAN


def _verdicts(text: str) -> frozenset[str]:
    known = one_of("verdict", [str(each) for each in Verdict])
    return frozenset(known(word.strip()) for word in text.split(","))


def _failed(comparison: Comparison, failing: frozenset[str]) -> bool:
    """Say whether a verdict was asked to fail; a plan that cannot be read any more always does."""
    if any(each.side == "current" for each in comparison.broken):
        return True
    return any(each.allowed is None and each.verdict in failing for each in comparison.changes)


def _compared(options: argparse.Namespace) -> tuple[Comparison, Context]:
    paths, against = options.paths, options.against
    if against is None:
        if len(paths) != 2:
            raise UsageError(
                "there is nothing to compare with",
                "planc diff --against main, or two files or folders: planc diff OLD NEW",
            )
        return _twins(paths[0], paths[1], options)
    if _is_commit(against) or not os.path.exists(against):
        return _history(against, paths, options)
    if len(paths) > 1:
        raise UsageError(f"`{against}` is one folder or file, to be compared with one other")
    return _twins(against, paths[0] if paths else ".", options)


def _is_commit(name: str) -> bool:
    """Say whether git knows a commit of this name, which comes before a folder of this name."""
    from planc.diff.versions import Repository, VersionError

    try:
        Repository(Project.find().root).version(name)
    except VersionError:
        return False
    return True


# --- against a commit ---------------------------------------------------------------------------


def _history(
    against: str, paths: Sequence[str], options: argparse.Namespace
) -> tuple[Comparison, Context]:
    from planc.diff import compare
    from planc.diff.versions import Repository, VersionError

    project = Project.of(paths)
    with tempfile.TemporaryDirectory(prefix="planc-diff-") as folder:
        try:
            repository = Repository(project.root)
            version = repository.version(against)
            repository.extract(version, Path(folder))
        except VersionError as error:
            raise UsageError(error.message, error.help) from error
        old, new = _read(folder, str(project.root))
        comparison = compare(old, new)
        wanted = [_inside(project, folder, path) for path in paths]
        comparison = comparison.only(wanted) if wanted else comparison
        notes = (version.note,) if version.note else ()
        named = (
            against if version.commit.startswith(against) else f"{against} ({version.commit[:10]})"
        )
        return comparison, _context(old, new, options, named, notes)


def _inside(project: Project, old: str, path: str) -> str:
    """Return a path relative to the root; it may be one that only the previous version has."""
    inner = os.path.relpath(os.path.abspath(path), project.root).replace(os.sep, "/")
    if inner == ".." or inner.startswith("../"):
        raise UsageError(f"`{path}` lies outside the project", "name plans of this project")
    if not os.path.exists(path) and not os.path.exists(os.path.join(old, inner)):
        known = [each.as_posix() for root in (project.root, Path(old))
                 for each in (p.relative_to(root) for p in root.rglob(f"*{SUFFIX}"))]  # fmt: skip
        raise UsageError(f"there is no `{path}` on either side", suggestion(inner, known))
    return "" if inner == "." else inner


# --- two files, two folders ---------------------------------------------------------------------


def _twins(old_path: str, new_path: str, options: argparse.Namespace) -> tuple[Comparison, Context]:
    from planc.diff import compare

    for path in (old_path, new_path):
        if not os.path.exists(path):
            raise UsageError(f"there is no `{path}`", "name two files or two folders")
    kinds = {os.path.isdir(path) for path in (old_path, new_path)}
    if len(kinds) > 1:
        raise UsageError("a file cannot be compared with a folder", "planc diff OLD NEW")
    if kinds == {True}:
        old, new = _read(os.path.abspath(old_path), os.path.abspath(new_path))
    else:
        roots = [Project.of([path]).root for path in (old_path, new_path)]
        files = [
            [os.path.relpath(os.path.abspath(path), root).replace(os.sep, "/")]
            for path, root in zip((old_path, new_path), roots, strict=True)
        ]
        old, new = _read(str(roots[0]), str(roots[1]), (files[0], files[1]))
    return compare(old, new), _context(old, new, options, old_path)


def _read(
    old: str, new: str, files: tuple[list[str], list[str]] | None = None
) -> tuple[Snapshot, Snapshot]:
    from planc.config import ConfigError
    from planc.pipeline.snapshots import snapshots

    try:
        return snapshots(old, new, _progress(), files=files)
    except ConfigError as error:
        raise UsageError(str(error)) from error


def _progress() -> Callable[[int, int], None]:
    """Tell a terminal how far the reading is."""
    stream = sys.stderr
    still = os.environ.get("TERM") == "dumb" or os.environ.get("CI")
    shown = stream.isatty() and not still

    def tell(done: int, total: int) -> None:
        if shown and total >= _SHOWN_FROM and (done % 10 == 0 or done == total):
            text = f"\rreading plans: {done} of {total}" if done < total else "\r\x1b[K"
            print(text, end="", file=stream, flush=True)

    return tell


def _context(
    old: Snapshot,
    new: Snapshot,
    options: argparse.Namespace,
    against: str,
    notes: tuple[str, ...] = (),
) -> Context:
    return Context(
        against=against,
        failing=options.fail_on,
        notes=notes,
        sources=new.sources,
        former=old.sources,
        color=options.output_format == "text" and colored(sys.stdout),
    )
