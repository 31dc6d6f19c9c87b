"""Plans made at random from the grammar itself, for properties that must hold of every plan.

`plan_texts()` draws a text that parses without a diagnostic, whatever else it may be: every rule of
plan.lark is used, names mean nothing, texts hold the nastiest characters there are.
"""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from planc.vocabulary import CLIENT_PROTOCOLS, DISTRIBUTIONS, HISTORY_PROPERTIES, MODELS
from planc_grammar.build import open_lark

NASTY = [*"'\"\\{}#\n\r\0é\u202e", "{%", "%}", "{#", '"""', "'''", "\\N{DASH}"]


def quoted(value: str) -> str:
    """Return the text literal whose value is `value`."""
    parts = []
    for character in value:
        if character in '"\\':
            parts.append("\\" + character)
        elif character in "{}":
            parts.append(character * 2)
        elif character.isprintable() and character.isascii():
            parts.append(character)
        else:
            parts.append(f"\\U{ord(character):08x}")
    return '"' + "".join(parts) + '"'


def nasty_values() -> SearchStrategy[str]:
    """Draw the value of a text: characters that end strings, comments, templates elsewhere."""
    no_surrogates = st.characters(exclude_categories=["Cs"])
    return st.lists(st.one_of(st.sampled_from(NASTY), no_surrogates), max_size=6).map("".join)


def literals() -> SearchStrategy[str]:
    """Draw a text literal, now and then with an interpolation or in three quotes."""
    return st.one_of(
        nasty_values().map(quoted),
        st.sampled_from(['"{foo}"', '"a {bar.baz} b"', '"""two\n   lines "quoted" {foo}"""', '""']),
    )


_SAMPLES: dict[str, list[str]] = {
    "NAME": ["foo", "bar", "baz2", "store_x", "Camel", "_under", "n1"],
    "DASHED": ["con-linear", "foo", "a-b-c2"],
    "NUMBER": ["0", "3", "2.5", "1_000"],
    "QUANTITY": ["5s", "50ms", "95%", "100/s", "64KiB", "1Mbit/s", "1.5h"],
    "PERCENTILE": ["p99", "p99.9"],
    "COMPARE": ["==", "!=", "<", "<=", ">", ">="],
    "_NL": ["\n", "\n\n\n", "\n  # a comment\n", " # trailing\n"],
    "_ROW": ["\n|"],
    "_RECORD": ["{"],
}

_FIXED: dict[tuple[str, str, str], list[str]] = {
    ("expect_history", "id", "IS"): list(HISTORY_PROPERTIES),
    ("expect_history", "id", "NOT"): list(HISTORY_PROPERTIES),
    ("model", "id", ""): list(MODELS),
    ("client", "name", "OVER"): list(CLIENT_PROTOCOLS),
    ("keys", "name", ""): list(DISTRIBUTIONS),
    ("client_call", "plain", "CALL"): ["kv.read", "lib.kv.write"],
    ("function_call", "postfix", ""): ["foo", "lib.foo"],
    ("function_call_by", "postfix", ""): ["foo"],
    ("stop_policy", "NAME", "THEN"): ["SIGKILL"],
}
"""(rule, symbol, the word before it) -> what alone may stand there."""


_DECLARATIONS = (
    "scenario",
    "scenario",
    "let",
    "use",
    "service",
    "cluster",
    "client",
    "workload",
    "fault_declaration",
    "mock",
    "machine",
)


_DEEPEST = 60
"""Rules in one another; an expression in parentheses takes ten of them."""


class Grammar:
    """The rules of the grammar, and how few steps each needs to end."""

    def __init__(self) -> None:
        lark = open_lark()
        self.words = {
            each.name: each.pattern.value for each in lark.terminals if each.pattern.type == "str"
        }
        self.rules: dict[str, list[tuple[str, list[str]]]] = {}
        for rule in lark.rules:
            symbols = [symbol.name for symbol in rule.expansion]
            if "BROKEN" not in symbols:
                name = str(rule.origin.name)
                self.rules.setdefault(name, []).append((rule.alias or name, symbols))
        self.rules["item"] = [each for each in self.rules["item"] if each[1] != ["header"]]
        self.depths: dict[str, int] = {}
        while len(self.depths) < len(self.rules):
            for name, expansions in self.rules.items():
                depths = [
                    depth for _, each in expansions if (depth := self.depth(each)) is not None
                ]
                if depths:
                    self.depths[name] = min(depths)
        if strangers := self.strangers():
            raise LookupError(f"plan.lark has nothing like {strangers}: was it renamed there?")

    def strangers(self) -> list[object]:
        """Return what the tables here speak of and no rule has: it would be drawn like the rest."""
        places = {
            (method, symbol, word)
            for each in self.rules.values()
            for method, symbols in each
            for before, symbol in zip(["", *symbols], symbols, strict=False)
            for word in (before, "")
        }
        spoken_of = [*_SAMPLES, "field", "cases", *_DECLARATIONS]
        known = {word for place in places for word in place} | self.rules.keys()
        return [*(_FIXED.keys() - places), *(each for each in spoken_of if each not in known)]

    def depth(self, symbols: list[str]) -> int | None:
        depths = [self.depths.get(symbol) for symbol in symbols if symbol in self.rules]
        return None if None in depths else 1 + max((each or 0 for each in depths), default=0)


@cache
def grammar() -> Grammar:
    return Grammar()


class _Sentence:
    """One derivation; `budget` bounds how long it grows."""

    def __init__(self, draw: DrawFn, text: SearchStrategy[str], budget: int) -> None:
        self.draw = draw
        self.text = text
        self.budget = budget
        self.fields = 0
        self.level = 0
        self.grammar = grammar()

    def rule(self, name: str) -> str:
        if name == "field":
            return self._field()
        self.level += 1
        sentence = self._derived(name)
        self.level -= 1
        return sentence

    def _derived(self, name: str) -> str:
        expansions = self.grammar.rules[name]
        self.budget -= 1
        if self.budget <= 0 or self.level > _DEEPEST:
            depth = self.grammar.depths[name]
            expansions = [each for each in expansions if self.grammar.depth(each[1]) == depth]
        method, symbols = self.draw(st.sampled_from(expansions))
        if method == "cases":
            return self._cases()
        options = [each for each in symbols if each.endswith("_option")]
        if name.startswith("__") and options:
            symbols = options[:1]
        return self.symbols(method, symbols)

    def symbols(self, method: str, symbols: list[str]) -> str:
        parts = []
        before = ""
        for symbol in symbols:
            for key in ((method, symbol, before), (method, symbol, "")):
                if key in _FIXED:
                    parts.append(self.draw(st.sampled_from(_FIXED[key])))
                    break
            else:
                parts.append(self.symbol(symbol))
            before = symbol
        return " ".join(parts)

    def symbol(self, name: str) -> str:
        if name in self.grammar.rules:
            return self.rule(name)
        if name == "TEXT":
            return self.draw(self.text)
        if name in _SAMPLES:
            return self.draw(st.sampled_from(_SAMPLES[name]))
        return str(self.grammar.words[name])

    def _field(self) -> str:
        self.fields += 1
        key = self.draw(st.sampled_from(["f{}", '"f {}"']))
        return f"{key.format(self.fields)} : {self.rule('expr')}"

    def _cases(self) -> str:
        columns = self.draw(st.integers(1, 3))
        rows = [" | ".join(f"c{number}" for number in range(columns))]
        for _ in range(self.draw(st.integers(0, 2))):
            rows.append(" | ".join(self.rule("expr") for _ in range(columns)))
        return "cases\n" + "\n".join(f"| {row} |" for row in rows)

    def let_value(self) -> str:
        return f"let {self.symbol('NAME')} = {self.rule('expr')}"


@st.composite
def sentences(
    draw: DrawFn, rule: str, text: SearchStrategy[str] | None = None, budget: int = 60
) -> str:
    """Draw a text that the grammar's `rule` derives; `text` makes its text literals."""
    return _Sentence(draw, text or literals(), budget).rule(rule)


@st.composite
def plan_texts(draw: DrawFn, text: SearchStrategy[str] | None = None) -> str:
    """Draw a whole file that parses without a diagnostic."""
    sentence = _Sentence(draw, text or literals(), draw(st.integers(10, 150)))
    parts = [sentence.rule("header")]
    for _ in range(draw(st.integers(1, 4))):
        name = draw(st.sampled_from(_DECLARATIONS))
        parts.append(sentence.let_value() if name == "let" else sentence.rule(name))
    return draw(st.sampled_from(_SAMPLES["_NL"])).join(parts)
