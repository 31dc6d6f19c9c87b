"""How long the language server takes to answer, over its real pipe, on a plan of 2,000 lines.

    python tests/benchmarks/lsp.py

Each round types one character somewhere, then asks everything an editor asks after a keystroke; the
first answer pays for reading the piece again.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

ROUNDS = 40
LINES = 2000
ROOT = Path(__file__).parents[2]


def long_plan() -> str:
    """Return a plan of many scenarios, made of a real one."""
    text = (ROOT / "plans/consensus/losses.plan").read_text("utf-8")
    cut = text.index('\nscenario "')
    head, scenarios = text[:cut], text[cut:]
    number = 0
    while head.count("\n") < LINES:
        head += scenarios.replace('scenario "', f'scenario "{number} ')
        number += 1
    return head


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "planc.yaml").write_text("backend: sim\n")
        (root / "plans" / "systems").mkdir(parents=True)
        library = (ROOT / "plans/consensus/systems/raft.plan").read_text("utf-8")
        (root / "plans" / "systems" / "raft.plan").write_text(library)
        client = LanguageClient("benchmark", "1")
        client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda params: None)
        await client.start_io(sys.executable, "-m", "planc", "lsp")
        await client.initialize_async(
            lsp.InitializeParams(capabilities=lsp.ClientCapabilities(), root_uri=root.as_uri())
        )
        client.initialized(lsp.InitializedParams())
        show(await measure(client, (root / "plans" / "long.plan").as_uri()))
        await client.shutdown_async(None)
        client.exit(None)


async def measure(client: LanguageClient, uri: str) -> dict[str, list[float]]:
    text, chance = long_plan(), random.Random(7)
    client.text_document_did_open(
        lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(uri, "plan", 1, text))
    )
    document = lsp.TextDocumentIdentifier(uri)
    lines = text.split("\n")
    runs = [number for number, line in enumerate(lines) if "crash leader" in line]
    taken: dict[str, list[float]] = {}
    for version in range(2, ROUNDS + 2):
        line = chance.choice(runs)
        at = lsp.Position(line, len(lines[line]))
        change = lsp.TextDocumentContentChangePartial(lsp.Range(at, at), " ")
        client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(
                lsp.VersionedTextDocumentIdentifier(version, uri), [change]
            )
        )
        lines[line] += " "
        questions = asked(client, document, lsp.Position(line, lines[line].index("leader") + 2))
        order = list(questions)
        chance.shuffle(order)
        for name in order:
            start = time.perf_counter()
            await questions[name]()
            taken.setdefault(name, []).append(1000 * (time.perf_counter() - start))
        await asyncio.sleep(chance.uniform(0, 0.3))
    return taken


def asked(
    client: LanguageClient, document: lsp.TextDocumentIdentifier, at: lsp.Position
) -> dict[str, Callable[[], Awaitable[Any]]]:
    window = lsp.Range(lsp.Position(max(at.line - 30, 0), 0), lsp.Position(at.line + 30, 0))
    context = lsp.ReferenceContext(True)
    return {
        "completion": lambda: client.text_document_completion_async(
            lsp.CompletionParams(document, at)),
        "hover": lambda: client.text_document_hover_async(lsp.HoverParams(document, at)),
        "definition": lambda: client.text_document_definition_async(
            lsp.DefinitionParams(document, at)),
        "references": lambda: client.text_document_references_async(
            lsp.ReferenceParams(context, document, at)),
        "highlights": lambda: client.text_document_document_highlight_async(
            lsp.DocumentHighlightParams(document, at)),
        "outline": lambda: client.text_document_document_symbol_async(
            lsp.DocumentSymbolParams(document)),
        "folding": lambda: client.text_document_folding_range_async(
            lsp.FoldingRangeParams(document)),
        "semantic tokens, a window": lambda: client.text_document_semantic_tokens_range_async(
            lsp.SemanticTokensRangeParams(document, window)),
        "semantic tokens, all": lambda: client.text_document_semantic_tokens_full_async(
            lsp.SemanticTokensParams(document)),
        "inlay hints, a window": lambda: client.text_document_inlay_hint_async(
            lsp.InlayHintParams(document, window)),
        "formatting": lambda: client.text_document_formatting_async(
            lsp.DocumentFormattingParams(document, lsp.FormattingOptions(2, True))),
    }  # fmt: skip


def show(taken: dict[str, list[float]]) -> None:
    print("| question | median ms | p95 ms |\n| --- | ---: | ---: |")
    every = [each for values in taken.values() for each in values]
    for name, values in [*taken.items(), ("all of them", every)]:
        p95 = statistics.quantiles(values, n=20)[-1]
        print(f"| {name} | {statistics.median(values):.1f} | {p95:.1f} |")


if __name__ == "__main__":
    asyncio.run(main())
