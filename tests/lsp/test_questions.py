"""Questions whose answers are about a part of a file, as an editor asks them while it scrolls."""

from __future__ import annotations

from typing import Any

import pytest
from lsprotocol import types as lsp

from lsp.conftest import PLAN, Editor, File
from planc.format import format_source
from planc.lsp.highlighting import TYPES

pytestmark = pytest.mark.asyncio
WHOLE = lsp.Range(lsp.Position(0, 0), lsp.Position(99, 0))


def absolute(tokens: lsp.SemanticTokens | None) -> list[tuple[int, int, int, str]]:
    """Return line, column, length and type of each token."""
    assert tokens is not None
    found, line, column = [], 0, 0
    for at in range(0, len(tokens.data), 5):
        down, right, length, kind, _ = tokens.data[at : at + 5]
        line, column = line + down, right if down else column + right
        found.append((line, column, length, TYPES[kind]))
    return found


async def test_highlights_are_those_of_the_name(editor: Editor) -> None:
    file = editor.open(PLAN)
    found = await file.client.text_document_document_highlight_async(
        lsp.DocumentHighlightParams(file.id, file.at("on store", 4))
    )
    lines = [each.range.start.line for each in found or ()]
    said = [number for number, line in enumerate(PLAN.split("\n")) if "store" in line]
    others = {file.at("A store").line, file.at("store_node").line}
    assert sorted(set(lines)) == sorted(set(said) - others)
    writes = [x for x in found or () if x.kind == lsp.DocumentHighlightKind.Write]
    assert [each.range.start for each in writes] == [file.at("cluster store", 8)]


async def test_semantic_tokens_of_a_window(editor: Editor) -> None:
    file = editor.open(PLAN)
    everything = absolute(
        await file.client.text_document_semantic_tokens_full_async(
            lsp.SemanticTokensParams(file.id)
        )
    )
    window = lsp.Range(file.at("workload load"), file.at("fault trouble"))
    part = absolute(
        await file.client.text_document_semantic_tokens_range_async(
            lsp.SemanticTokensRangeParams(file.id, window)
        )
    )
    inside = [each for each in everything if window.start.line <= each[0] < window.end.line]
    assert inside != []
    assert [each for each in part if each[0] < window.end.line] == inside
    patience = file.at("at patience", 3)
    assert (patience.line, patience.character, 8, "variable") in everything
    crash = file.at("crash any")
    assert (crash.line, crash.character, 5, "keyword") in everything


async def signature(file: File, words: str, skip: int) -> tuple[str, int | None]:
    found = await file.client.text_document_signature_help_async(
        lsp.SignatureHelpParams(file.id, file.at(words, skip))
    )
    assert found is not None
    return found.signatures[0].label, found.active_parameter


async def test_signatures_of_what_is_called(editor: Editor) -> None:
    text = PLAN.replace("  expect reply", "  let a = call kv.put_it(1, 2) on n1\n  expect reply")
    file = editor.open(text)
    assert await signature(file, "trouble(store)", 8) == ("trouble(target)", 0)
    assert await signature(file, "put_it(1, 2)", 7) == ("put_it(k, v)", 0)
    assert await signature(file, "put_it(1, 2)", 10) == ("put_it(k, v)", 1)
    assert (await signature(file, "url(n1", 4))[0].startswith("url(")
    none = await file.client.text_document_signature_help_async(
        lsp.SignatureHelpParams(file.id, file.at("wait 3s", 2))
    )
    assert none is None


def applied(text: str, edits: Any) -> str:
    """Do the edits of an answer, last one first; places are in units of UTF-16."""
    lines = text.split("\n")

    def offset(place: lsp.Position) -> int:
        line = lines[place.line] if place.line < len(lines) else ""
        units = line.encode("utf-16-le")[: 2 * place.character]
        return sum(len(x) + 1 for x in lines[: place.line]) + len(units.decode("utf-16-le"))

    for each in sorted(edits or (), key=lambda e: offset(e.range.start), reverse=True):
        start, end = offset(each.range.start), offset(each.range.end)
        text = text[:start] + each.new_text + text[end:]
    return text


async def test_formatting_of_all_and_of_a_few_lines(editor: Editor) -> None:
    tidy = format_source(PLAN)
    mess = tidy.replace("nodes 3 of", "nodes   3 of").replace("wait 3s", "wait    3s")
    file = editor.open(mess)
    options = lsp.FormattingOptions(2, True)
    everything = await file.client.text_document_formatting_async(
        lsp.DocumentFormattingParams(file.id, options)
    )
    assert [each.range.start.line for each in everything or ()] == [
        file.at("nodes   3").line,
        file.at("wait    3s").line,
    ]
    assert applied(mess, everything) == tidy
    lines = lsp.Range(file.at("wait    3s"), file.at("wait    3s", 4))
    few = await file.client.text_document_range_formatting_async(
        lsp.DocumentRangeFormattingParams(file.id, lines, options)
    )
    assert applied(mess, few) == tidy.replace("nodes 3 of", "nodes   3 of")


async def test_changes_after_a_sign_of_two_units(editor: Editor) -> None:
    text = PLAN.replace("\n", "\r\n")
    file = editor.open(text)
    await file.codes()
    line = PLAN.split("\n")[0]
    end = lsp.Position(0, len(line.encode("utf-16-le")) // 2)
    after = lsp.Position(0, line.index("🦊") + 2)
    document = lsp.VersionedTextDocumentIdentifier(2, file.uri)
    file.version = 2
    file.client.text_document_did_change(
        lsp.DidChangeTextDocumentParams(
            document,
            [
                lsp.TextDocumentContentChangePartial(lsp.Range(after, end), "\r\n\r\nlet z = 1"),
                lsp.TextDocumentContentChangePartial(
                    lsp.Range(lsp.Position(2, 8), lsp.Position(2, 9)), "1 + 1ms"
                ),
            ],
        )
    )
    assert any(code.startswith("PLC03") for code in await file.codes())
    symbols = await file.client.text_document_document_symbol_async(
        lsp.DocumentSymbolParams(file.id)
    )
    places = {each.name: each.range for each in symbols or ()}
    assert places["z"] == lsp.Range(lsp.Position(2, 0), lsp.Position(2, 15))
