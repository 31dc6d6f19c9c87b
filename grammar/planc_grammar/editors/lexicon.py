"""The words of the language by the role they have for who reads a plan.

Keywords are contextual: `rate` is a setting of a workload, the rate of a `run`, and a good name. A
highlighter that does not parse has to guess, and the role says where a guess is safe: what begins a
line is one, what stands in the middle of one another.
"""

from __future__ import annotations

from functools import cache

from planc_grammar.editors.rules import (
    Choice,
    Literal,
    Reference,
    Repeat,
    entries,
    first_words,
    literals,
    parts_of,
    read_rules,
)

CONSTANTS = ("false", "none", "others", "true")
OPERATORS = ("and", "contains", "else", "if", "in", "matches", "not", "or", "then")


@cache
def words() -> dict[str, list[str]]:
    """Return the keywords of each role, sorted; no word has two roles.

    declarations begin a line at the margin, settings one in a block, faults and statements one in a
    scenario; `within`, `of`, `linearizable` and the like are connectives.
    """
    taken = {*CONSTANTS, *OPERATORS}
    declarations = first_words("item") - taken
    taken |= declarations
    faults = first_words("fault_words") - taken
    taken |= faults
    statements = first_words("statement") - taken
    taken |= statements
    settings = frozenset().union(*map(first_words, _blocks())) - taken
    taken |= settings
    return {
        "declarations": sorted(declarations),
        "settings": sorted(settings),
        "statements": sorted(statements),
        "faults": sorted(faults),
        "connectives": sorted(all_words() - taken),
        "operators": sorted(OPERATORS),
        "constants": sorted(CONSTANTS),
    }


def _blocks() -> set[str]:
    """Return the rules of what stands in blocks."""
    return {
        entry
        for rule in read_rules().values()
        for part in rule.alternatives
        for entry in entries(part)
    }


@cache
def all_words() -> frozenset[str]:
    """Return every keyword of the grammar."""
    return frozenset(
        text
        for rule in read_rules().values()
        for part in rule.alternatives
        for text in literals(part)
        if text.isalpha()
    )


@cache
def inner_words() -> frozenset[str]:
    """Return the keywords that can stand in the middle of a line."""
    begin = _beginning_lines()
    found: set[str] = set()
    for rule in read_rules().values():
        for part in rule.alternatives:
            texts = [text for text in literals(part) if text.isalpha()]
            is_first = rule.name in begin and isinstance(parts_of(part)[0], Literal)
            found.update(texts[1:] if is_first else texts)
    return frozenset(found)


def _beginning_lines() -> set[str]:
    """Return the rules of which each alternative is an entry of a block, or of the file."""
    found: set[str] = set()
    left = {*_blocks(), "item"}
    while left:
        name = left.pop()
        found.add(name)
        direct = [
            each.rule for each in read_rules()[name].alternatives if isinstance(each, Reference)
        ]
        left.update(set(direct) - found)
    # A fault is wrapped once more, for what can follow it.
    return found | {"fault_words", "call"}


@cache
def last_words() -> frozenset[str]:
    """Return the keywords with which a statement can end: `is lost`, `200 steps`."""
    found: set[str] = set()
    for rule in read_rules().values():
        for part in rule.alternatives:
            last = parts_of(part)[-1]
            # `heal ["all" | targets]`: what may stand last, or nothing.
            optional = isinstance(last, Repeat) and isinstance(last.part, Choice)
            if isinstance(last, Literal) or optional:
                found.update(literals(last))
    return frozenset(text for text in found if text.isalpha())
