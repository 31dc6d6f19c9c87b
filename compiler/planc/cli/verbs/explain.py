"""`planc explain CODE`: the long form of a diagnostic, with an example and the way out."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from planc.cli import CLEAN
from planc.cli.errors import UsageError, suggestion
from planc.cli.parser import Parser
from planc.diagnostics.codes import Code, all_codes, find_code


def main(arguments: Sequence[str]) -> int:
    parser = Parser("explain", __doc__ or "")
    parser.add_argument("code", nargs="?", metavar="CODE", help="PLC0123, or a diagnostic's name")
    word: str | None = parser.read(arguments).code
    if word is None:
        _table()
        return CLEAN
    code = find_code(word)
    if code is None:
        known = [name for each in all_codes().values() for name in (each.code, each.name)]
        raise UsageError(
            f"there is no diagnostic `{word}`",
            suggestion(word.upper(), known) or suggestion(word, known, "`planc explain` lists all"),
        )
    _show(code)
    return CLEAN


def _table() -> None:
    width = max(len(code.name) for code in all_codes().values())
    for code in all_codes().values():
        print(f"{code.code}  {code.name:<{width}}  {code.title}")


def _show(code: Code) -> None:
    text = f"# {code.code} {code.name}: {code.title}\n\n{code.explain}"
    if not sys.stdout.isatty():
        print(text, end="")
        return
    from rich.markdown import Markdown

    from planc.cli.console import rich_console

    rich_console().print(Markdown(text))
