"""What an editor asks at every keystroke: colours that have changed, lines that are done."""

from __future__ import annotations

import pytest
from lsprotocol import types as lsp

from lsp.conftest import PLAN, Editor, File
from planc.format import format_source

pytestmark = pytest.mark.asyncio
TIDY = format_source(PLAN)


async def everything(file: File) -> lsp.SemanticTokens:
    found = await file.client.text_document_semantic_tokens_full_async(
        lsp.SemanticTokensParams(file.id)
    )
    assert found is not None
    return found


async def since(file: File, former: str) -> lsp.SemanticTokens | lsp.SemanticTokensDelta:
    found = await file.client.text_document_semantic_tokens_full_delta_async(
        lsp.SemanticTokensDeltaParams(text_document=file.id, previous_result_id=former)
    )
    assert found is not None
    return found


def edited(data: list[int], delta: lsp.SemanticTokensDelta) -> list[int]:
    result = list(data)
    for edit in delta.edits:
        result[edit.start : edit.start + edit.delete_count] = edit.data or []
    return result


async def test_what_has_changed_leads_to_the_same_colours(editor: Editor) -> None:
    file = editor.open(PLAN)
    last = await everything(file)
    for old, new in (
        ("crash leader(store) for 5s", "pause leader(store) for 5s\n    at 6s       heal"),
        ("let patience", "# a comment\n\nlet patience"),
        ("  expect reply.status == 200\n", ""),
        ("load for 20s", "load for 20s"),
    ):
        file.change(PLAN.replace(old, new))

        delta = await since(file, last.result_id or "")

        assert isinstance(delta, lsp.SemanticTokensDelta)
        now = await everything(file)
        assert edited(list(last.data), delta) == list(now.data)
        assert sum(len(each.data or ()) for each in delta.edits) < len(now.data)
        last = now
    # Of anything but what was told last there are no changes to be told.
    found = await since(file, f"{last.result_id}0")
    assert isinstance(found, lsp.SemanticTokens)
    assert found.data == last.data


async def typed(file: File, at: lsp.Position, sign: str) -> str:
    """Return the text as it is after a sign was typed before `at`."""
    found = await file.client.text_document_on_type_formatting_async(
        lsp.DocumentOnTypeFormattingParams(
            file.id, at, sign, lsp.FormattingOptions(tab_size=2, insert_spaces=True)
        )
    )
    lines = file.text.splitlines(keepends=True)
    starts = [sum(map(len, lines[:number])) for number in range(len(lines) + 1)]
    text = file.text
    for edit in sorted(found or (), key=lambda e: -e.range.start.line):
        start = starts[edit.range.start.line] + edit.range.start.character
        end = starts[edit.range.end.line] + edit.range.end.character
        text = text[:start] + edit.new_text + text[end:]
    return text


async def test_the_line_above_a_new_one_is_formatted(editor: Editor) -> None:
    odd = TIDY.replace("let patience", "let   patience")
    file = editor.open(odd.replace("expect reply.status == 200", "expect  reply.status==200\n  "))
    line = file.at("expect  reply").line

    text = await typed(file, lsp.Position(line + 1, 2), "\n")

    assert text == odd.replace("reply.status == 200", "reply.status == 200\n  ")


async def test_a_block_is_formatted_when_it_is_closed(editor: Editor) -> None:
    file = editor.open(TIDY.replace("    at 5s        crash", "  at 5s crash"))
    assert file.text != TIDY
    words = "trouble(store)\n  }"

    assert await typed(file, file.at(words, len(words)), "}") == TIDY


async def test_what_cannot_be_read_is_left_alone(editor: Editor) -> None:
    odd = TIDY.replace("expect reply.status == 200", "expect  reply.status==\n  ")
    file = editor.open(odd)
    line = file.at("expect  reply").line

    assert await typed(file, lsp.Position(line + 1, 2), "\n") == odd
