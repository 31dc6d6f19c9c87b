"""`planc explain`: a plan in plain sentences, or the long form of a diagnostic.

planc explain plans/store.plan         what each scenario does and expects, as prose
planc explain PLC0123                  what a diagnostic means, with an example and the way out
planc explain fault-after-load         the same of a lint rule
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from planc.cli import CLEAN, FINDINGS
from planc.cli.errors import UsageError, suggestion
from planc.cli.parser import Parser
from planc.cli.paths import SUFFIX
from planc.cli.project import Project, resolved
from planc.diagnostics.codes import Code, all_codes, find_code


def main(arguments: Sequence[str]) -> int:
    parser = Parser("explain", "Explain a plan in plain sentences, or a diagnostic by its code.")
    parser.add_argument(
        "code", nargs="?", metavar="PLAN|CODE", help="a plan; PLC0123, or a diagnostic's name"
    )
    word: str | None = parser.read(arguments).code
    if word is None:
        _table()
        return CLEAN
    if word.endswith(SUFFIX) or os.path.exists(word):
        return _plan(word)
    rules = _rules()
    code = find_code(word) or rules.get(word.lower())
    if code is None:
        known = [name for each in all_codes().values() for name in (each.code, each.name)]
        known += rules
        raise UsageError(
            f"there is no diagnostic `{word}`",
            suggestion(word.upper(), known) or suggestion(word, known, "`planc explain` lists all"),
        )
    _show(code)
    return CLEAN


def _plan(path: str) -> int:
    from planc.show.sentences import explain
    from planc.show.words import Words

    found = resolved(Project.of([path]), [path])
    if found is None:
        return FINDINGS
    if not found.plans:
        raise UsageError(f"`{path}` is a library", "name a plan that uses it")
    words = Words(found.sources)
    _print("\n".join(explain(plan, words) for plan in found.plans.values()))
    return CLEAN


def _rules() -> dict[str, Code]:
    """Return the lint rules, those too that the project has asked packages for."""
    from planc.cli.verbs.lint import selection_of

    return {name: rule.code() for name, rule in selection_of(Project.find()).known().items()}


def _table() -> None:
    rules = _rules()
    width = max(len(name) for name in (*rules, *(code.name for code in all_codes().values())))
    for code in all_codes().values():
        print(f"{code.code}  {code.name:<{width}}  {code.title}")
    for name, rule in rules.items():
        print(f"lint     {name:<{width}}  {rule.title}")


def _show(code: Code) -> None:
    names = code.code if code.code == code.name else f"{code.code} {code.name}"
    _print(f"# {names}: {code.title}\n\n{code.explain}")


def _print(text: str) -> None:
    """Print Markdown, laid out where somebody looks at it."""
    if not sys.stdout.isatty():
        print(text, end="")
        return
    from rich.markdown import Markdown

    from planc.cli.console import rich_console

    rich_console().print(Markdown(text))
