"""Plans in colour wherever Pygments is used: documentation, notebooks, terminals.

Documentation shows fragments, which no parser accepts; so this one matches patterns, as the grammar
for editors does. A keyword is one where its role makes that likely: at the beginning of a line, or
in the middle of one where a name would be followed by a sign.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pygments.lexer import RegexLexer, bygroups, default, include, words
from pygments.token import (
    Comment,
    Keyword,
    Literal,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Whitespace,
)

from planc_grammar.words import load_words

_WORDS = load_words()
_groups: Any = bygroups  # which has no types
_NOT_INSIDE = r"(?<![\w.-])"
_NO_NAME_FOLLOWS = r"(?![\w(.-])(?!\s*[=:,)])"
_NOT_A_NAME = r"(?![\w(-])(?!\s*(?:=(?!=)|[:,).\]}]))"


def _first(*roles: str) -> str:
    """Match what begins a line, and is not a name that is set or called there."""
    listed = "|".join(word for role in roles for word in _WORDS[role])
    return rf"^([ \t]*)({listed}){_NO_NAME_FOLLOWS}"


def _between(*roles: str) -> words:
    listed = [word for role in roles for word in _WORDS[role]]
    return words(listed, prefix=_NOT_INSIDE, suffix=_NOT_A_NAME)


def _anywhere(role: str) -> words:
    return words(_WORDS[role], prefix=_NOT_INSIDE, suffix=r"(?![\w-])")


class PlanLexer(RegexLexer):
    """Plans of planc (https://pygments.org/docs/lexerdevelopment/)."""

    name = "planc test plan"
    aliases: ClassVar[list[str]] = ["plan", "planc"]
    filenames: ClassVar[list[str]] = ["*.plan"]
    mimetypes: ClassVar[list[str]] = ["text/x-plan"]
    url = ""

    tokens: ClassVar[dict[str, list[Any]]] = {
        "root": [
            (
                r"^([ \t]*)(service|cluster|client|workload|fault|mock|machine)"
                r"([ \t]+)([A-Za-z_]\w*)(?=[ \t]*(?:$|[{(#]|on\b|of\b|over\b))",
                _groups(Whitespace, Keyword.Declaration, Whitespace, Name.Class),
            ),
            (
                r"^([ \t]*)(let)([ \t]+)([A-Za-z_]\w*)(?=[ \t]*=)",
                _groups(Whitespace, Keyword.Declaration, Whitespace, Name.Variable),
            ),
            (r"^([ \t]*)(covers|catches|tags)([ \t]+)(?=[A-Za-z_])",
             _groups(Whitespace, Keyword.Reserved, Whitespace), "ids"),
            (
                r"^([ \t]*)(mix|ports)([ \t]+)(?=[A-Za-z_])",
                _groups(Whitespace, Keyword.Reserved, Whitespace),
                "names",
            ),
            (
                r"^([ \t]*)(hook)([ \t]+)([A-Za-z_]\w*)",
                _groups(Whitespace, Keyword.Reserved, Whitespace, Name.Variable),
            ),
            (_first("declarations"), _groups(Whitespace, Keyword.Declaration)),
            (_first("faults"), _groups(Whitespace, Keyword.Pseudo)),
            (_first("statements"), _groups(Whitespace, Keyword)),
            (_first("settings"), _groups(Whitespace, Keyword.Reserved)),
            include("values"),
        ],
        "ids": [
            (r"[A-Za-z_]\w*(?:-\w+)*", Name.Label),
            (r",[ \t]*\n?", Punctuation),
            (r"[ \t]+", Whitespace),
            default("#pop"),
        ],
        "names": [
            (r"\n", Whitespace, "#pop"),
            (r",[ \t]*\n?", Punctuation),
            (r"(?<![\w.])[A-Za-z_]\w*", Name),
            include("values"),
        ],
        "values": [
            (r"\n", Whitespace),
            (r"[ \t\r]+", Whitespace),
            (r"#[^\n]*", Comment.Single),
            (r'"""', String, "lines"),
            (r'"', String, "text"),
            (r"p\d+(?:\.\d+)?(?=[ \t]+latency\b)", Number),
            (r"(\d[\d_]*(?:\.\d+)?)([A-Za-zµμ][A-Za-z0-9µμ]*(?:/[a-z]+)?|/[a-z]+\b|%)",
             _groups(Number, Literal.Unit)),
            (r"\d[\d_]*(?:\.\d+)?", Number),
            (r"(for)([ \t]+)([A-Za-z_]\w*)([ \t]+)(in)\b",
             _groups(Keyword, Whitespace, Name.Variable, Whitespace, Operator.Word)),
            (
                r"\b(over)([ \t]+)([A-Za-z_]\w*)(?=[ \t]+(?:on\b|[{\"]))",
                _groups(Keyword, Whitespace, Name),
            ),
            (
                r"\b(on)([ \t]+)(?!links\b|port\b)([A-Za-z_]\w*)(?![\w(])",
                _groups(Keyword, Whitespace, Name),
            ),
            (
                r"\b(is|each)([ \t]+)(lost|refused|fault)\b(?![\w.(-])",
                _groups(Keyword, Whitespace, Keyword),
            ),
            (_anywhere("constants"), Keyword.Constant),
            (_anywhere("operators"), Operator.Word),
            (r"(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\b|SIG[A-Z]+\d*\b", Name.Constant),
            (_between("faults"), Keyword.Pseudo),
            (_between("statements", "settings", "connectives"), Keyword),
            (r"[A-Za-z_]\w*(?=\()", Name.Function),
            (r"(?<=\.)[A-Za-z_]\w*", Name.Attribute),
            (r"[A-Za-z_]\w*", Name),
            (r"->|\.\.|\+/-|==|!=|<=|>=|[<>+*/=|-]", Operator),
            (r"[{}()\[\],;:.]", Punctuation),
        ],
        "text": [
            (r'"|(?=\n)', String, "#pop"),
            include("inside"),
            (r'[^"\\{}\n]+', String),
        ],
        "lines": [
            (r'"""', String, "#pop"),
            include("inside"),
            (r'[^"\\{}]+|"', String),
        ],
        "inside": [
            (r"\\(?:u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|x[0-9A-Fa-f]{2}|.)|\{\{|\}\}", String.Escape),
            (r"\{", String.Interpol, "interpolation"),
            (r"\}", String),
        ],
        "interpolation": [
            (r"\}", String.Interpol, "#pop"),
            (r"\{", Punctuation, "record"),
            include("values"),
        ],
        "record": [
            (r"\}", Punctuation, "#pop"),
            (r"\{", Punctuation, "#push"),
            include("values"),
        ],
    }  # fmt: skip
