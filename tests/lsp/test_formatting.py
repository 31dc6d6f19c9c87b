"""Formatting in an editor gives what `planc fmt` gives, in as few changes as it takes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.plans import plan_texts

pytest.importorskip("pygls", reason="pip install -e '.[lsp]'")

from planc.format import NotFormatted, format_source
from planc.lsp.formatting import changes
from planc.lsp.project import Project
from planc.source.load import from_text

ROOT = Path(__file__).parents[2]
PLANS = sorted((ROOT / "plans").rglob("*.plan"))
MESS = ("", "", " # x", "  # longer", "\n# z", "\n\n", "\n   # w\n\n\n")


def formatted(text: str, within: tuple[int, int] | None = None) -> str:
    project = Project("/nowhere")
    project.open("a.plan", text)
    view = project.view("a.plan")
    result = view.source.text
    for start, end, new in [*changes(view, within)][::-1]:
        result = result[:start] + new + result[end:]
    return result


def wanted(text: str) -> str:
    try:
        return format_source(text)
    except NotFormatted:
        return from_text(text).text


def messed(text: str, data: st.DataObject) -> str:
    lines = text.split("\n")
    for number in data.draw(st.lists(st.integers(0, len(lines) - 1), max_size=6)):
        lines[number] = data.draw(st.sampled_from(["", " "])) + lines[number]
        lines[number] += data.draw(st.sampled_from(MESS))
    return "\n".join(lines)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(plan_texts(), st.data())
def test_pieces_together_are_the_whole(text: str, data: st.DataObject) -> None:
    text = messed(text, data)
    assert formatted(text) == wanted(text)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(PLANS), st.data())
def test_plans_piece_by_piece(path: Path, data: st.DataObject) -> None:
    text = messed(path.read_text("utf-8"), data)
    assert formatted(text) == wanted(text)


def test_only_what_differs_is_changed() -> None:
    text = 'plan "x"\n\nlet a=1\n\ncluster c {\n  nodes 3 of raft\n}\n\nlet b = 2\nlet c  = 3\n'
    project = Project("/nowhere")
    project.open("a.plan", text)
    view = project.view("a.plan")
    assert [(text[start:end], new) for start, end, new in changes(view)] == [
        ("let a=1\n", "let a = 1\n"),
        ("let c  = 3\n", "let c = 3\n"),
    ]
    here = text.index("let b"), text.index("let b") + 5
    assert [*changes(view, here)] == []


@pytest.mark.parametrize("text", ["", "let a = = 1", 'plan "x"\nplan "y"\nlet a=1', "let a=1\n"])
def test_what_cannot_be_read_is_left_alone(text: str) -> None:
    assert formatted(text) == text
