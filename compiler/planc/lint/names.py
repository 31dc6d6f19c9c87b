"""Which names a tree says, and what is left of a file when a declaration goes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from planc.analysis.usage import parts
from planc.lint.subject import File
from planc.source import Span
from planc.syntax import nodes as n

_BINDERS = (n.Let, n.For, n.ForEach, n.Cluster)


def said(nodes: Iterable[n.Node]) -> set[str]:
    """Return every name that is used below some nodes; what is only declared there is not.

    A dotted name is there with its first part, too.
    """
    found: set[str] = set()
    for node in nodes:
        declared = set()
        for part in parts(node):
            if isinstance(part, _BINDERS):
                declared.add(id(part.name))
            elif isinstance(part, n.FaultDeclaration):
                declared.update(map(id, (part.name, *part.parameters)))
            elif isinstance(part, n.Cases):
                declared.update(map(id, part.columns))
            elif isinstance(part, n.HttpCall):
                # A method may be a column's name.
                found.add(part.method)
        found.update(_names(node, declared))
    return found


def _names(node: n.Node, declared: set[int]) -> Iterator[str]:
    for part in parts(node):
        if isinstance(part, n.Name) and id(part) not in declared:
            yield part.id
            yield part.id.partition(".")[0]


def without(file: File, span: Span, *, comments: bool = False) -> Span:
    """Return what to remove so that something is gone: whole lines, and one empty line.

    With `comments` also those that stand directly above it and speak of it.
    """
    lines = file.whole_lines(span, comments=comments)
    before = file.source.line(lines.line - 1).strip() if lines.line > 1 else ""
    end = lines.end
    text = file.source.text
    if not before and text[end : end + 1] == "\n":
        end += 1
    return file.source.span(lines.start, end)
