"""Places as editors count them: lines from 0, and units of an encoding within a line.

An editor that was asked nothing counts UTF-16 units: an emoji is two. Everything inside planc
counts characters.
"""

from __future__ import annotations

from bisect import bisect_right

from lsprotocol import types as lsp

from planc.source import SourceFile


class Encoding:
    """What one unit of a column is; "utf-8", "utf-16" or "utf-32"."""

    def __init__(self, name: str = "utf-16") -> None:
        self.name = name

    def units(self, text: str) -> int:
        """Return the length of a stretch of a line in units."""
        if text.isascii() or self.name == "utf-32":
            return len(text)
        if self.name == "utf-8":
            return len(text.encode("utf-8", "surrogatepass"))
        return len(text) + sum(character > "\uffff" for character in text)

    def characters(self, line: str, units: int) -> int:
        """Return how many characters of `line` come before a column; past its end, all."""
        if line.isascii() or self.name == "utf-32":
            return min(units, len(line))
        passed = 0
        for index, character in enumerate(line):
            if passed >= units:
                return index
            passed += self.units(character)
        return len(line)


class Places:
    """The places of one text, from offsets to positions and back; nothing is out of range."""

    def __init__(self, source: SourceFile, encoding: Encoding) -> None:
        self.source = source
        self.encoding = encoding

    def position(self, offset: int) -> lsp.Position:
        starts, text = self.source.line_starts, self.source.text
        offset = max(0, min(offset, len(text)))
        line = bisect_right(starts, offset) - 1
        return lsp.Position(line, self.encoding.units(text[starts[line] : offset]))

    def range(self, start: int, end: int) -> lsp.Range:
        return lsp.Range(self.position(start), self.position(end))

    def offset(self, position: lsp.Position) -> int:
        starts = self.source.line_starts
        if position.line >= len(starts):
            return len(self.source.text)
        line = self.source.line(position.line + 1)
        return starts[position.line] + self.encoding.characters(line, position.character)
