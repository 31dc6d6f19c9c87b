"""`planc lint`: what a reviewer would ask about plans that have no mistakes. Nothing is run.

planc lint [PATHS]                     every rule that planc.yaml does not ignore
planc lint --fix                       write what can be mended without a change of meaning
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from planc.cli import CLEAN, FINDINGS
from planc.cli.console import colored
from planc.cli.errors import UsageError
from planc.cli.parser import DOCUMENTS, Parser
from planc.cli.project import Project
from planc.cli.rewriting import rewrite
from planc.diagnostics import Diagnostics, Severity
from planc.diagnostics.codes import bring
from planc.diagnostics.render import render
from planc.lint import RuleFailed, Selection, UnknownRule
from planc.pipeline.linting import Linted, lint_files, mend


def main(arguments: Sequence[str]) -> int:
    parser = Parser("lint", (__doc__ or "").partition("\n")[0])
    parser.paths()
    parser.add_argument("--select", action="append", default=[], metavar="RULE,...",
                        help="only these rules")  # fmt: skip
    parser.add_argument("--ignore", action="append", default=[], metavar="RULE,...",
                        help="all rules but these")  # fmt: skip
    parser.add_argument("--fix", action="store_true", help="mend what can be mended safely")
    parser.add_argument("--list", action="store_true", help="show the rules and end")
    parser.output_format()
    options = parser.read(arguments)
    project = Project.of(options.paths)
    try:
        selection = selection_of(project, _names(options.select), _names(options.ignore))
        if options.list:
            return _list(selection)
        return _linted(project, options.paths, selection, options.fix, options.output_format)
    except (UnknownRule, RuleFailed) as error:
        raise UsageError(error.message, error.help) from error


def _names(given: Sequence[str]) -> tuple[str, ...]:
    return tuple(name.strip() for each in given for name in each.split(",") if name.strip())


def selection_of(
    project: Project, select: tuple[str, ...] = (), ignore: tuple[str, ...] = ()
) -> Selection:
    """Join the command line with planc.yaml: a `--select` replaces what stands there."""
    from planc.lint.plugins import PluginError, brought

    settings = project.config.lint
    try:
        plugins = brought(settings.get("plugins", ()))
    except PluginError as error:
        raise UsageError(error.message, error.help) from error
    wanted = select or tuple(settings.get("select", ()))
    return Selection(wanted, (*settings.get("ignore", ()), *ignore), plugins)


def _list(selection: Selection) -> int:
    rules = selection.rules()
    width = max((len(each.name) for each in rules), default=0)
    for each in rules:
        print(f"{each.name:<{width}}  {each.summary}{' (fix)' if each.fixable else ''}")
    return CLEAN


def _linted(
    project: Project, paths: Sequence[str], selection: Selection, fix: bool, output_format: str
) -> int:
    root = str(project.root.absolute())
    files = project.files(paths)
    inner = [_inside(root, path) for path in files]
    work = mend if fix else lint_files
    linted = work(root, inner, selection, catalogue=_rows(project))
    for path, text in linted.texts.items():
        rewrite(Path(root, path), text)
    bring(each.code() for each in selection.rules())
    _show(linted, len(files), output_format)
    serious = [each for each in linted.found if each.severity is not Severity.NOTE]
    return FINDINGS if serious or linted.errors else CLEAN


def _rows(project: Project) -> list[str] | None:
    """Return the rows of the project's catalogue, if planc.yaml names one."""
    if project.config.catalogue is None:
        return None
    from planc.cli.running.gating import catalogue

    return catalogue(project)


def _inside(root: str, path: Path) -> str:
    inner = os.path.relpath(path.absolute(), root).replace(os.sep, "/")
    if inner.startswith("../"):
        raise UsageError(f"`{inner}` lies outside the project", "name plans of this project")
    return inner


def _show(linted: Linted, files: int, output_format: str) -> None:
    every = Diagnostics([*linted.errors, *linted.found])
    plain = output_format == "full"
    if linted.fixed and plain:
        print(f"{linted.fixed} finding{'' if linted.fixed == 1 else 's'} fixed")
    if every or output_format in DOCUMENTS:
        text = render(every, linted.sources, output_format, color=colored(sys.stdout))
        print(text, end="")
    elif plain:
        print(f"{files} file{'' if files == 1 else 's'} linted: nothing to report")
