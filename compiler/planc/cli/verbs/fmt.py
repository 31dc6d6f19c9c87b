"""`planc fmt`: put plans into the one style there is."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from planc.cli import CLEAN, FINDINGS
from planc.cli.console import colored
from planc.cli.errors import UsageError
from planc.cli.parser import Parser
from planc.cli.project import Project
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
    parser.output_format()
    options = parser.read(arguments)
    if "-" in options.paths:
        if options.paths != ["-"]:
            raise UsageError("`-` stands alone", "planc fmt - < in.plan > out.plan")
        return _standard_input(options.output_format)
    return _Formatting(Project.of(options.paths), options.check, options.diff).run(
        options.paths, options.output_format
    )


def _standard_input(output_format: str) -> int:
    """Format what comes in; nothing comes out when it can't be read as a plan."""
    source = decode(sys.stdin.buffer.read(), STANDARD_INPUT)
    try:
        sys.stdout.write(format_file(source))
    except NotFormatted as error:
        found = Diagnostics(error.diagnostics)
        text = render(found, {source.path: source}, output_format, color=colored(sys.stderr))
        print(text, end="", file=sys.stderr)
        return FINDINGS
    return CLEAN


class _Formatting:
    """One run over many files: all of them are looked at, whatever is wrong with some."""

    def __init__(self, project: Project, check: bool, diff: bool) -> None:
        self.project = project
        self.check = check
        self.diff = diff
        self.changed = 0
        self.found: list[Diagnostic] = []
        self.sources: dict[str, SourceFile] = {}

    def run(self, paths: Sequence[str], output_format: str) -> int:
        files = self.project.files(paths)
        for path in files:
            self.format(path)
        found = Diagnostics(self.found)
        print(render(found, self.sources, output_format, color=colored(sys.stdout)), end="")
        if not self.diff and output_format in ("full", "concise"):
            self._tell(len(files))
        dry = self.check or self.diff
        return FINDINGS if self.found or (dry and self.changed) else CLEAN

    def format(self, path: Path) -> None:
        source = load(path, self.project.root)
        self.sources[source.path] = source
        try:
            text = format_file(source)
        except NotFormatted as error:
            self.found += error.diagnostics
            return
        before = path.read_bytes()
        if text.encode() == before:
            return
        self.changed += 1
        if self.diff:
            _show_diff(source.path, before.decode("utf-8-sig"), text)
        elif self.check:
            print(f"would format {source.path}")
        else:
            _replace(path, text)
            print(f"formatted {source.path}")

    def _tell(self, files: int) -> None:
        changed = "would change" if self.check else "changed"
        print(f"{files} file{'' if files == 1 else 's'}, {self.changed} {changed}")


def _show_diff(name: str, before: str, after: str) -> None:
    import difflib

    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    for line in difflib.unified_diff(old, new, f"a/{name}", f"b/{name}"):
        print(line, end="" if line.endswith("\n") else "\n\\ no newline at the end\n")


def _replace(path: Path, text: str) -> None:
    """Write the whole file or leave it as it is; permissions stay."""
    target = Path(os.path.realpath(path))
    scratch = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        scratch.write_text(text, encoding="utf-8", newline="\n")
        os.chmod(scratch, target.stat().st_mode & 0o7777)
        os.replace(scratch, target)
    except OSError as error:
        raise UsageError(f"cannot write `{path}`: {error.strerror}") from error
    finally:
        scratch.unlink(missing_ok=True)
