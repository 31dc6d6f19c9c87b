"""The tables that the compiler loads are those of the grammar beside them."""

from __future__ import annotations

from pathlib import Path

import planc_grammar
from planc.syntax.build_declarations import Declarations
from planc_grammar.build import build, dumps
from planc_grammar.tables import load_tables

FOLDER = Path(planc_grammar.__file__).parent


def test_tables_are_built_from_the_grammar() -> None:
    assert dumps(build()) == (FOLDER / "tables.json").read_text("utf-8"), (
        "the grammar has changed: python -m planc_grammar.build"
    )


def test_every_rule_has_a_builder() -> None:
    methods = {rule.method for rule in load_tables().rules if rule.method and not rule.unwrap}

    without = {name for name in methods if not name.startswith("setting_")}
    assert {name for name in without if not hasattr(Declarations, name)} == set()
