"""The table of backends is whole, and the documentation shows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from planc.vocabulary import BACKENDS, FAULTS
from planc.vocabulary.backends import ABILITIES, Rung
from planc.vocabulary.backends.reference import BESIDE_FAULTS, FILE, render

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / FILE
RUNGS = [
    pytest.param(rung, id=f"{name}-{rung.name}")
    for name, backend in BACKENDS.items()
    for rung in backend.rungs
]


@pytest.mark.parametrize("rung", RUNGS)
def test_every_rung_has_an_entry_for_every_ability(rung: Rung) -> None:
    assert set(rung.ways) == set(ABILITIES)
    assert all(way.means for way in rung.ways.values())


def test_every_ability_that_a_fault_needs_is_in_the_table() -> None:
    needed = {word.ability for word in FAULTS.values()} - {"hooks"}

    assert needed | set(BESIDE_FAULTS) == set(ABILITIES)


def test_the_documentation_shows_the_table() -> None:
    command = "python -m planc.vocabulary.backends.reference docs/reference"

    assert REFERENCE.read_text("utf-8") == render(), command
