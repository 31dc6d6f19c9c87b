"""A buffer is what the editor has, whatever line ends and signs there are in it."""

from __future__ import annotations

import re

import pytest

pytest.importorskip("pygls", reason="pip install -e '.[lsp]'")

from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types as lsp

from planc.lsp.buffers import Buffer
from planc.lsp.positions import Encoding, Places
from planc.lsp.project import Project
from planc.source.load import from_text

SIGNS = ["a", " ", "é", "🦊", "\n", "\r\n", "\r", "\u2028"]
TEXTS = st.lists(st.sampled_from(SIGNS), max_size=30).map("".join)
SIZES = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


def position(text: str, offset: int, encoding: str) -> lsp.Position:
    """Return a place as the protocol counts it, from its definition."""
    lines = re.split(r"\r\n|\n|\r", text[:offset])
    codec, size = SIZES[encoding]
    return lsp.Position(len(lines) - 1, len(lines[-1].encode(codec)) // size)


def places(text: str) -> list[int]:
    """Return all offsets but those between a carriage return and its line feed."""
    return [x for x in range(len(text) + 1) if text[x - 1 : x + 1] != "\r\n" or x == 0]


@given(TEXTS, st.sampled_from(sorted(SIZES)), st.data())
def test_changes_of_ranges(text: str, encoding: str, data: st.DataObject) -> None:
    project = Project("/nowhere")
    buffer = Buffer(project, "a.plan", text, 1, Encoding(encoding))
    for _ in range(data.draw(st.integers(1, 5))):
        start, end = sorted(data.draw(st.tuples(*2 * [st.sampled_from(places(text))])))
        new = data.draw(TEXTS)
        where = lsp.Range(position(text, start, encoding), position(text, end, encoding))
        buffer.change(lsp.TextDocumentContentChangePartial(where, new))
        text = text[:start] + new + text[end:]
        assert buffer.text == text


@given(TEXTS, st.sampled_from(sorted(SIZES)))
def test_places_there_and_back(text: str, encoding: str) -> None:
    source = from_text("plan " + text)
    told = Places(source, Encoding(encoding))
    for offset in range(len(source.text) + 1):
        assert told.position(offset) == position(source.text, offset, encoding)
        assert told.offset(told.position(offset)) == offset


def test_a_place_within_a_sign_is_after_it() -> None:
    buffer = Buffer(Project("/nowhere"), "a.plan", "a🦊b", 1, Encoding("utf-16"))
    inside = lsp.Position(0, 2)
    buffer.change(lsp.TextDocumentContentChangePartial(lsp.Range(inside, inside), "x"))
    assert buffer.text == "a🦊xb"
