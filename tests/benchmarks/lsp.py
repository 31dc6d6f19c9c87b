"""How long the language server takes to answer, over its real pipe, on a plan of 2,000 lines.

    python tests/benchmarks/lsp.py

Each round types one character somewhere, then asks everything an editor asks after a keystroke; the
first answer pays for reading the piece again. The table has the time until an answer is read, and
two figures that other programs on the machine change less: that time without what server and client
waited for a processor, and the processor time of the server's answering thread.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

ROUNDS = 100
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


@dataclass(frozen=True)
class Moment:
    """A reading of clocks, in milliseconds."""

    wall: float
    waited: float
    """What server and client have waited for a processor while they could have run."""
    used: float
    """Processor time of the server's main thread."""

    @classmethod
    def now(cls, server: int) -> Moment:
        used, waited = _scheduled(server)
        return cls(1000 * time.perf_counter(), waited + _scheduled(os.getpid())[1], used)

    def since(self, other: Moment) -> Moment:
        return Moment(
            self.wall - other.wall, self.waited - other.waited, self.used - other.used
        )  # fmt: skip


def _scheduled(process: int) -> tuple[float, float]:
    """Return how long a process's main thread ran, and how long it waited to run."""
    words = Path(f"/proc/{process}/task/{process}/schedstat").read_text().split()
    return int(words[0]) / 1e6, int(words[1]) / 1e6


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


async def measure(client: LanguageClient, uri: str) -> dict[str, list[Moment]]:
    assert client._server is not None
    server = client._server.pid
    text, chance = long_plan(), random.Random(7)
    client.text_document_did_open(
        lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(uri, "plan", 1, text))
    )
    document = lsp.TextDocumentIdentifier(uri)
    # What is measured is a keystroke, not the opening of a file.
    await client.text_document_folding_range_async(lsp.FoldingRangeParams(document))
    lines = text.split("\n")
    runs = [number for number, line in enumerate(lines) if "crash leader" in line]
    taken: dict[str, list[Moment]] = {}
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
            before = Moment.now(server)
            await questions[name]()
            taken.setdefault(name, []).append(Moment.now(server).since(before))
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


def show(taken: dict[str, list[Moment]]) -> None:
    print("| question | median ms | p95 ms | p95 without waiting | p95 of processor time |")
    print("| --- | ---: | ---: | ---: | ---: |")
    every = [each for values in taken.values() for each in values]
    for name, values in [*taken.items(), ("all of them", every)]:
        median = statistics.median(each.wall for each in values)
        wall = _p95([each.wall for each in values])
        alone = _p95([each.wall - each.waited for each in values])
        used = _p95([each.used for each in values])
        print(f"| {name} | {median:.1f} | {wall:.1f} | {alone:.1f} | {used:.1f} |")


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


if __name__ == "__main__":
    asyncio.run(main())
