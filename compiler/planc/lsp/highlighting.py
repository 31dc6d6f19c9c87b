"""Semantic tokens: what a grammar of patterns cannot know.

Words of the language are keywords only where the parser took them for such, and a name is coloured
by what it stands for.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from planc.lsp.positions import Places
from planc.lsp.project import Project
from planc.lsp.view import View
from planc_grammar.tables import load_tables

TYPES = (
    "keyword", "namespace", "class", "struct", "interface", "event", "function", "method",
    "variable", "parameter", "property", "enumMember", "number", "operator", "type",
)  # fmt: skip
MODIFIERS = ("declaration", "readonly", "defaultLibrary")

_OF_KINDS = {
    "let": ("variable", 2), "service": ("class", 0), "cluster": ("struct", 0),
    "client": ("interface", 0), "workload": ("event", 0), "fault": ("function", 0),
    "mock": ("class", 0), "machine": ("class", 0), "alias": ("namespace", 0),
    "variable": ("variable", 0), "parameter": ("parameter", 0), "loop": ("parameter", 0),
    "column": ("parameter", 0), "operation": ("method", 0), "port": ("property", 0),
    "param": ("property", 0), "role": ("enumMember", 0), "plant": ("enumMember", 0),
    "state": ("enumMember", 0), "function": ("function", 4), "field": ("property", 0),
    "word": ("variable", 4), "tag": ("enumMember", 0), "cover": ("enumMember", 0),
    "backend": ("enumMember", 4), "outcome": ("enumMember", 4), "severity": ("enumMember", 4),
    "route": ("enumMember", 4), "hook": ("enumMember", 4), "rule": ("enumMember", 4),
    "node": ("variable", 0),
}  # fmt: skip
_KEYWORDS = frozenset(
    kind for word, kind in load_tables().literals.items() if word[0].isalpha()
)  # fmt: skip
_INDEX = {name: index for index, name in enumerate(TYPES)}
Token = tuple[int, int, int, int]
"""Start, end, type, modifiers."""


def tokens(project: Project, view: View, start: int, end: int) -> Iterator[Token]:
    """Yield the tokens of a stretch of a file, in order."""
    for placed in view.placed:
        if placed.end < start or placed.start > end:
            continue
        names = placed.piece.names.occurrences
        said = {each.start for each in names}
        found: list[Token] = [
            (each.start, each.end, _INDEX["keyword"], 0)
            for each in placed.piece.words
            if each.kind in _KEYWORDS and each.start not in said
        ]
        for each in names:
            meaning = project.meaning(view, placed, each.target)
            kind, modifiers = _OF_KINDS.get(meaning.kind if meaning else "node", ("variable", 0))
            found.append((each.start, each.end, _INDEX[kind], modifiers | each.defines))
        last = -1
        for first, until, kind_index, modifiers in sorted(found):
            inside = start <= placed.start + until and placed.start + first <= end
            if first >= last and inside:
                yield placed.start + first, placed.start + until, kind_index, modifiers
                last = until


def encoded(places: Places, found: Iterator[Token]) -> list[int]:
    """Return tokens as the protocol wants them: each relative to the one before."""
    data: list[int] = []
    before_line = before_column = 0
    source, encoding = places.source, places.encoding
    starts, text = source.line_starts, source.text
    for start, end, kind, modifiers in found:
        line = bisect_right(starts, start) - 1
        column = encoding.units(text[starts[line] : start])
        same = line == before_line
        data += (
            line - before_line,
            column - before_column if same else column,
            encoding.units(text[start:end]),
            kind,
            modifiers,
        )
        before_line, before_column = line, column
    return data
