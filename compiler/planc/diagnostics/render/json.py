"""Diagnostics as one JSON document, for tools.

`{"version": 1, "diagnostics": [...]}`; lines and columns count from 1 and ends are exclusive, in
characters. Fields are only ever added.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from planc.diagnostics.codes import code_of
from planc.diagnostics.diagnostic import Diagnostic, Diagnostics
from planc.source.file import SourceFile
from planc.source.span import Span


def render(diagnostics: Diagnostics, sources: Mapping[str, SourceFile], color: bool) -> str:
    document = {"version": 1, "diagnostics": [_record(item) for item in diagnostics]}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _record(item: Diagnostic) -> dict[str, Any]:
    code = code_of(item.code)
    return {
        "code": item.code,
        "name": code.name if code else "",
        "severity": str(item.severity),
        "message": item.message,
        **_place(item.span),
        "label": item.label,
        "help": item.help,
        "notes": list(item.notes),
        "related": [{"message": each.message, **_place(each.span)} for each in item.related],
        "fix": [{"replacement": edit.replacement, **_place(edit.span)} for edit in item.fix],
    }


def _place(span: Span) -> dict[str, Any]:
    return {
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
