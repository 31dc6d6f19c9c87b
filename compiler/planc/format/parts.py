"""A part of a file that begins at the left margin: laid out by itself, put together with others.

Nothing inside of a declaration depends on what stands around it, so that a part is laid out once
for its text. What does depend on neighbours is decided among the few lines at the margin: the blank
lines around declarations, and the common column of comments that follow one another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from planc.format.columns import in_columns, with_comments
from planc.format.layout import Layout, Line
from planc.format.room import trim, with_room
from planc.syntax.nodes import Comment
from planc.syntax.words import Word


@dataclass(frozen=True, slots=True)
class Top:
    """A line at the margin, with the lines of the blocks that it opens."""

    line: Line
    text: str
    inner: str
    """Finished, each line with its newline."""


class Part:
    """The layout of one part; `words` and `comments` are those of `text` alone."""

    def __init__(self, text: str, words: Sequence[Word], comments: Sequence[Comment]) -> None:
        last = max([0, *(word.end for word in words[-1:] if word.kind != "_NL"),
                    *(comment.span.end for comment in comments[-1:])])  # fmt: skip
        self.newlines = text.count("\n", last)
        """How many follow the last word or comment."""
        self.tops = tuple(_tops(Layout(text, words, comments).lines()))


def _tops(lines: list[Line]) -> Iterator[Top]:
    trim(lines)
    texts = in_columns(lines)
    starts = [index for index, line in enumerate(lines) if line.block == 0]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        inside = lines[start + 1 : end]
        finished = with_comments(inside, texts[start + 1 : end])
        inner = "".join(
            f"\n{text}\n" if line.blank_before else f"{text}\n"
            for line, text in zip(inside, finished, strict=True)
        )
        yield Top(lines[start], texts[start], inner)


def put_together(parts: Sequence[Part]) -> list[str]:
    """Return the text of each part of a file, with the blank line that follows it.

    Every part but the first begins with a line at the margin.
    """
    tops = [top for part in parts for top in part.tops]
    blanks = with_room([top.line for top in tops], list(_blanks(parts)))
    whole = list(_finished(tops))
    found: list[str] = []
    end = 0
    for part in parts:
        start, end = end, end + len(part.tops)
        lines = [
            f"\n{whole[each]}" if blanks[each] and each > start else whole[each]
            for each in range(start, end)
        ]
        if start < end < len(tops) and blanks[end]:
            lines.append("\n")
        found.append("".join(lines))
    return found


def _blanks(parts: Iterable[Part]) -> Iterator[bool]:
    """Yield for each line at the margin whether a blank line stood before it."""
    newlines = 0
    for part in parts:
        for index, top in enumerate(part.tops):
            yield top.line.blank_before if index else newlines > 1
        newlines = part.newlines + (0 if part.tops else newlines)


def _finished(tops: Sequence[Top]) -> Iterator[str]:
    """Yield the text of each; a block between them parts comments."""
    neighbours: list[Top] = []
    for top in tops:
        neighbours.append(top)
        if top.inner or top is tops[-1]:
            texts = with_comments([x.line for x in neighbours], [x.text for x in neighbours])
            yield from (f"{text}\n{x.inner}" for text, x in zip(texts, neighbours, strict=True))
            neighbours = []
