"""From a source file to its tree, with every mistake in it reported."""

from __future__ import annotations

from typing import cast

from planc.diagnostics.diagnostic import Diagnostic
from planc.source.file import SourceFile
from planc.syntax.build_declarations import Declarations
from planc.syntax.explain import explain
from planc.syntax.file_order import check_order
from planc.syntax.lexer import Lexer
from planc.syntax.machine import Machine
from planc.syntax.nodes import Expr, File, Header
from planc.syntax.recovery import Recovery


def parse(source: SourceFile) -> tuple[File, list[Diagnostic]]:
    """Parse a plan or a library.

    The tree is whole wherever the text is: what could not be read is a `Broken` node and has at least
    one diagnostic. Never raises for anything a file may hold.
    """
    found = [
        Diagnostic(
            problem.code,
            problem.message,
            source.span(problem.start, problem.end),
            label=problem.label,
            help=problem.help,
        )
        for problem in source.problems
    ]
    if any(problem.fatal for problem in source.problems):
        return File(source.span(0, 0), None, ()), found
    return _Parse(source, found).file(), found


class _Parse:
    def __init__(self, source: SourceFile, found: list[Diagnostic]) -> None:
        self.source = source
        self.found = found
        self.builder = TreeBuilder(source, found)
        self.recovery = Recovery(self.builder.span)

    def file(self) -> File:
        lexer = Lexer(self.source, 0, len(self.source.text))
        items = Machine(lexer, self.builder, "file").run(self.on_error)
        check_order(items, self.builder)
        span = self.source.span(0, len(self.source.text))
        header = next((item for item in items if isinstance(item, Header)), None)
        declarations = tuple(item for item in items if not isinstance(item, Header))
        return File(span, header, declarations, tuple(lexer.comments))

    def on_error(self, machine: Machine, kind: str) -> str:
        machine.lexer.undo_bracket()
        machine.settle()
        self.found.append(explain(self.source, machine, kind))
        return self.recovery.resume(machine, kind)


class TreeBuilder(Declarations):
    """The builder of the nodes; interpolations are parsed by machines of their own."""

    def parse_hole(self, start: int, end: int) -> Expr | None:
        lexer = Lexer(self.source, start, end, inside_text=True)
        try:
            return cast(Expr, Machine(lexer, self, "interpolation").run(self._wrong_hole))
        except _WrongHole as wrong:
            self.found.append(wrong.diagnostic)
            return None

    def _wrong_hole(self, machine: Machine, kind: str) -> str:
        raise _WrongHole(explain(self.source, machine, kind))


class _WrongHole(Exception):
    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
