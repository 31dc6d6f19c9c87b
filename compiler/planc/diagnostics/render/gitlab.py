"""Diagnostics as a GitLab code quality report: shown in the merge request beside the lines.

GitLab compares the reports of both branches by fingerprint, and wants a path without `./`.
https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from planc.diagnostics.diagnostic import Diagnostic, Diagnostics, Severity
from planc.diagnostics.render.fingerprint import fingerprints
from planc.source.file import SourceFile

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.NOTE: "info"}


def render(diagnostics: Diagnostics, sources: Mapping[str, SourceFile], color: bool) -> str:
    rows = [_issue(item, known) for item, known in fingerprints(diagnostics, sources)]
    return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"


def _issue(item: Diagnostic, fingerprint: str) -> dict[str, Any]:
    span = item.span
    return {
        "description": f"{item.message} ({item.help})" if item.help else item.message,
        "check_name": item.code,
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[item.severity],
        "location": {
            "path": span.path.removeprefix("./"),
            "lines": {"begin": span.line, "end": max(span.line, span.end_line)},
        },
    }
