"""Our loop over Lark's tables reads what Lark's own parser reads, and nothing else.

Lark's parser is fed with the terminals that our lexer found, so that the two loops are compared
and not the two lexers.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.plans import plan_texts

from planc.source.load import from_text
from planc.syntax.lexer import END, Lexer
from planc.syntax.machine import Machine
from planc_grammar.build import open_lark

PLANS = sorted((Path(__file__).parents[2] / "plans").rglob("*.plan"))
MANY = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))

Terminals = list[tuple[str, str]]


class Stranger(Exception):
    """What is read is no sentence."""


class Trees:
    """A builder whose nodes are plain data: the method's name and the children."""

    def method(self, name: str) -> Any:
        return lambda span, children: (name, [_plain(child) for child in children])

    def span(self, start: int, end: int) -> Any:
        return None


class Listed:
    """Terminals that stand in a list, given out as a lexer does."""

    def __init__(self, terminals: Terminals) -> None:
        self.rest = iter(terminals)
        self.start = self.end = 0
        self.value = ""

    def next(self, row: dict[str, int]) -> str:
        kind, self.value = next(self.rest, (END, ""))
        return kind


def ours(terminals: Terminals) -> Any:
    def refuse(machine: Machine, kind: str) -> str:
        raise Stranger(kind)

    machine = Machine(Listed(terminals), Trees(), "file")  # type: ignore[arg-type]
    return _plain(machine.run(refuse))


@cache
def lark() -> Any:
    return open_lark()


def larks(terminals: Terminals) -> Any:
    from lark import Token, UnexpectedToken

    parser = lark().parse_interactive("", start="file")
    try:
        for kind, value in terminals:
            parser.feed_token(Token(kind, value))
        return _plain(parser.feed_eof())
    except UnexpectedToken as error:
        raise Stranger(error.token.type) from error


def _plain(value: Any) -> Any:
    if hasattr(value, "children"):
        return (str(value.data), [_plain(child) for child in value.children])
    if isinstance(value, list):
        return [_plain(child) for child in value]
    return str(value) if isinstance(value, str) else value


def terminals_of(text: str) -> Terminals:
    """Return the terminals of a text without mistakes."""
    found: Terminals = []

    class Noted(Lexer):
        def next(self, row: Any) -> str:
            kind = super().next(row)
            if kind != END:
                found.append((kind, str(self.value)))
            return kind

    def refuse(machine: Machine, kind: str) -> str:
        raise AssertionError(f"{kind} at {machine.lexer.start}")

    source = from_text(text)
    Machine(Noted(source, 0, len(source.text)), Trees(), "file").run(refuse)
    return found


def agree(terminals: Terminals) -> None:
    assert outcome(ours, terminals) == outcome(larks, terminals)


def outcome(parse: Callable[[Terminals], Any], terminals: Terminals) -> Any:
    try:
        return parse(terminals)
    except Stranger as stranger:
        return f"stopped at {stranger}"


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_a_plan_gives_the_tree_that_lark_gives(path: Path) -> None:
    agree(terminals_of(path.read_text("utf-8")))


@MANY
@given(plan_texts(), st.randoms(use_true_random=False))
def test_a_plan_with_terminals_moved_is_refused_where_lark_refuses_it(
    text: str, rng: random.Random
) -> None:
    terminals = terminals_of(text)
    agree(terminals)
    for _ in range(rng.randrange(3)):
        terminals.insert(rng.randrange(len(terminals) + 1), rng.choice(terminals))
    if len(terminals) > 1 and rng.random() < 0.5:
        del terminals[rng.randrange(len(terminals))]
    agree(terminals)
