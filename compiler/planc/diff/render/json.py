"""A comparison as one JSON document, for tools.

`{"version": 1, "against": ..., "counts": {...}, "changes": [...], "broken": [...]}`. Fields are
only ever added.
"""

from __future__ import annotations

import json
from typing import Any

from planc.diff.change import Change, Verdict
from planc.diff.compare import Comparison
from planc.diff.render import Context
from planc.source import Span


def render(comparison: Comparison, context: Context) -> str:
    document = {
        "version": 1,
        "against": context.against,
        "counts": {str(verdict): comparison.count(verdict) for verdict in Verdict},
        "changes": [_change(each) for each in comparison.changes],
        "broken": [
            {
                "path": each.path,
                "side": each.side,
                "diagnostics": [
                    {"code": item.code, "message": item.message, "place": _place(item.span)}
                    for item in each.diagnostics
                ],
            }
            for each in comparison.broken
        ],
        "notes": list(context.notes),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _change(change: Change) -> dict[str, Any]:
    allowed = change.allowed
    return {
        "verdict": str(change.verdict),
        "kind": change.kind,
        "plan": change.plan,
        "scenario": change.scenario,
        "subject": change.subject,
        "old": change.old or None,
        "new": change.new or None,
        "old_place": _place(change.old_span),
        "new_place": _place(change.new_span),
        "reaches": [{"plan": each.plan, "scenario": each.scenario} for each in change.reaches],
        "allowed": {"reason": allowed.reason, "place": _place(allowed.span)} if allowed else None,
    }


def _place(span: Span | None) -> dict[str, Any] | None:
    if span is None:
        return None
    return {
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
