"""What lint has to say in an editor: its findings beside the errors, its rules after `allow`.

Only planc's own rules: those that planc.yaml wants from other packages are left to `planc lint`,
because opening a folder in an editor must not import what it names.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path

from planc import model as m
from planc.analysis import Analyzer
from planc.config import ConfigError, load_config
from planc.diagnostics import Diagnostic, Severity
from planc.lint import File, Selection, Subject, all_rules
from planc.lint import lint as run_rules
from planc.source import SourceFile

log = logging.getLogger("planc.lsp")


def lint(
    analyzer: Analyzer, plans: Mapping[str, m.Plan | None], sources: Mapping[str, SourceFile]
) -> list[Diagnostic]:
    """Return the findings of the rules; none for what has errors, which no rule may see."""
    project = analyzer.project
    wrong = {each.span.path for each in project.problems.all() if each.severity is Severity.ERROR}

    def file(path: str) -> File:
        return File(path, project.load(path).tree, sources[path], project.root)

    subjects, files = [], []
    for path, plan in plans.items():
        reach = {each.path for each in project.load(path).reach()}
        if path not in wrong:
            files.append(file(path))
        if plan is not None and not wrong & reach:
            subjects.append(Subject(plan, {each: file(each) for each in reach}))
    try:
        return list(run_rules(subjects, files, selection(project.root)))
    except Exception:
        log.exception("lint failed")
        return []


def selection(root: Path) -> Selection:
    """Return the rules that planc.yaml wants, as far as they are planc's own."""
    try:
        settings = load_config(root).lint
    except ConfigError:
        return Selection()
    known = all_rules()
    select, ignore = (tuple(name for name in settings.get(word, ()) if name in known)
                      for word in ("select", "ignore"))  # fmt: skip
    return Selection(select, ignore)


def rules() -> Iterator[tuple[str, str]]:
    """Yield every rule's name and what it finds."""
    yield from ((each.name, each.summary) for each in all_rules().values())


def about_rule(name: str) -> str:
    """Return what a rule looks for and why, as Markdown; "" for no rule of ours."""
    found = all_rules().get(name)
    return f"**{found.name}**: {found.summary}\n\n{found.why}" if found else ""
