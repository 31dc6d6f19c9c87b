"""What could stand somewhere, in words; and where a word that stands wrongly would belong."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from planc.syntax.machine import accepted_after
from planc_grammar.tables import SOFT_NAMES, kinds, load_tables

_VALUE = frozenset({"NUMBER", "QUANTITY", "TEXT", "LPAR", "LSQB", "TRUE"})
_STATEMENT = frozenset({"EXPECT", "CRASH", "RUN"})
_OPERATORS = kinds(
    "PLUS MINUS STAR SLASH COMPARE AND OR IN CONTAINS MATCHES DOT LPAR LSQB RANGE SPREAD COMMA NOT "
    "RBRACE BROKEN _NL"
)
_NAMES = {
    "TEXT": "a text in quotes",
    "NAME": "a name",
    "DASHED": "a name",
    "NUMBER": "a number",
    "QUANTITY": "a quantity such as `5s`",
    "PERCENTILE": "a percentile",
    "COMPARE": "a comparison",
    "_ROW": "a row of the table",
    "_RECORD": "a record",
}
_WORDS = {kind: word for word, kind in load_tables().literals.items()}

_HEADS: dict[str, str] = {
    "": "",
    "plan": "PLAN TEXT LBRACE",
    "service": "SERVICE NAME LBRACE",
    "cluster": "CLUSTER NAME LBRACE",
    "client": "CLIENT NAME OVER NAME LBRACE",
    "workload": "WORKLOAD NAME ON NAME LBRACE",
    "mock": "MOCK NAME LBRACE",
    "machine": "MACHINE NAME OF NAME LBRACE",
    "scenario": "SCENARIO TEXT LBRACE",
    "fault": "FAULT NAME LBRACE",
    "pick": "FAULT NAME LBRACE PICK ONE LBRACE",
}
"""How each kind of block begins, in terminals; all blocks of statements are like `fault`'s."""


@cache
def words_of(place: str) -> frozenset[str]:
    """Return the keywords that can begin a line in such a block; "" is the top of a file."""
    head = _HEADS.get(place, _HEADS["fault"]).split()
    return frozenset(
        _WORDS[kind] for kind in accepted_after("file", head) if _WORDS.get(kind, "-")[0].isalpha()
    )


def places_of(word: str) -> list[str]:
    """Return the kinds of blocks in which a line can begin with `word`."""
    return [place for place in _HEADS if word in words_of(place)]


def keywords(terminals: Iterable[str]) -> list[str]:
    """Return the keywords among some terminals, as they are written."""
    return sorted(
        word for kind in terminals if (word := _WORDS.get(kind, "")) and word[0].isalpha()
    )


def describe(terminals: frozenset[str]) -> str:
    """Say what could stand where these terminals could: "a value", "`by`", "`to` or `over`"."""
    if terminals >= _STATEMENT:
        return "a statement"
    if "PLAN" in terminals:
        return "a declaration"
    parts = []
    left = set(terminals)
    if terminals >= _VALUE:
        parts.append("a value")
        left -= _VALUE | {"NAME", "_RECORD", "FALSE", "NONE", "OTHERS", "IF", "ANY", "EACH", "ALL"}
        left -= {"ZONE"} | SOFT_NAMES
    if len(left - _OPERATORS) or not parts:
        strong = left - _OPERATORS or left - {"BROKEN", "_NL"} or left
        parts += [_NAMES.get(kind) or f"`{_WORDS.get(kind, kind)}`" for kind in sorted(strong)]
    if "_NL" in terminals and len(parts) < 6 and not terminals >= _VALUE:
        parts.append("the end of the line")
    if not parts:
        return "the end of the expression"
    if len(parts) > 6:
        parts = [*parts[:6], "..."]
    if len(parts) == 1:
        return parts[0]
    return f"{', '.join(parts[:-1])} or {parts[-1]}" if parts[-1] != "..." else ", ".join(parts)
