"""Put fixes into a text: those that do not touch each other, one after the other.

What overlaps an edit already taken waits for the next round, which sees the plan as it is then.
"""

from __future__ import annotations

from collections.abc import Iterable

from planc.diagnostics import Diagnostic, Edit


def chosen(diagnostics: Iterable[Diagnostic]) -> dict[str, list[Edit]]:
    """Return the edits of one round by file; those of one diagnostic go together or not at all."""
    taken: dict[str, list[Edit]] = {}
    for each in diagnostics:
        if each.fix and not any(_meets(edit, taken.get(edit.span.path, ())) for edit in each.fix):
            for edit in each.fix:
                if edit not in taken.setdefault(edit.span.path, []):
                    taken[edit.span.path].append(edit)
    return taken


def apply(text: str, edits: Iterable[Edit]) -> str:
    """Return a text with edits made that do not overlap."""
    for edit in sorted(edits, key=lambda edit: (edit.span.start, edit.span.end), reverse=True):
        text = text[: edit.span.start] + edit.replacement + text[edit.span.end :]
    return text


def _meets(edit: Edit, others: Iterable[Edit]) -> bool:
    return any(
        edit.span.start <= other.span.end and other.span.start <= edit.span.end
        for other in others
        if edit != other
    )
