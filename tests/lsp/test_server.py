"""Every question an editor asks, answered by the server itself."""

from __future__ import annotations

import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from lsp.conftest import LIBRARY, PLAN, Editor

pytestmark = pytest.mark.asyncio


async def test_diagnostics_follow_what_is_typed(editor: Editor) -> None:
    file = editor.open(PLAN.replace("client  kv", "client  kw"))
    assert any(code.startswith("PLC02") for code in await file.codes())
    file.change(PLAN)
    assert not any(code.startswith("PLC") for code in await file.codes())


async def test_a_half_written_line_does_not_silence_the_rest(editor: Editor) -> None:
    file = editor.open(PLAN.replace("wait 3s", "wait").replace("keys    5", "keys    5s"))
    codes = await file.codes()
    assert any(code.startswith("PLC01") for code in codes)
    assert any(code.startswith("PLC03") for code in codes)


async def test_hover_tells_values_and_documentation(editor: Editor) -> None:
    file = editor.open(PLAN)

    async def hover(words: str, skip: int = 1) -> str:
        parameters = lsp.HoverParams(file.id, file.at(words, skip))
        found = await file.client.text_document_hover_async(parameters)
        assert found is not None
        assert isinstance(found.contents, lsp.MarkupContent)
        return found.contents.value

    assert "= 2.5s (duration)" in await hover("patience")
    assert "One node of the store." in await hover("store_node")
    assert "n1, n2, n3" in await hover("store {")
    assert "crash T" in await hover("crash leader")


async def test_definition_references_and_rename_cross_files(editor: Editor) -> None:
    file = editor.open(PLAN)
    here = file.at("kv\n", 1)
    found = await file.client.text_document_definition_async(lsp.DefinitionParams(file.id, here))
    assert isinstance(found, list | tuple)
    assert found[0].uri.endswith("systems/kv.plan")  # type: ignore[union-attr]
    context = lsp.ReferenceContext(include_declaration=True)
    said = await file.client.text_document_references_async(
        lsp.ReferenceParams(context, file.id, here)
    )
    assert {each.uri.rpartition("/")[2] for each in said or ()} == {"a.plan", "kv.plan"}
    edit = await file.client.text_document_rename_async(lsp.RenameParams(file.id, here, "api"))
    assert edit is not None
    assert len(edit.changes or {}) == 2


@pytest.mark.parametrize("name", ["store", "not a name", "kv"])
async def test_rename_is_refused_where_meaning_would_change(editor: Editor, name: str) -> None:
    file = editor.open(PLAN)
    parameters = lsp.RenameParams(file.id, file.at("load on", 1), name)
    with pytest.raises(JsonRpcException):
        await file.client.text_document_rename_async(parameters)


async def test_completion_by_what_the_parser_accepts(editor: Editor) -> None:
    file = editor.open(PLAN)
    assert await file.labels("kv\n", 0) == ["kv"]
    assert {"read", "put_it"} == set(await file.labels("read 50%"))
    assert "heartbeat" in await file.labels("heartbeat = 20ms")
    assert "crash T" in await file.labels("crash leader")
    assert "store" in await file.labels("store) for")
    assert "5ms" in await file.labels("5s       crash", 1)
    assert "status" in await file.labels("status == 200")
    assert not await file.labels("counts as two")


async def test_the_unsaved_library_counts(editor: Editor) -> None:
    editor.open(LIBRARY.replace("client kv", "client kx"), "plans/systems/kv.plan")
    file = editor.open(PLAN)
    assert await file.labels("kv\n", 0) == ["kx"]


async def test_hints_say_when(editor: Editor) -> None:
    file = editor.open(PLAN)
    whole = lsp.Range(lsp.Position(0, 0), lsp.Position(99, 0))
    found = await file.client.text_document_inlay_hint_async(lsp.InlayHintParams(file.id, whole))
    labels = {each.position.line: each.label for each in found or ()}
    assert labels[file.at("at 5s").line] == "8s–13s"
    assert labels[file.at("at patience").line] == "5.5s–6.5s"


async def test_reading_aids(editor: Editor) -> None:
    file = editor.open(PLAN)
    client = file.client
    symbols = await client.text_document_document_symbol_async(lsp.DocumentSymbolParams(file.id))
    assert [each.name for each in symbols or () if each.detail not in ("plan", None)] == [
        "patience", "store", "load", "trouble", "nothing is lost"]  # fmt: skip
    folds = await client.text_document_folding_range_async(lsp.FoldingRangeParams(file.id))
    assert file.at("cluster store").line in {each.start_line for each in folds or ()}
    tokens = await client.text_document_semantic_tokens_full_async(
        lsp.SemanticTokensParams(file.id)
    )
    assert tokens is not None
    assert tokens.data[:3] == (0, 0, 4) or list(tokens.data[:3]) == [0, 0, 4]
    found = await client.workspace_symbol_async(lsp.WorkspaceSymbolParams("nothlost"))
    assert [each.name for each in found or ()] == ["nothing is lost"]


async def test_formatting_and_fixes(editor: Editor) -> None:
    file = editor.open(PLAN.replace("wait 3s", "wait    3s").replace("crash any", "crush any"))
    assert await file.codes()
    whole = lsp.Range(lsp.Position(0, 0), lsp.Position(99, 0))
    context = lsp.CodeActionContext([])
    actions = await file.client.text_document_code_action_async(
        lsp.CodeActionParams(file.id, whole, context)
    )
    assert any("crash" in each.title for each in actions or ())
    file.change(PLAN.replace("wait 3s", "wait    3s"))
    options = lsp.FormattingOptions(2, True)
    edits = await file.client.text_document_formatting_async(
        lsp.DocumentFormattingParams(file.id, options)
    )
    assert edits


@pytest.mark.parametrize("text", ["", "\0\1binary", 'plan "x"\n' * 300, "}" * 500, "a" * 3_000_000])
async def test_odd_files_do_not_end_the_session(editor: Editor, text: str) -> None:
    odd = editor.open(text, "plans/odd.plan")
    await file_is_answered(editor, odd.id)
    file = editor.open(PLAN)
    assert await file.labels("kv\n", 0) == ["kv"]


async def file_is_answered(editor: Editor, document: lsp.TextDocumentIdentifier) -> None:
    place = lsp.Position(10_000, 10_000)
    await editor.client.text_document_hover_async(lsp.HoverParams(document, place))
    await editor.client.text_document_completion_async(lsp.CompletionParams(document, place))
