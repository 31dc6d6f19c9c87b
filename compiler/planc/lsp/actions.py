"""Code actions: the fixes that diagnostics bring, one by one or all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lsprotocol import types as lsp

from planc.diagnostics import Diagnostic, Edit
from planc.lint.fixes import chosen
from planc.lsp.convert import PlacesOf, UriOf, diagnostic, range_of

FIX_ALL = "source.fixAll.planc"


class Actions:
    """Makes actions of what was found in one file."""

    def __init__(self, found: Iterable[Diagnostic], places: PlacesOf, uri_of: UriOf) -> None:
        self.found = [each for each in found if each.fix]
        self.places = places
        self.uri_of = uri_of

    def at(self, start: int, end: int, wanted: Callable[[str], bool]) -> list[lsp.CodeAction]:
        """Return the fixes of what touches a stretch of the text, and one for all of the file."""
        made = []
        if wanted(lsp.CodeActionKind.QuickFix):
            touched = (x for x in self.found if x.span.start <= end and start <= x.span.end)
            made = [self._fix(each) for each in touched]
        if wanted(FIX_ALL) and self.found:
            edits = [edit for each in chosen(self.found).values() for edit in each]
            title = "Mend everything planc can mend"
            made.append(lsp.CodeAction(title, kind=FIX_ALL, edit=self._edit(edits)))
        return made

    def _fix(self, found: Diagnostic) -> lsp.CodeAction:
        return lsp.CodeAction(
            _title(found),
            kind=lsp.CodeActionKind.QuickFix,
            diagnostics=[diagnostic(found, self.places, self.uri_of)],
            edit=self._edit(found.fix),
            is_preferred=True,
        )

    def _edit(self, edits: Iterable[Edit]) -> lsp.WorkspaceEdit:
        changes: dict[str, list[lsp.TextEdit]] = {}
        for each in edits:
            made = lsp.TextEdit(range_of(each.span, self.places), each.replacement)
            changes.setdefault(self.uri_of(each.span.path), []).append(made)
        return lsp.WorkspaceEdit(changes=changes)


def _title(found: Diagnostic) -> str:
    first = found.fix[0]
    if len(found.fix) == 1 and first.replacement and len(first.replacement) <= 40:
        written = first.replacement.strip()
        return f"Write `{written}`" if written and "\n" not in written else f"Mend {found.code}"
    return f"Remove it ({found.code})" if not first.replacement else f"Mend {found.code}"
