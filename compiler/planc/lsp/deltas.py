"""Semantic tokens told as what has changed since they were told last.

A keystroke moves one line: of thousands of tokens, each told relative to the one before, all but a
few numbers stay. What lies between the first number that differs and the last is one edit.
"""

from __future__ import annotations

from itertools import count

from lsprotocol import types as lsp


class Told:
    """The tokens that the editor has of each file, under the name they were given."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._told: dict[str, tuple[str, list[int]]] = {}

    def all(self, uri: str, data: list[int]) -> lsp.SemanticTokens:
        """Return the tokens of a file whole, to be told changes of."""
        name = str(next(self._numbers))
        self._told[uri] = (name, data)
        return lsp.SemanticTokens(data, result_id=name)

    def since(
        self, uri: str, former: str, data: list[int]
    ) -> lsp.SemanticTokens | lsp.SemanticTokensDelta:
        """Return what has changed since `former`; all of it when that is not what was told last."""
        name, known = self._told.get(uri, ("", []))
        whole = self.all(uri, data)
        if name != former or whole.result_id is None:
            return whole
        edits = [] if known == data else [_edit(known, data)]
        return lsp.SemanticTokensDelta(edits, result_id=whole.result_id)

    def forget(self, uri: str) -> None:
        self._told.pop(uri, None)


def _edit(old: list[int], new: list[int]) -> lsp.SemanticTokensEdit:
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    return lsp.SemanticTokensEdit(head, len(old) - head - tail, new[head : len(new) - tail])


def _common(a: list[int], b: list[int]) -> int:
    """Return how many numbers are the same at the beginning."""
    pairs = enumerate(zip(a, b, strict=False))
    return next((i for i, (x, y) in pairs if x != y), min(len(a), len(b)))
