"""One line per diagnostic, as compilers have always printed them: editors know the form."""

from __future__ import annotations

from collections.abc import Mapping

from planc.diagnostics.diagnostic import Diagnostic, Diagnostics
from planc.source.file import SourceFile


def render(diagnostics: Diagnostics, sources: Mapping[str, SourceFile], color: bool) -> str:
    return "".join(f"{_line(item)}\n" for item in diagnostics)


def _line(item: Diagnostic) -> str:
    where = f"{item.span.path}:{item.span.line}:{item.span.column}"
    text = f"{where}: {item.severity}[{item.code}] {item.message}"
    return " ".join((f"{text} ({item.help})" if item.help else text).split("\n"))
