"""`planc fmt`: put plans into the one style there is."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import TextIO

from planc.cli import CLEAN, FINDINGS
from planc.cli.console import colored
from planc.cli.errors import UsageError
from planc.cli.parser import FOR_PEOPLE, Parser
from planc.cli.project import Project
from planc.cli.rewriting import rewrite
from planc.diagnostics import Diagnostic, Diagnostics
from planc.diagnostics.render import render
from planc.format import NotFormatted, format_file
from planc.source import SourceFile, load
from planc.source.load import decode

STANDARD_INPUT = "<stdin>"


def main(arguments: Sequence[str]) -> int:
    parser = Parser("fmt", "Put plans into the one style there is.")
    parser.paths("plan files or folders, or - for standard input; the default is plans/")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 when unformatted"
    )
    parser.add_argument("--diff", action="store_true", help="show what would change; write nothing")
    parser.add_argument(
        "--stdin-filename", metavar="NAME", help="what messages about standard input call it"
    )
    parser.output_format()
    options = parser.read(arguments)
    if options.diff and options.output_format not in FOR_PEOPLE:
        raise UsageError(
            f"--diff is a format of its own, it cannot be {options.output_format}",
            f"planc fmt --check --output-format {options.output_format}",
        )
    formatting = _Formatting(options.check, options.diff, options.output_format)
    if "-" in options.paths:
        if options.paths != ["-"]:
            raise UsageError("`-` stands alone", "planc fmt - < in.plan > out.plan")
        return formatting.standard_input(options.stdin_filename or STANDARD_INPUT)
    if options.stdin_filename is not None:
        raise UsageError(
            "--stdin-filename names standard input, and `-` is missing",
            f"planc fmt - --stdin-filename {options.stdin_filename} < {options.stdin_filename}",
        )
    return formatting.files(options.paths)


class _Formatting:
    """One run over many files: all of them are looked at, whatever is wrong with some."""

    def __init__(self, check: bool, diff: bool, output_format: str) -> None:
        self.check = check
        self.diff = diff
        self.output_format = output_format
        self.for_people = output_format in FOR_PEOPLE
        self.changed = 0
        self.found: list[Diagnostic] = []
        self.sources: dict[str, SourceFile] = {}

    def files(self, paths: Sequence[str]) -> int:
        project = Project.of(paths)
        files = project.files(paths)
        for path in files:
            source = load(path, project.root)
            # What cannot be read has no bytes; the parser tells why.
            before = path.read_bytes() if path.is_file() else b""
            text = self._formatted(source, before)
            if text is not None and not (self.check or self.diff):
                rewrite(path, text)
                self._say(f"formatted {source.path}")
        self._show(sys.stdout)
        if self.for_people and not self.diff:
            changed = "would change" if self.check else "changed"
            print(f"{len(files)} file{'' if len(files) == 1 else 's'}, {self.changed} {changed}")
        return self._status

    def standard_input(self, name: str) -> int:
        """Format what comes in; nothing comes out when it can't be read as a plan."""
        before = sys.stdin.buffer.read()
        source = decode(before, name)
        text = self._formatted(source, before)
        self._show(sys.stderr if self.for_people else sys.stdout)
        if not (self.check or self.diff or self.found):
            sys.stdout.flush()
            sys.stdout.buffer.write(before if text is None else text.encode())
        return self._status

    def _formatted(self, source: SourceFile, before: bytes) -> str | None:
        """Return the text in the one style; None when nothing is to be done, or can be."""
        self.sources[source.path] = source
        try:
            text = format_file(source)
        except NotFormatted as error:
            self.found += error.diagnostics
            return None
        if text.encode() == before:
            return None
        self.changed += 1
        if self.diff:
            _show_diff(source.path, before.decode("utf-8-sig"), text)
        elif self.check and self.for_people:
            print(f"would format {source.path}")
        elif self.check:
            self.found.append(_unformatted(source, text))
        return text

    def _say(self, line: str) -> None:
        if self.for_people:
            print(line)

    def _show(self, file: TextIO) -> None:
        found = Diagnostics(self.found)
        text = render(found, self.sources, self.output_format, color=colored(file))
        print(text, end="", file=file)

    @property
    def _status(self) -> int:
        dry = self.check or self.diff
        return FINDINGS if self.found or (dry and self.changed) else CLEAN


def _unformatted(source: SourceFile, text: str) -> Diagnostic:
    """Point at the first line that would change."""
    start = 0
    for line, wanted in _lines(source.text, text):
        if line != wanted:
            break
        start += len(line or "")
    start = min(start, len(source.text))
    end = source.text.find("\n", start)
    span = source.span(start, len(source.text) if end < 0 else end)
    return Diagnostic(
        "PLC0008",
        f"`{source.path}` is not formatted",
        span,
        help=f"run `planc fmt {source.path}`",
    )


def _lines(before: str, after: str) -> Iterator[tuple[str | None, str | None]]:
    return zip_longest(before.splitlines(keepends=True), after.splitlines(keepends=True))


def _show_diff(name: str, before: str, after: str) -> None:
    import difflib

    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    for line in difflib.unified_diff(old, new, f"a/{name}", f"b/{name}"):
        print(line, end="" if line.endswith("\n") else "\n\\ No newline at end of file\n")
