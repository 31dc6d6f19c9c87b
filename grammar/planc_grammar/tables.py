"""The grammar's LALR tables, as the parser uses them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

Row = dict[str, int]
"""Of one state: a symbol -> the state to go to plus 1, or minus (the rule to reduce by plus 1)."""


@dataclass(frozen=True, slots=True)
class Rule:
    origin: str
    length: int
    method: str
    """Of the tree builder; "" for the helper rules whose children are spliced into their parent."""
    unwrap: bool
    """Whether a single child stands for the whole."""
    kept: tuple[tuple[int, bool, int], ...]
    """Index of a child, whether it is spliced in, how many absent optional parts come before it."""
    nones: int
    """How many absent optional parts come at the end."""

    @property
    def simple(self) -> bool:
        """Whether the children are just the kept ones, nothing spliced, nothing absent."""
        return not self.nones and not any(spliced or nones for _, spliced, nones in self.kept)


@dataclass(frozen=True, slots=True)
class Tables:
    start: dict[str, int]
    end: dict[str, int]
    states: list[Row]
    rules: list[Rule]
    patterns: dict[str, str]
    literals: dict[str, str]
    """The text of a fixed terminal -> its name: "crash" -> "CRASH", "(" -> "LPAR"."""


def kinds(names: str) -> frozenset[str]:
    """Return a set of terminals, written as words with blanks between."""
    return frozenset(names.split())


SOFT_NAMES = kinds("HISTORY NO SOME MEAN MAX MIN ERROR SEND SHARE MEMORY OPEN INCREASE RATE")
"""Words that begin an expectation and are names elsewhere: the rule `soft_name`."""


@cache
def load_tables() -> Tables:
    raw = json.loads(Path(__file__).with_name("tables.json").read_text("utf-8"))
    symbols = raw["symbols"]
    rows = [
        dict(zip([symbols[number] for number in numbers], targets, strict=True))
        for numbers, targets in raw["rows"]
    ]
    return Tables(
        start=raw["start"],
        end=raw["end"],
        states=[rows[number] for number in raw["states"]],
        rules=[
            Rule(origin, length, method, bool(unwrap), tuple(map(tuple, kept)), nones)
            for origin, length, method, unwrap, kept, nones in raw["rules"]
        ],
        patterns=raw["patterns"],
        literals=raw["literals"],
    )
