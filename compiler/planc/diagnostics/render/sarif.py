"""Diagnostics as SARIF 2.1.0, which code scanning of every larger forge and many editors read.

Lines and columns count from 1 and ends are exclusive, as everywhere in planc; columns are code
points (`columnKind`). Paths are relative to the project's root, `%SRCROOT%`.
https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from planc.diagnostics.codes import code_of
from planc.diagnostics.diagnostic import Diagnostic, Diagnostics, Severity
from planc.diagnostics.render.fingerprint import fingerprints
from planc.source.file import SourceFile
from planc.source.span import Span

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def render(diagnostics: Diagnostics, sources: Mapping[str, SourceFile], color: bool) -> str:
    codes = sorted({item.code for item in diagnostics})
    driver: dict[str, Any] = {"name": "planc", "rules": [_rule(code) for code in codes]}
    if version := _version():
        driver["version"] = version
    results = [
        _result(item, codes.index(item.code), known)
        for item, known in fingerprints(diagnostics, sources)
    ]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _version() -> str:
    from importlib import metadata

    try:
        return metadata.version("planc")
    except metadata.PackageNotFoundError:
        return ""


def _rule(number: str) -> dict[str, Any]:
    code = code_of(number)
    if code is None:
        return {"id": number}
    return {
        "id": number,
        "name": code.name,
        "shortDescription": {"text": code.title},
        "help": {"text": code.explain, "markdown": code.explain},
    }


def _result(item: Diagnostic, rule: int, fingerprint: str) -> dict[str, Any]:
    lines = [item.message, *([f"help: {item.help}"] if item.help else [])]
    lines += [f"note: {note}" for note in item.notes]
    result: dict[str, Any] = {
        "ruleId": item.code,
        "ruleIndex": rule,
        "level": _LEVELS[item.severity],
        "message": {"text": "\n".join(lines)},
        "locations": [{"physicalLocation": _place(item.span)}],
        "partialFingerprints": {"plancFinding/v1": fingerprint},
    }
    if item.related:
        result["relatedLocations"] = [
            {"physicalLocation": _place(each.span), "message": {"text": each.message}}
            for each in item.related
        ]
    if item.fix:
        result["fixes"] = [_fix(item)]
    return result


def _place(span: Span) -> dict[str, Any]:
    return {"artifactLocation": _file(span.path), "region": _region(span)}


def _file(path: str) -> dict[str, Any]:
    return {"uri": quote(path, errors="surrogateescape"), "uriBaseId": "%SRCROOT%"}


def _region(span: Span) -> dict[str, Any]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _fix(item: Diagnostic) -> dict[str, Any]:
    """Return the edits of a fix, by file."""
    files: dict[str, list[dict[str, Any]]] = {}
    for edit in item.fix:
        replacement = {
            "deletedRegion": _region(edit.span),
            "insertedContent": {"text": edit.replacement},
        }
        files.setdefault(edit.span.path, []).append(replacement)
    changes = [{"artifactLocation": _file(p), "replacements": rows} for p, rows in files.items()]
    return {"description": {"text": item.help or "write it like this"}, "artifactChanges": changes}
