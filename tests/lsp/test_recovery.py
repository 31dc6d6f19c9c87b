"""A half-written line anywhere leaves what is known of the other blocks standing."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

pytest.importorskip("pygls", reason="pip install -e '.[lsp]'")

from planc.diagnostics import Diagnostic
from planc.lsp.checking import Checker
from planc.lsp.hover import hover
from planc.lsp.outline import Outline
from planc.lsp.positions import Encoding, Places
from planc.lsp.project import Project
from planc.lsp.view import View
from planc.source.load import from_text

ROOT = Path(__file__).parents[2]
PLANS = sorted((ROOT / "plans").rglob("*.plan"))
MAIN = [each for each in PLANS if re.search("^plan ", each.read_text("utf-8"), re.MULTILINE)]
WRONG = '\nscenario "the last one has a mistake" {\n  wait 3MB\n}\n'


def half_written(text: str, chance: random.Random) -> tuple[str, int]:
    """Cut a line off at a character in its middle; return the text and the place."""
    while True:
        place = chance.randrange(len(text))
        end = text.find("\n", place)
        if text[place:end].strip() and text[text.rfind("\n", 0, place) + 1 : place].strip():
            return text[:place] + text[end:], place


def outline(view: View) -> dict[int, list[str]]:
    """Return what the outline shows, by piece."""
    found: dict[int, list[str]] = {each.index: [] for each in view.placed}
    for each in Outline(view, Places(view.source, Encoding())).symbols():
        offset = view.source.line_starts[each.range.start.line]
        inside = [inner.name for inner in each.children or ()]
        found[view.at(offset).index].append(f"{each.name} {inside}")
    return found


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_the_other_blocks_stand(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    whole = from_text(path.read_text("utf-8")).text
    chance = random.Random(name)
    project, broken = Project(str(ROOT)), Project(str(ROOT))
    project.open(name, whole)
    before = project.view(name)
    for _ in range(3):
        text, place = half_written(whole, chance)
        broken.open(name, text)
        after = broken.view(name)
        hurt = before.at(place).index
        shown = [each for names in outline(after).values() for each in names]
        for index, names in outline(before).items():
            assert index == hurt or set(names) <= set(shown), place
        for symbol, found in before.symbols.items():
            if found.placed.index != hurt:
                assert told(broken, name, symbol) == told(project, name, symbol), place


def told(project: Project, path: str, symbol: str) -> str:
    """Return the first line of what is told where a name is declared."""
    found = hover(project, path, project.view(path).symbols[symbol].start)
    assert found is not None
    return found[0].partition("\n")[0]


@pytest.mark.parametrize("path", MAIN[::2], ids=lambda path: path.stem)
def test_mistakes_in_other_blocks_are_still_told(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    whole = from_text(path.read_text("utf-8")).text
    text, place = half_written(whole, random.Random(name))
    found = Checker(str(ROOT)).check({name: text + WRONG}, [name]).found[name]
    assert any(each.span.start > len(text) and "3MB" in source(each, text) for each in found), place


def source(found: Diagnostic, text: str) -> str:
    return (text + WRONG)[found.span.start : found.span.end]
