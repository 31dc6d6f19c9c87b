"""From planc's diagnostics and edits to those of the protocol."""

from __future__ import annotations

from collections.abc import Callable

from lsprotocol import types as lsp

from planc.diagnostics import Diagnostic, Severity
from planc.lsp.positions import Places
from planc.source import Span

_SEVERITIES = {
    Severity.ERROR: lsp.DiagnosticSeverity.Error,
    Severity.WARNING: lsp.DiagnosticSeverity.Warning,
    Severity.NOTE: lsp.DiagnosticSeverity.Information,
}
PlacesOf = Callable[[str], Places]
UriOf = Callable[[str], str]


def range_of(span: Span, places: PlacesOf) -> lsp.Range:
    return places(span.path).range(span.start, span.end)


def diagnostic(found: Diagnostic, places: PlacesOf, uri_of: UriOf) -> lsp.Diagnostic:
    """Translate one finding; what to write instead stands in its message."""
    parts = [found.message + (f" ({found.label})" if found.label else "")]
    parts += [f"help: {found.help}"] if found.help else []
    parts += [f"note: {note}" for note in found.notes]
    related = [
        lsp.DiagnosticRelatedInformation(
            lsp.Location(uri_of(each.span.path), range_of(each.span, places)), each.message
        )
        for each in found.related
    ]
    unused = found.code.startswith("unused-")
    return lsp.Diagnostic(
        range_of(found.span, places),
        "\n".join(parts),
        severity=_SEVERITIES[found.severity],
        code=found.code,
        source="planc",
        related_information=related or None,
        tags=[lsp.DiagnosticTag.Unnecessary] if unused else None,
    )
