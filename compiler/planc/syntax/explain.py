"""A syntax error in words."""

from __future__ import annotations

from planc.diagnostics.diagnostic import Diagnostic
from planc.source.file import SourceFile
from planc.syntax.machine import Machine


def explain(source: SourceFile, machine: Machine, kind: str) -> Diagnostic:
    lexer = machine.lexer
    expected = [name for name in machine.row if name.isupper() and machine.accepts(name)]
    return Diagnostic(
        "PLC0101",
        f"unexpected {kind} {lexer.value!r}, expected {' '.join(sorted(expected))}",
        source.span(lexer.start, lexer.end),
    )
