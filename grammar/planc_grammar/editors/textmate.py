"""The TextMate grammar: colours for editors (and GitHub) that match patterns and do not parse.

A keyword is one where its role makes that likely: at the beginning of a line, or in the middle of
one where a name would be followed by a sign. What the guess misses is a colour, nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from planc_grammar.editors.lexicon import inner_words, last_words, words

_NAMED = "service cluster client workload fault mock machine"
"""Declarations that are followed by the name of what they declare."""
_IDS = "covers catches tags"
_NOT_INSIDE = r"(?<![\w.-])"
"""A keyword is no part of a name, of a path of names, or of an ID."""
_NO_NAME = r"(?![\w(-])(?!\s*(?:=(?!=)|[:,).\]}]))"
"""What does not follow a keyword in the middle of a line: a sign that names have after them."""


def grammar() -> dict[str, Any]:
    """Return plan.tmLanguage.json as data."""
    return {
        "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
        "name": "planc test plan",
        "scopeName": "source.plan",
        "fileTypes": ["plan"],
        "comment": "Made from grammar/planc_grammar/plan.lark: python -m planc_grammar.editors",
        "patterns": [_include("line"), _include("value")],
        "repository": {
            "line": {"patterns": list(_line())},
            "value": {"patterns": list(_value())},
            "text": {"patterns": [_text('"""', '"""'), _text('"', '"|$')]},
            "escape": {
                "name": "constant.character.escape.plan",
                "match": r"\\(?:u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|x[0-9A-Fa-f]{2}|.)|\{\{|\}\}",
            },
            "interpolation": {
                "name": "meta.interpolation.plan",
                "contentName": "source.plan",
                "begin": r"\{",
                "end": r"\}",
                "beginCaptures": _captures("punctuation.section.interpolation.begin"),
                "endCaptures": _captures("punctuation.section.interpolation.end"),
                "patterns": [_include("record"), _include("value")],
            },
            "record": {
                "begin": r"\{",
                "end": r"\}",
                "patterns": [_include("record"), _include("value")],
            },
        },
    }


def tm_language() -> str:
    """Return plan.tmLanguage.json."""
    return json.dumps(grammar(), indent=2, ensure_ascii=False) + "\n"


# --- what begins a line ---------------------------------------------------------------------------


def _line() -> Iterable[dict[str, Any]]:
    yield _comment()
    named = "|".join(_NAMED.split())
    yield _match(
        rf"^\s*({named})\s+([A-Za-z_]\w*)(?=\s*(?:$|[{{(#]|on\b|of\b|over\b))",
        "keyword.declaration",
        "entity.name.type",
    )
    yield _match(
        r"^\s*(let)\s+([A-Za-z_]\w*)\s*(=)",
        "keyword.declaration",
        "variable.other.definition",
        "keyword.operator.assignment",
    )
    yield {
        "begin": rf"^\s*({'|'.join(_IDS.split())})(?=\s+[A-Za-z_])",
        "beginCaptures": {"1": {"name": "keyword.other.setting.plan"}},
        "end": "$",
        "patterns": [_comment(), _simple("constant.other.id", r"[A-Za-z_]\w*(?:-\w+)*")],
    }
    yield {
        "begin": r"^\s*(mix|ports)(?=\s+[A-Za-z_])",
        "beginCaptures": {"1": {"name": "keyword.other.setting.plan"}},
        "end": "$",
        "patterns": [_simple("variable.other", r"(?<![\w.])[A-Za-z_]\w*"), _include("value")],
    }
    yield _match(
        r"^\s*(hook)\s+([A-Za-z_]\w*)", "keyword.other.setting", "variable.other.definition"
    )
    kinds = words()
    first = r"^\s*({})(?![\w(.-])(?!\s*[=:,)])"
    for role, scope in (
        ("declarations", "keyword.declaration"),
        ("faults", "keyword.other.fault"),
        ("statements", "keyword.control"),
        ("settings", "keyword.other.setting"),
    ):
        yield _match(first.format("|".join(kinds[role])), scope)


# --- what stands anywhere -------------------------------------------------------------------------


def _value() -> Iterable[dict[str, Any]]:
    kinds = words()
    yield _comment()
    yield _include("text")
    yield _simple("constant.numeric.percentile", r"\bp\d+(?:\.\d+)?(?=[ \t]+latency\b)")
    yield _match(
        r"(?<![\w.])(\d[\d_]*(?:\.\d+)?)([A-Za-zµμ][A-Za-z0-9µμ]*(?:/[a-z]+)?|/[a-z]+\b|%)",
        "constant.numeric",
        "keyword.other.unit",
    )
    yield _simple("constant.numeric", r"(?<![\w.])\d[\d_]*(?:\.\d+)?")
    yield _match(
        r"\b(for)\s+([A-Za-z_]\w*)\s+(in)\b",
        "keyword.control",
        "variable.other.definition",
        "keyword.operator.word",
    )
    yield _match(
        r"\b(over)\s+([A-Za-z_]\w*)(?=\s+(?:on\b|[{\"]))", "keyword.other", "variable.other"
    )
    yield _match(
        r"\b(on)\s+(?!links\b|port\b)([A-Za-z_]\w*)(?![\w(])", "keyword.other", "variable.other"
    )
    yield _simple("constant.language", _anywhere(kinds["constants"]))
    yield _simple("keyword.operator.word", _anywhere(kinds["operators"]))
    yield _simple("support.constant.method", r"\b(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\b")
    yield _simple("support.constant.signal", r"\bSIG[A-Z]+\d*\b")
    yield _simple("keyword.other.fault", _between(kinds["faults"]))
    yield _simple("keyword.control", _between(kinds["statements"]))
    inner = inner_words() | set(kinds["connectives"])
    inner -= {word for role in ("faults", "statements", "operators") for word in kinds[role]}
    yield _simple("keyword.other", _between(sorted(inner), compared=True))
    yield _simple("entity.name.function", r"[A-Za-z_]\w*(?=\()")
    yield _simple("variable.other.property", r"(?<=\.)[A-Za-z_]\w*")
    yield _simple("variable.other", r"[A-Za-z_]\w*")
    yield _simple("keyword.operator.comparison", r"==|!=|<=|>=|<|>")
    yield _simple("keyword.operator", r"->|\.\.|\+/-|[-+*/=|]")
    yield _simple("punctuation.separator", r"[,;:.]")


def _anywhere(listed: Iterable[str]) -> str:
    return rf"{_NOT_INSIDE}(?:{'|'.join(listed)})(?![\w-])"


def _between(listed: Iterable[str], *, compared: bool = False) -> str:
    """Match keywords in the middle of a line; few can end one, and names often do.

    A measure can be compared (`error rate == 0%`); what begins a statement would be a name there.
    """
    last = [word for word in listed if word in last_words()]
    others = [word for word in listed if word not in last_words()]
    either = [rf"(?:{'|'.join(others)})(?!\s*(?:#|$))"]
    either += [f"(?:{'|'.join(last)})"] if last else []
    is_name = "" if compared else r"(?!\s*[=!<>])"
    return rf"{_NOT_INSIDE}(?:{'|'.join(either)}){_NO_NAME}{is_name}"


def _comment() -> dict[str, Any]:
    return _simple("comment.line.number-sign", "#.*$")


def _text(begin: str, end: str) -> dict[str, Any]:
    kind = "triple" if begin == end else "double"
    return {
        "name": f"string.quoted.{kind}.plan",
        "begin": begin,
        "end": end,
        "patterns": [_include("escape"), _include("interpolation")],
    }


def _include(name: str) -> dict[str, Any]:
    return {"include": f"#{name}"}


def _simple(scope: str, pattern: str) -> dict[str, Any]:
    return {"name": f"{scope}.plan", "match": pattern}


def _match(pattern: str, *scopes: str) -> dict[str, Any]:
    captures = {str(number): {"name": f"{scope}.plan"} for number, scope in enumerate(scopes, 1)}
    return {"match": pattern, "captures": captures}


def _captures(scope: str) -> dict[str, Any]:
    return {"0": {"name": f"{scope}.plan"}}
