"""A real client, talking over standard input and output to a real server process."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

pytest.importorskip("pytest_lsp", reason="pip install -e '.[test]'")

import pytest_lsp
from lsprotocol import types as lsp
from pytest_lsp import ClientServerConfig, LanguageClient

LIBRARY = """library "kv"

# One node of the store.
service store_node {
  python "store:main"
  ports  http 8000
  param  heartbeat = 50ms
  ready  GET "/health" on http within 5s
  status GET "/status" on http returns json
  role   leader when status.role == "leader"
}

client kv over http on port http {
  read(k)     GET "/kv/{k}" returns json.value
  put_it(k,v) PUT "/kv/{k}" json { value: v }
}
"""
PLAN = """plan "A store" # 🦊 counts as two units in UTF-16

use "systems/kv.plan"

let patience = 2s + 500ms

cluster store {
  nodes 3 of store_node
  set   heartbeat = 20ms
}

workload load on store {
  client  kv
  clients 2
  rate    10/s
  mix     read 50%, put_it 50%
  keys    5 uniform
}

fault trouble(target) {
  crash any 1 of target for 1s
}

scenario "nothing is lost" {
  covers con-loss
  wait 3s
  run load for 20s {
    at 5s       crash leader(store) for 5s
    at patience trouble(store)
  }
  let reply = http GET "{url(n1, "http")}/x"
  expect reply.status == 200
}
"""


class Editor:
    """A project on disk, and a client that has its files open."""

    def __init__(self, root: Path, client: LanguageClient) -> None:
        self.root = root
        self.client = client

    def open(self, text: str, name: str = "plans/a.plan") -> File:
        file = File(self, name, text)
        item = lsp.TextDocumentItem(file.uri, "plan", 1, text)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
        return file


class File:
    def __init__(self, editor: Editor, name: str, text: str) -> None:
        self.client = editor.client
        self.text = text
        self.uri = (editor.root / name).as_uri()
        self.id = lsp.TextDocumentIdentifier(self.uri)
        self.version = 1

    def change(self, text: str) -> None:
        self.text, self.version = text, self.version + 1
        document = lsp.VersionedTextDocumentIdentifier(self.version, self.uri)
        whole = lsp.TextDocumentContentChangeWholeDocument(text)
        self.client.text_document_did_change(lsp.DidChangeTextDocumentParams(document, [whole]))

    def at(self, words: str, skip: int = 0) -> lsp.Position:
        """Return the place `skip` characters after the beginning of some words."""
        offset = self.text.index(words) + skip
        line = self.text[self.text.rfind("\n", 0, offset) + 1 : offset]
        units = len(line.encode("utf-16-le")) // 2
        return lsp.Position(self.text.count("\n", 0, offset), units)

    async def codes(self) -> list[str]:
        """Wait for what is found wrong with the present text."""
        while True:
            told = await self.client.wait_for_notification(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
            if told.uri == self.uri and told.version == self.version:
                return [str(each.code) for each in told.diagnostics]

    async def labels(self, words: str, skip: int = 0) -> list[str]:
        parameters = lsp.CompletionParams(self.id, self.at(words, skip))
        found = await self.client.text_document_completion_async(parameters)
        assert isinstance(found, lsp.CompletionList)
        return [each.label for each in found.items]


@pytest_lsp.fixture(
    config=ClientServerConfig(server_command=[sys.executable, "-m", "planc", "lsp"])
)
async def client(lsp_client: LanguageClient, tmp_path: Path) -> AsyncIterator[None]:
    (tmp_path / "planc.yaml").write_text("backend: sim\n")
    (tmp_path / "plans" / "systems").mkdir(parents=True)
    (tmp_path / "plans" / "systems" / "kv.plan").write_text(LIBRARY)
    await lsp_client.initialize_session(
        lsp.InitializeParams(capabilities=lsp.ClientCapabilities(), root_uri=tmp_path.as_uri())
    )
    yield
    await lsp_client.shutdown_session()


@pytest.fixture
def editor(client: LanguageClient, tmp_path: Path) -> Editor:
    return Editor(tmp_path, client)
