"""Whatever of a plan has been written so far, every question has an answer."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

pytest.importorskip("pygls", reason="pip install -e '.[lsp]'")

from planc.lsp.completion import complete
from planc.lsp.hints import hints
from planc.lsp.hover import hover
from planc.lsp.positions import Encoding, Places
from planc.lsp.project import Project
from planc.lsp.signatures import signature

ROOT = Path(__file__).parents[2]
PLANS = sorted((ROOT / "plans").rglob("*.plan"))


@pytest.mark.parametrize("path", PLANS[::3], ids=lambda path: path.stem)
def test_no_prefix_is_without_an_answer(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    text = path.read_text("utf-8")
    chance = random.Random(name)
    project = Project(str(ROOT))
    for _ in range(6):
        end = chance.randrange(len(text))
        project.open(name, text[:end])
        view = project.view(name)
        places = Places(view.source, Encoding())
        for offset in (end, chance.randrange(end + 1)):
            complete(project, view, places, offset, snippets=True, markdown=True)
            hover(project, name, offset)
            signature(project, view, offset)
        list(hints(project, view, 0, end))
