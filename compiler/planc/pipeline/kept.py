"""Diagnostics and models in the form in which the cache keeps them."""

from __future__ import annotations

from typing import Any

from planc.diagnostics import Diagnostic, Edit, Related, Severity
from planc.source import Span

Row = list[Any]


def row_of(diagnostic: Diagnostic) -> Row:
    """Flatten a diagnostic to JSON."""
    return [
        diagnostic.code,
        diagnostic.message,
        list(diagnostic.span),
        diagnostic.label,
        diagnostic.help,
        list(diagnostic.notes),
        [[list(each.span), each.message] for each in diagnostic.related],
        [[list(each.span), each.replacement] for each in diagnostic.fix],
        int(diagnostic.severity),
    ]


def diagnostic_from(row: Row) -> Diagnostic:
    code, message, span, label, help, notes, related, fix, severity = row
    return Diagnostic(
        code,
        message,
        Span(*span),
        label,
        help,
        tuple(notes),
        tuple(Related(Span(*place), text) for place, text in related),
        tuple(Edit(Span(*place), text) for place, text in fix),
        Severity(severity),
    )
