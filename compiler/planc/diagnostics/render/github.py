"""GitHub workflow commands: a line that becomes an annotation in the pull request.

The runner decodes %25, %0D, %0A everywhere and in properties also %3A and %2C; everything else is
taken as it stands. Columns are only valid when the annotation stays in one line.
https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from collections.abc import Mapping

from planc.diagnostics.diagnostic import Diagnostic, Diagnostics, Severity
from planc.source.file import SourceFile

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(diagnostics: Diagnostics, sources: Mapping[str, SourceFile], color: bool) -> str:
    return "".join(f"{_annotation(item)}\n" for item in diagnostics)


def _annotation(item: Diagnostic) -> str:
    span = item.span
    place = {"file": span.path, "line": str(span.line), "endLine": str(span.end_line)}
    if span.line == span.end_line:
        place |= {"col": str(span.column), "endColumn": str(max(span.end_column, span.column))}
    place["title"] = f"planc {item.code}"
    properties = ",".join(f"{name}={_property(value)}" for name, value in place.items())
    lines = [item.message]
    lines += [f"help: {item.help}"] if item.help else []
    lines += [f"note: {note}" for note in item.notes]
    return f"::{_LEVELS[item.severity]} {properties}::{_data(chr(10).join(lines))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
