"""From a source file to its tree, with every mistake in it reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from planc.diagnostics.diagnostic import Diagnostic
from planc.source.file import SourceFile
from planc.syntax.build_declarations import Declarations
from planc.syntax.file_order import check_order
from planc.syntax.lexer import Lexer, TooDeep
from planc.syntax.machine import Machine
from planc.syntax.nodes import Declaration, Expr, File, Header, Node

if TYPE_CHECKING:
    from planc.syntax.recovery import Recovery

MOST_ERRORS = 100
"""Syntax errors of one file; more would not be read."""


def parse(source: SourceFile, lexer: Lexer | None = None) -> tuple[File, list[Diagnostic]]:
    """Parse a plan or a library.

    The tree is whole wherever the text is: what could not be read is a `Broken` node and has at
    least one diagnostic. Never raises for anything a file may hold. A `lexer` of one's own, of the
    whole file, sees all words go by.
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
    lexer = lexer or Lexer(source, 0, len(source.text))
    return _Parse(source, found).file(lexer), found


class _Parse:
    def __init__(self, source: SourceFile, found: list[Diagnostic]) -> None:
        self.source = source
        self.found = found
        self.builder = TreeBuilder(source, found)
        self.recovery: Recovery | None = None
        self.errors = 0

    def file(self, lexer: Lexer) -> File:
        items: list[Node] = []
        try:
            items = Machine(lexer, self.builder, "file").run(self.on_error)
            check_order(items, self.builder)
        except TooDeep as deep:
            self.too_deep(deep.position)
        except _TooManyErrors as last:
            self.builder.report(
                "PLC0154",
                self.builder.span(last.position, last.position),
                f"more than {MOST_ERRORS} syntax errors: the rest of the file is not read",
                label="stopped here",
                help="mend the first ones, or name another file",
            )
        if lexer.long or self.builder.long_texts:
            from planc.syntax.depth import check_depth

            items = check_depth(items, self.builder)
        span = self.source.span(0, len(self.source.text))
        header = next((item for item in items if isinstance(item, Header)), None)
        rest = tuple(item for item in items if not isinstance(item, Header))
        return File(span, header, cast(tuple[Declaration, ...], rest), tuple(lexer.comments))

    def on_error(self, machine: Machine, kind: str) -> str:
        self.errors += 1
        if self.errors > MOST_ERRORS:
            raise _TooManyErrors(machine.lexer.start)
        machine.lexer.undo_bracket()
        machine.settle()
        self.found.append(_explained(self.source, machine, kind))
        if self.recovery is None:
            from planc.syntax.recovery import Recovery

            self.recovery = Recovery(self.builder.span)
        return self.recovery.resume(machine, kind)

    def too_deep(self, position: int) -> None:
        self.builder.report(
            "PLC0152",
            self.builder.span(position, position + 1),
            "blocks or parentheses are nested too deeply; the rest of the file is not read",
            label="too deep",
            help="take parts out into a `fault` or a `let`",
        )


def _explained(source: SourceFile, machine: Machine, kind: str) -> Diagnostic:
    """Say what is wrong; the table of mistakes is read when the first one is made."""
    from planc.syntax.explain import explain

    return explain(source, machine, kind)


class _TooManyErrors(Exception):
    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


class TreeBuilder(Declarations):
    """The builder of the nodes; interpolations are parsed by machines of their own."""

    def __init__(self, source: SourceFile, found: list[Diagnostic]) -> None:
        super().__init__(source, found)
        self.long_texts = False

    def parse_hole(self, start: int, end: int) -> Expr | None:
        lexer = Lexer(self.source, start, end, inside_text=True)
        self.long_texts |= end - start > 150
        try:
            return cast(Expr, Machine(lexer, self, "interpolation").run(self._wrong_hole))
        except _WrongHole as wrong:
            self.found.append(wrong.diagnostic)
            return None

    def _wrong_hole(self, machine: Machine, kind: str) -> str:
        raise _WrongHole(_explained(self.source, machine, kind))


class _WrongHole(Exception):
    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
