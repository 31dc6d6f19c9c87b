"""The tree-sitter grammar, rule by rule that of plan.lark.

Both parsers take a grammar of one word of lookahead, so no rule has to be written twice. What the
lexer of planc decides by hand (which newline ends a statement, where a number ends and its unit
begins) is decided in src/scanner.c; texts are taken apart here, because an editor shows what stands
in their braces.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable

from planc_grammar.editors.lexicon import words
from planc_grammar.editors.rules import (
    Choice,
    Items,
    Literal,
    Named,
    Part,
    Reference,
    Repeat,
    Rule,
    Sequence,
    Terminal,
    keyword_terminals,
    literals,
    read_rules,
)

_TERMINALS = {
    "NAME": "$.name",
    "DASHED": "$.id",
    "NUMBER": "$.number",
    "QUANTITY": "$.quantity",
    "PERCENTILE": "$.percentile",
    "TEXT": "$.text",
    "COMPARE": "$.comparison",
    "_NL": "$._newline",
    "_ROW": "$._row",
    "_RECORD": "'{'",
}
_BY_HAND = frozenset({"name", "id", "number", "quantity", "text", "interpolation"})
"""Rules of one word, which are the words themselves here; and what texts hold."""

_HEAD = """\
// The grammar of .plan files for editors, made from grammar/planc_grammar/plan.lark:
//   python -m planc_grammar.editors

/** Entries that newlines part; which newlines do is decided in src/scanner.c. */
const items = ($, entry) => optional(seq(entry, repeat(seq($._newline, entry))));

const list = (entry) => seq(entry, repeat(seq(',', entry)));

/** What stands between the quotes of a text. */
const inside = ($, content, quote) =>
  seq(repeat(choice(content, $.escape, $.interpolation)), token.immediate(quote));

module.exports = grammar({
  name: 'plan',

  word: $ => $._word,

  extras: $ => [/\\s/, $.comment],

  // '{' is among them only so that the scanner sees where a block can begin.
  externals: $ => [$._newline, $._row, $.quantity, $.percentile, '{', $._error_sentinel],

  rules: {
"""

_TAIL = """
    // --- words ---

    _word: $ => /[A-Za-z_][A-Za-z0-9_]*/,

    name: $ => $._word,

    // An ID such as con-failover.
    id: $ => seq($._word, repeat(seq(token.immediate('-'), token.immediate(/[A-Za-z0-9_]+/)))),

    number: $ => /\\d[\\d_]*(\\.\\d+)?/,

    comparison: $ => choice('==', '!=', '<=', '>=', '<', '>'),

    text: $ => choice(
      seq('"', inside($, $.content, '"')),
      seq('\"""', inside($, choice($.content_lines, alias($._quote, $.content_lines)), '\"""')),
    ),

    content: $ => token.immediate(prec(1, /[^"\\\\{}\\n]+/)),

    content_lines: $ => token.immediate(prec(1, /[^"\\\\{}]+/)),

    _quote: $ => token.immediate('"'),

    escape: $ => token.immediate(choice(
      /\\\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|x[0-9A-Fa-f]{2}|[^uUx])/, '{{', '}}',
    )),

    interpolation: $ => seq(token.immediate('{'), choice(%s), '}'),

    comment: $ => /#[^\\n]*/,
  },
});
"""


def grammar_js() -> str:
    """Return grammar.js."""
    return _HEAD + "\n".join(_Printer(read_rules()).lines()) + _tail()


def _tail() -> str:
    printer = _Printer(read_rules())
    inside = read_rules()["interpolation"].alternatives
    return _TAIL % ", ".join(printer.text(printer.resolved(each)) for each in inside)


class _Printer:
    """Prints rules; an alternative with a name becomes a rule of that name.

    Where rules of one name differ (`binary` has its precedence from where it stands), each has a
    hidden name, and is shown under the common one.
    """

    def __init__(self, rules: dict[str, Rule]) -> None:
        self.rules = rules
        self.bodies: dict[str, dict[Part, str]] = {}
        """By name of an alternative: what it can be, and the first rule that says so."""
        for rule in rules.values():
            for each in rule.alternatives:
                if isinstance(each, Named):
                    self.bodies.setdefault(each.name, {}).setdefault(each.part, rule.name)

    def lines(self) -> Iterable[str]:
        shown: set[str] = set()
        for rule in self.rules.values():
            if rule.name in _BY_HAND:
                continue
            if not self.is_only_named(rule):
                yield f"    {self.rule_name(rule.name)}: $ => {self.body(rule)},\n"
            for each in rule.alternatives:
                name = self.name_of(each, rule) if isinstance(each, Named) else ""
                if name and name not in shown and name not in _BY_HAND:
                    shown.add(name)
                    yield f"    {name}: $ => {self.text(_plain(each))},\n"

    def is_only_named(self, rule: Rule) -> bool:
        """Whether a rule is nothing but the one alternative that has its name (`fault`)."""
        first = rule.alternatives[0]
        return len(rule.alternatives) == 1 and isinstance(first, Named) and first.name == rule.name

    def is_hidden(self, rule: Rule) -> bool:
        return rule.transparent or all(isinstance(each, Named) for each in rule.alternatives)

    def rule_name(self, name: str) -> str:
        rule = self.rules[name]
        hidden = self.is_hidden(rule) and not self.is_only_named(rule)
        return f"_{name}" if hidden else name

    def name_of(self, named: Named, rule: Rule) -> str:
        """Return the name of the rule that an alternative with a name becomes."""
        bodies = self.bodies[named.name]
        if len(bodies) == 1 or named.name in _BY_HAND:
            return named.name
        return f"_{named.name}_{bodies[named.part]}"

    def body(self, rule: Rule) -> str:
        parts = [self.named(each, rule) if isinstance(each, Named) else self.text(each)
                 for each in self.present(rule)]  # fmt: skip
        return parts[0] if len(parts) == 1 else f"choice(\n      {self.joined(parts)},\n    )"

    @staticmethod
    def joined(parts: list[str]) -> str:
        return ",\n      ".join(dict.fromkeys(parts))

    @staticmethod
    def present(rule: Rule) -> Iterable[Part]:
        """Yield the alternatives; a rule that can be empty is optional where it is used."""
        for each in rule.alternatives:
            empty = isinstance(each, Repeat) and each.sign == "?" and rule.name != "file"
            yield each.part if empty and isinstance(each, Repeat) else each

    def named(self, named: Named, rule: Rule) -> str:
        name = self.name_of(named, rule)
        return f"$.{name}" if name == named.name else f"alias($.{name}, $.{named.name})"

    def resolved(self, part: Part) -> Part:
        """Return a named alternative of `interpolation` as what it is made of."""
        return _plain(part)

    def text(self, part: Part) -> str:
        match part:
            case Literal(text):
                return _quoted(text)
            case Terminal(name):
                return _TERMINALS.get(name) or _quoted(self.literal(name))
            case Reference(rule):
                return self.reference(rule)
            case Items(entry):
                return f"items($, {self.reference(entry)})"
            case Repeat(inner, sign):
                function = {"?": "optional", "*": "repeat", "+": "repeat1"}[sign]
                return f"{function}({self.text(inner)})"
            case Choice(parts):
                return f"choice({', '.join(map(self.text, parts))})"
            case Sequence(parts):
                return self.sequence(parts)
            case Named(inner, _):
                return self.text(inner)

    def sequence(self, parts: tuple[Part, ...]) -> str:
        texts: list[str] = []
        for before, part in zip((None, *parts), parts, strict=False):
            if before and part == Repeat(Sequence((Literal(","), before)), "*"):
                texts[-1] = f"list({texts[-1]})"
            else:
                texts.append(self.text(part))
        return texts[0] if len(texts) == 1 else f"seq({', '.join(texts)})"

    def reference(self, name: str) -> str:
        text = f"$.{self.rule_name(name)}" if name not in _BY_HAND else f"$.{name}"
        first = self.rules[name].alternatives[0]
        empty = isinstance(first, Repeat) and first.sign == "?"
        return f"optional({text})" if empty else text

    def literal(self, terminal: str) -> str:
        return keyword_terminals()[terminal]


def _plain(part: Part) -> Part:
    return part.part if isinstance(part, Named) else part


def _quoted(text: str) -> str:
    return f"'{text}'"


# --- colours --------------------------------------------------------------------------------------

_CAPTURES = {
    "declarations": "keyword",
    "settings": "property",
    "statements": "keyword",
    "faults": "keyword.exception",
    "connectives": "keyword",
    "operators": "keyword.operator",
}

_QUERIES = """
(comment) @comment
(content) @string
(content_lines) @string
(text ["\\"" "\\"\\"\\""] @string)
(escape) @string.escape
(interpolation ["{" "}"] @punctuation.special)
(number) @number
(quantity) @number
(percentile) @number
[(true) (false) (none) (others)] @constant.builtin
(comparison) @operator
["=" "->" "+" "-" "*" "/" ".." "+/-" "|"] @operator
["," ";" ":" "."] @punctuation.delimiter
["(" ")" "[" "]" "{" "}"] @punctuation.bracket
(id) @constant
"""


def highlights_scm() -> str:
    """Return queries/highlights.scm: what has which colour."""
    parts = ["; Made from grammar/planc_grammar/plan.lark: python -m planc_grammar.editors", ""]
    parts.append("(name) @variable")
    nodes = _nodes_of_one_word()
    for role, capture in _CAPTURES.items():
        listed = " ".join(nodes.get(word) or json.dumps(word) for word in words()[role])
        parts.append(f"[{listed}] @{capture}")
    return "\n".join(parts) + _QUERIES


def _nodes_of_one_word() -> dict[str, str]:
    """Return the node for each word that stands alone in a rule, and in no other.

    tree-sitter knows no other name for such a word.
    """
    parts = [each for rule in read_rules().values() for each in rule.alternatives]
    used = Counter(text for part in parts for text in literals(part))
    return {
        each.part.text: f"({each.name})"
        for each in parts
        if isinstance(each, Named) and isinstance(each.part, Literal) and used[each.part.text] == 1
    }
