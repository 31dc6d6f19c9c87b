"""What stands between two words of one line: a space, or nothing."""

from __future__ import annotations

from collections.abc import Sequence

from planc.syntax.words import Word
from planc_grammar.tables import SOFT_NAMES, kinds

_OPERANDS = SOFT_NAMES | kinds(
    "NAME NUMBER QUANTITY TEXT RPAR RSQB RBRACE TRUE FALSE NONE OTHERS DASHED"
)
"""What can end an operand: a minus after one of these subtracts."""
_CALLED = SOFT_NAMES | kinds("NAME RPAR RSQB TEXT ANY ALL")
_NOTHING_BEFORE = frozenset({"COMMA", "SEMICOLON", "COLON", "RPAR", "RSQB", "DOT", "RANGE"})
_NOTHING_AFTER = frozenset({"LPAR", "LSQB", "DOT", "RANGE"})


def joined(words: Sequence[Word]) -> str:
    """Return the words of one line with the right spaces between them."""
    parts: list[str] = []
    for index, word in enumerate(words):
        if index and _gap(words, index):
            parts.append(" ")
        parts.append(word.text)
    return "".join(parts)


def _gap(words: Sequence[Word], index: int) -> bool:
    before, word = words[index - 1], words[index]
    if before.kind == "MINUS" and _is_unary(words, index - 1):
        return word.kind == "MINUS"
    if word.kind in _NOTHING_BEFORE or before.kind in _NOTHING_AFTER:
        return False
    if word.kind == "LPAR":
        return before.kind not in _CALLED or _follows_moment(words, index)
    if word.kind == "LSQB":
        return before.kind not in ("NAME", "RPAR", "RSQB")
    return not (word.kind == "RBRACE" and before.kind in ("LBRACE", "_RECORD"))


def _is_unary(words: Sequence[Word], index: int) -> bool:
    return index == 0 or words[index - 1].kind not in _OPERANDS


def _follows_moment(words: Sequence[Word], index: int) -> bool:
    """Say whether a condition begins here: `eventually within patience (...)`."""
    if words[0].kind not in ("EVENTUALLY", "STAYS"):
        return False
    start = index - 1
    while start > 1 and words[start - 1].kind == "DOT":
        start -= 2
    return start == 2
