"""Lark turns the grammar into LALR tables; this writes them where the compiler finds them.

Importing Lark and building the tables takes longer than checking a plan. So Lark works when the
grammar is changed, and `tables.json` beside the grammar is what every other run reads. A test
rebuilds the tables and compares.

    python -m planc_grammar.build
"""

from __future__ import annotations

import argparse
import json
import logging
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
START_RULES = ("file", "interpolation")


def open_lark() -> Any:
    """Return Lark's own idea of the grammar, parser included."""
    from lark import Lark

    return Lark(
        (FOLDER / "plan.lark").read_text("utf-8"),
        source_path=str(FOLDER / "plan.lark"),
        import_paths=[str(FOLDER)],
        parser="lalr",
        lexer="contextual",
        start=list(START_RULES),
        maybe_placeholders=True,
    )


def build() -> dict[str, Any]:
    """Return the tables as plain data; raise ValueError if the grammar has a conflict."""
    from lark import logger

    conflicts = _Collector()
    logger.addHandler(conflicts)
    logger.setLevel(logging.DEBUG)
    try:
        lark = open_lark()
    finally:
        logger.removeHandler(conflicts)
    if conflicts.messages:
        raise ValueError("the grammar has conflicts:\n" + "\n".join(conflicts.messages))
    return _tables(lark)


class _Collector(logging.Handler):
    """Lark resolves shift/reduce conflicts silently; here none is wanted."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if "conflict" in record.getMessage() or self.messages:
            self.messages.append(record.getMessage())


def _tables(lark: Any) -> dict[str, Any]:
    table = lark.parser.parser._parse_table
    rules = sorted(lark.rules, key=str)
    rule_numbers = {rule: number for number, rule in enumerate(rules)}
    order = _walk(table)
    numbers = {state: number for number, state in enumerate(order)}
    symbols: dict[str, int] = {}
    rows: dict[str, int] = {}
    states = []
    for state in order:
        row = json.dumps(_row(table.states[state], symbols, numbers, rule_numbers))
        states.append(rows.setdefault(row, len(rows)))
    patterns, literals = {}, {}
    for terminal in lark.terminals:
        if terminal.pattern.type == "str":
            literals[terminal.pattern.value] = terminal.name
        else:
            patterns[terminal.name] = terminal.pattern.value
    return {
        "start": {name: numbers[table.start_states[name]] for name in START_RULES},
        "end": {name: numbers[table.end_states[name]] for name in START_RULES},
        "symbols": list(symbols),
        "rows": [json.loads(row) for row in rows],
        "states": states,
        "rules": [_rule(rule) for rule in rules],
        "patterns": dict(sorted(patterns.items())),
        "literals": dict(sorted(literals.items())),
    }


def _walk(table: Any) -> list[int]:
    """Return the states in an order that does not depend on how Python hashes."""
    from lark.parsers.lalr_analysis import Shift

    order = [table.start_states[name] for name in START_RULES]
    seen = set(order)
    for state in order:
        for _, (action, target) in sorted(table.states[state].items(), key=lambda item: item[0]):
            if action is Shift and target not in seen:
                seen.add(target)
                order.append(target)
    return order


def _row(
    actions: dict[str, Any],
    symbols: dict[str, int],
    states: dict[int, int],
    rules: dict[Any, int],
) -> list[list[int]]:
    """One state: symbol numbers, and for each the state to go to plus 1, or minus (rule plus 1)."""
    from lark.parsers.lalr_analysis import Shift

    numbers = []
    targets = []
    for symbol, (action, argument) in sorted(actions.items(), key=lambda item: item[0]):
        numbers.append(symbols.setdefault(symbol, len(symbols)))
        targets.append(states[argument] + 1 if action is Shift else -rules[argument] - 1)
    return [numbers, targets]


def _rule(rule: Any) -> list[Any]:
    """One rule: origin, length, the builder's method, what of its children is kept.

    Kept children are [index, whether it is a list to be spliced in, how many None come before];
    a last number says how many None follow. This is what Lark's own tree builder does.
    """
    origin = str(rule.origin.name)
    options = rule.options
    missing = list(options.empty_indices) if options else []
    before = [len(run) for run in "".join(str(int(flag)) for flag in missing).split("0")]
    if not missing:
        before = [0] * (len(rule.expansion) + 1)
    kept = []
    nones = 0
    for index, symbol in enumerate(rule.expansion):
        nones += before[index]
        if not (symbol.is_term and symbol.filter_out):
            spliced = not symbol.is_term and symbol.name.startswith("_")
            kept.append([index, int(spliced), nones])
            nones = 0
    nones += before[len(rule.expansion)]
    spliced_away = origin.startswith("_")
    unwrap = bool(options and options.expand1 and not rule.alias)
    method = "" if spliced_away else (rule.alias or origin)
    return [origin, len(rule.expansion), method, int(unwrap), kept, nones]


def dumps(tables: dict[str, Any]) -> str:
    """Return the tables as text with one row or rule a line, so that differences can be read."""
    parts = []
    for name, value in tables.items():
        if name in ("rows", "rules"):
            lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in value)
            parts.append(f'"{name}": [\n{lines}\n]')
        else:
            parts.append(f'"{name}": {json.dumps(value, ensure_ascii=False)}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main() -> None:
    parser = argparse.ArgumentParser(
        "python -m planc_grammar.build", description="Write tables.json from the grammar."
    )
    parser.parse_args()
    (FOLDER / "tables.json").write_text(dumps(build()), "utf-8")


if __name__ == "__main__":
    main()
