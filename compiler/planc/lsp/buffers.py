"""An open file as the editor has it, kept up to date by the changes it tells."""

from __future__ import annotations

import re

from lsprotocol import types as lsp

from planc.lsp.positions import Encoding
from planc.lsp.project import Project

_LINE = re.compile(r"\r\n|\n|\r")


class Buffer:
    """The text with the line ends that the editor uses; places are told in its units."""

    def __init__(
        self, project: Project, path: str, text: str, version: int, encoding: Encoding
    ) -> None:
        self.project = project
        self.path = path
        self.text = text
        self.version = version
        self.encoding = encoding

    def change(self, change: lsp.TextDocumentContentChangeEvent) -> None:
        """Replace a stretch of the text, or all of it."""
        if isinstance(change, lsp.TextDocumentContentChangeWholeDocument):
            self.text = change.text
            return
        starts = [0, *(match.end() for match in _LINE.finditer(self.text))]
        start = self._offset(starts, change.range.start)
        end = max(start, self._offset(starts, change.range.end))
        self.text = self.text[:start] + change.text + self.text[end:]

    def _offset(self, starts: list[int], position: lsp.Position) -> int:
        if position.line >= len(starts):
            return len(self.text)
        start = starts[position.line]
        end = starts[position.line + 1] if position.line + 1 < len(starts) else len(self.text)
        line = self.text[start:end].rstrip("\r\n")
        return start + self.encoding.characters(line, position.character)
