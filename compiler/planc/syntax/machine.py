"""The LALR machine: tables, lexer and tree builder in, a tree out.

Lark makes the tables (planc_grammar.build); this small loop runs them. It is our own for two
reasons: importing Lark costs more than checking a plan, and recovery needs the stacks in hand.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from planc.source.span import Span
from planc.syntax.lexer import END, Lexer
from planc_grammar.tables import Row, Rule, load_tables

Method = Callable[[Span, list[Any]], Any]
_TABLES = load_tables()


class Builder(Protocol):
    def method(self, name: str) -> Method: ...

    def span(self, start: int, end: int) -> Span: ...


class Machine:
    """One parse; `states`, `values`, `starts` and `ends` are parallel stacks."""

    def __init__(self, lexer: Lexer, builder: Builder, rule: str) -> None:
        self.lexer = lexer
        self.rows: list[Row] = _TABLES.states
        self.states = [_TABLES.start[rule]]
        self.final = _TABLES.end[rule]
        self.values: list[Any] = [None]
        self.starts = [lexer.start]
        self.ends = [lexer.start]
        self.span = builder.span
        self.methods = [
            builder.method(rule.method) if rule.method and not rule.unwrap else None
            for rule in _RULES
        ]

    @property
    def row(self) -> Row:
        return self.rows[self.states[-1]]

    def run(self, on_error: Callable[[Machine, str], str]) -> Any:
        """Parse to the end; `on_error(machine, kind)` repairs the stacks and returns the next kind.

        Whatever it does must bring the parse nearer to its end.
        """
        lexer, states, rows = self.lexer, self.states, self.rows
        kind = lexer.next(self.row)
        while True:
            action = rows[states[-1]].get(kind)
            if action is None:
                kind = on_error(self, kind)
            elif action > 0:
                self.shift(action - 1, lexer.value, lexer.start, lexer.end)
                kind = lexer.next(rows[action - 1])
            elif _RENAMES[-action - 1]:
                key = (states[-2], states[-1], kind)
                states[-1] = _CHAINS.get(key) or _chain(rows, *key)
            else:
                self.reduce(-action - 1)
                if kind == END and states[-1] == self.final:
                    return self.values[-1]

    def shift(self, state: int, value: Any, start: int, end: int) -> None:
        self.states.append(state)
        self.values.append(value)
        self.starts.append(start)
        self.ends.append(end)

    def reduce(self, number: int) -> None:
        """Replace the symbols of a rule by the rule; an absent optional part is None."""
        origin, length, kept, unwrap = _SHAPES[number]
        if length == 0:
            start = end = self.ends[-1]
            children: list[Any] = []
        else:
            start, end = self.starts[-length], self.ends[-1]
            children = self.values[-length:]
            del self.states[-length:], self.values[-length:]
            del self.starts[-length:], self.ends[-length:]
        if kept is None:
            children = _spliced(_RULES[number], children)
        elif len(kept) != length:
            children = [children[index] for index in kept]
        value: Any = children
        if unwrap and len(children) == 1:
            value = children[0]
        elif method := self.methods[number]:
            value = method(self.span(start, end), children)
        self.states.append(self.rows[self.states[-1]][origin] - 1)
        self.values.append(value)
        self.starts.append(start)
        self.ends.append(end)

    def settle(self) -> None:
        """Do the reductions that are due whatever comes next: what is complete is closed."""
        while True:
            actions = set(self.row.values())
            if len(actions) != 1 or (action := actions.pop()) >= 0:
                return
            self.reduce(-action - 1)

    def drop(self) -> None:
        """Forget the latest symbol; the first state stays."""
        for stack in (self.states, self.values, self.starts, self.ends):
            stack.pop()

    @property
    def open_blocks(self) -> int:
        """The number of blocks that are open at the top of the stack."""
        return sum(state in BLOCK_STATES for state in self.states)

    def accepts(self, *kinds: str) -> bool:
        """Say whether the terminals `kinds` could come next, one after the other."""
        states = list(self.states)
        return all(_feed(self.rows, states, kind) for kind in kinds)

    def feed(self, kind: str, value: Any, start: int, end: int) -> None:
        """Shift a terminal that `accepts` said yes to, after the reductions it asks for."""
        while (action := self.row[kind]) < 0:
            self.reduce(-action - 1)
        self.shift(action - 1, value, start, end)


_RULES = _TABLES.rules
_SHAPES = [
    (
        rule.origin,
        rule.length,
        tuple(index for index, _, _ in rule.kept) if rule.simple else None,
        rule.unwrap,
    )
    for rule in _RULES
]
_RENAMES = [
    rule.origin if rule.unwrap and rule.length == 1 and rule.simple and rule.kept else ""
    for rule in _RULES
]
"""Two thirds of all reductions only give the one symbol on the stack another name."""
_CHAINS: dict[tuple[int, int, str], int] = {}
"""Where such renamings, one after the other, end: by states below and on top, token."""
BLOCK_STATES = frozenset(row["LBRACE"] - 1 for row in _TABLES.states if row.get("LBRACE", 0) > 0)
"""The states right after the `{` of a block."""


def _chain(rows: list[Row], below: int, top: int, kind: str) -> int:
    """Return the state on top when nothing is left to rename, and remember it."""
    state = top
    while (action := rows[state].get(kind, 0)) < 0 and (renamed := _RENAMES[-action - 1]):
        state = rows[below][renamed] - 1
    _CHAINS[below, top, kind] = state
    return state


def _spliced(rule: Rule, children: list[Any]) -> list[Any]:
    kept: list[Any] = []
    for index, spliced, nones in rule.kept:
        kept.extend([None] * nones)
        if spliced:
            kept.extend(children[index])
        else:
            kept.append(children[index])
    kept.extend([None] * rule.nones)
    return kept


def _feed(rows: list[Row], states: list[int], kind: str) -> bool:
    """Move `states` past the terminal `kind` as the parser would; say whether it could."""
    while True:
        action = rows[states[-1]].get(kind)
        if action is None:
            return False
        if action > 0:
            states.append(action - 1)
            return True
        rule = _RULES[-action - 1]
        if rule.length:
            del states[-rule.length :]
        states.append(rows[states[-1]][rule.origin] - 1)


def accepted_after(rule: str, kinds: list[str]) -> frozenset[str]:
    """Return the terminals that could come after some terminals from the start of `rule`."""
    states = [_TABLES.start[rule]]
    for kind in kinds:
        if not _feed(_TABLES.states, states, kind):
            raise ValueError(f"the grammar does not know {' '.join(kinds)}")
    return accepted(_TABLES.states, states)


def accepted(rows: list[Row], states: list[int]) -> frozenset[str]:
    """Return the terminals that can really come next; a row alone may list some too many."""
    terminals = [kind for kind in rows[states[-1]] if kind.isupper() or kind == END]
    return frozenset(kind for kind in terminals if _feed(rows, list(states), kind))
