"""What is wrong with the open files: the compiler's own answer, from a process of its own.

A check works on a picture of the buffers; the server answers requests meanwhile, and need not share
its interpreter. Trees of files that have not changed are kept from one check to the next.

    python -m planc.lsp.checking

reads requests from standard input until that ends, and writes what it found: pickled, each after
its length. Both sides are this very module, in the same version.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import IO

from planc.analysis import Analyzer
from planc.analysis import Project as Analysed
from planc.diagnostics import Diagnostic, Diagnostics
from planc.lsp.linting import lint
from planc.source import SourceFile, load
from planc.source.load import from_text
from planc.syntax import parse
from planc.syntax.nodes import File

Parsed = tuple[SourceFile, File, list[Diagnostic]]
LENGTH = struct.Struct("!Q")
"""Stands before each message between the server and its checker."""


@dataclass(frozen=True)
class Findings:
    """What a check found, by file, with the texts of the files in which it found something."""

    found: Mapping[str, list[Diagnostic]]
    sources: Mapping[str, SourceFile]


@dataclass
class Checker:
    """The checks of one project, one at a time."""

    root: str
    _kept: dict[str, Parsed] = field(default_factory=dict)

    def check(self, texts: Mapping[str, str], paths: Iterable[str]) -> Findings:
        """Analyse some files with all they use; `texts` are those that are open."""
        now: dict[str, Parsed] = {}

        def read(path: str) -> tuple[File, list[Diagnostic]]:
            now[path] = self._parsed(path, texts.get(path))
            return now[path][1], list(now[path][2])

        project = Analysed(Path(self.root), read)
        analyzer = Analyzer(project)
        plans = {path: analyzer.plan(path) for path in sorted(paths)}
        found: dict[str, list[Diagnostic]] = {path: [] for path in now}
        linted = lint(analyzer, plans, {path: each[0] for path, each in now.items()})
        for each in Diagnostics([*project.problems.all(), *linted]):
            found.setdefault(each.span.path, []).append(each)
        self._kept = now
        sources = {path: each[0] for path, each in now.items() if found[path]}
        return Findings(found, sources)

    def _parsed(self, path: str, text: str | None) -> Parsed:
        root = Path(self.root)
        source = from_text(text, path) if text is not None else load(root / path, root)
        kept = self._kept.get(path)
        if kept and kept[0].text == source.text and kept[0].problems == source.problems:
            return kept
        return (source, *parse(source))


@dataclass(frozen=True)
class Request:
    """A check that is asked for; see `Checker.check`."""

    root: str
    texts: Mapping[str, str]
    paths: tuple[str, ...]


def serve() -> None:
    """Answer requests until their pipe is closed, which the server's end at the latest does."""
    waiting: SimpleQueue[Request] = SimpleQueue()
    Thread(target=_read, args=(sys.stdin.buffer, waiting), daemon=True).start()
    answers = os.fdopen(os.dup(1), "wb")
    # What a library prints must not come between the answers.
    os.dup2(2, 1)
    # The keyboard of a terminal is the server's; this process ends with its pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    checkers: dict[str, Checker] = {}
    while True:
        request = waiting.get()
        checker = checkers.setdefault(request.root, Checker(request.root))
        answer: Findings | Exception
        try:
            answer = checker.check(request.texts, request.paths)
        except Exception as error:
            answer = error
        body = pickle.dumps(answer)
        answers.write(LENGTH.pack(len(body)) + body)
        answers.flush()


def _read(requests: IO[bytes], waiting: SimpleQueue[Request]) -> None:
    """Pass requests on, and end this process with their pipe, whatever a check is stuck in."""
    while header := requests.read(LENGTH.size):
        waiting.put(pickle.loads(requests.read(*LENGTH.unpack(header))))
    os._exit(0)


if __name__ == "__main__":
    # Under its real name, by which what it pickles is found.
    from planc.lsp import checking

    checking.serve()
