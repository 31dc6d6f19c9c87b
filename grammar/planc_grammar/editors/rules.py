"""plan.lark as it was written, before Lark takes it apart: rules, alternatives, options."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Literal:
    text: str


@dataclass(frozen=True, slots=True)
class Terminal:
    name: str


@dataclass(frozen=True, slots=True)
class Reference:
    rule: str


@dataclass(frozen=True, slots=True)
class Items:
    """`_items{entry}`: entries that newlines part; the only template there is."""

    entry: str


@dataclass(frozen=True, slots=True)
class Sequence:
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    part: Part
    sign: str
    """`?`, `*` or `+`."""


@dataclass(frozen=True, slots=True)
class Named:
    """An alternative with a name of its own: `-> crash`."""

    part: Part
    name: str


Part = Literal | Terminal | Reference | Items | Sequence | Choice | Repeat | Named


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    transparent: bool
    """Whether a single child stands for the whole (`?rule`)."""
    alternatives: tuple[Part, ...]


@cache
def read_rules() -> dict[str, Rule]:
    """Return the rules by name, in the order of the grammar; what is broken is left out."""
    return {
        name: Rule(name, bool(found.options.expand1), tuple(_alternatives(found.tree)))
        for name, found in _definitions().items()
        if not found.is_term and name != "_items"
    }


@cache
def keyword_terminals() -> dict[str, str]:
    """Return the terminals that have names and are plain words: OR -> or."""
    found = {}
    for name, definition in _definitions().items():
        if definition.is_term and definition.tree is not None:
            literals = [each.value for each in definition.tree.scan_values(_is_text)]
            if len(literals) == 1 and literals[0].startswith('"'):
                found[name] = literals[0].strip('"')
    return found


def _is_text(token: Any) -> bool:
    return getattr(token, "type", "") in ("STRING", "REGEXP")


@cache
def _definitions() -> dict[str, Any]:
    from lark.load_grammar import GrammarBuilder

    builder = GrammarBuilder(import_paths=[str(FOLDER)])
    path = FOLDER / "plan.lark"
    builder.load_grammar(path.read_text("utf-8"), str(path))
    return dict(builder._definitions)


# --- from Lark's trees ----------------------------------------------------------------------------


def _alternatives(tree: Any) -> Iterator[Part]:
    for child in tree.children:
        part = _part(child)
        inner = part.part if isinstance(part, Named) else part
        if inner != Terminal("BROKEN"):
            yield part


def _part(tree: Any) -> Part:
    kind, children = tree.data, tree.children
    if kind == "expansions":
        parts = tuple(_alternatives(tree))
        return parts[0] if len(parts) == 1 else Choice(parts)
    if kind == "expansion":
        parts = tuple(map(_part, children))
        return parts[0] if len(parts) == 1 else Sequence(parts)
    if kind == "alias":
        return Named(_part(children[0]), str(children[1].name))
    if kind == "maybe":
        return Repeat(_part(children[0]), "?")
    if kind == "expr":
        return Repeat(_part(children[0]), str(children[1]))
    if kind == "value":
        return _value(children[0])
    raise ValueError(f"a grammar with {kind}")


def _value(child: Any) -> Part:
    if getattr(child, "data", "") == "literal":
        return Literal(str(child.children[0]).strip('"'))
    if getattr(child, "data", "") == "template_usage":
        return Items(str(child.children[1].children[0].name))
    if type(child).__name__ == "Terminal":
        return Terminal(str(child.name))
    return Reference(str(child.name))


# --- what can begin a rule ------------------------------------------------------------------------


def first_words(rule: str) -> frozenset[str]:
    """Return the keywords that a rule can begin with."""
    return frozenset(_first(Reference(rule), frozenset())[0])


def _first(part: Part, seen: frozenset[str]) -> tuple[set[str], bool]:
    """Return the words that `part` can begin with, and whether it can be empty."""
    match part:
        case Literal(text):
            return ({text} if text.isalpha() else set()), False
        case Terminal(name):
            word = keyword_terminals().get(name, "")
            return ({word} if word.isalpha() else set()), False
        case Reference(rule):
            if rule in seen:
                return set(), False
            return _first(Choice(read_rules()[rule].alternatives), seen | {rule})
        case Items(entry):
            return _first(Reference(entry), seen)[0], True
        case Named(inner, _):
            return _first(inner, seen)
        case Repeat(inner, sign):
            words, empty = _first(inner, seen)
            return words, empty or sign != "+"
        case Choice(parts):
            found = [_first(each, seen) for each in parts]
            return set().union(*(words for words, _ in found)), any(empty for _, empty in found)
        case Sequence(parts):
            words = set()
            for each in parts:
                more, empty = _first(each, seen)
                words |= more
                if not empty:
                    return words, False
            return words, True


def literals(part: Part) -> Iterator[str]:
    """Yield the fixed texts of a part, those of other rules excepted."""
    match part:
        case Literal(text):
            yield text
        case Terminal(name):
            if name in keyword_terminals():
                yield keyword_terminals()[name]
        case Named(inner, _) | Repeat(inner, _):
            yield from literals(inner)
        case Choice(parts) | Sequence(parts):
            for each in parts:
                yield from literals(each)
        case _:
            return


def entries(part: Part) -> Iterator[str]:
    """Yield the rules whose entries stand in the blocks of a part, a line each."""
    match part:
        case Items(entry):
            yield entry
        case Named(inner, _) | Repeat(inner, _):
            yield from entries(inner)
        case Choice(parts) | Sequence(parts):
            for each in parts:
                yield from entries(each)
        case _:
            return


def parts_of(part: Part) -> tuple[Part, ...]:
    """Return what a part is a sequence of: itself, where it is none."""
    inner = part.part if isinstance(part, Named) else part
    return inner.parts if isinstance(inner, Sequence) else (inner,)
