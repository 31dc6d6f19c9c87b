"""Collect what is wrong, all of it, in one pass over all files.

A check reports under the permanent name of its diagnostic (`unknown-name`); the code and the long
explanation are looked up in the tables of `planc.diagnostics`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from planc.diagnostics import (
    Diagnostic,
    Diagnostics,
    Edit,
    Related,
    Severity,
    all_codes,
    did_you_mean,
    nearest,
)
from planc.source.span import Span


@cache
def _numbers() -> dict[str, str]:
    return {code.name: code.code for code in all_codes().values()}


MOST = 1000


class Problems:
    """The diagnostics found so far; `report` never stops the analysis."""

    def __init__(self) -> None:
        self._found: list[Diagnostic] = []
        self.open_declarations = 0
        """How many declarations are being analysed, each because of the one before."""

    def report(
        self,
        name: str,
        span: Span,
        message: str,
        *,
        label: str = "",
        help: str = "",
        first: Span | None = None,
        fix: tuple[Edit, ...] = (),
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Add a diagnostic; `first` is where the thing was declared before."""
        related = (Related(first, "first declared here"),) if first else ()
        code = _numbers()[name]
        if self._full(span):
            return
        self._found.append(
            Diagnostic(
                code, message, span, label, help, related=related, fix=fix, severity=severity
            )
        )

    def _full(self, span: Span) -> bool:
        """Say once that there is more than anybody would read, and report nothing further."""
        if len(self._found) == MOST:
            message = f"there are more than {MOST} mistakes; the others are not shown"
            self._found.append(Diagnostic(_numbers()["too-many-errors"], message, span))
        return len(self._found) > MOST

    def unknown(
        self,
        name: str,
        span: Span,
        message: str,
        word: str,
        known: Iterable[str],
        help: str = "",
        also: Iterable[str] = (),
    ) -> None:
        """Report a word that is not among `known`, with the nearest of them and of `also`."""
        listable = list(known)
        candidates = [*listable, *also]
        meant = nearest(word, candidates)
        fix = (Edit(span, meant),) if meant and span.end - span.start == len(word) else ()
        listed = ", ".join(f"`{each}`" for each in listable[:8])
        guess = did_you_mean(word, candidates) or help or (f"there is {listed}" if listed else "")
        self.report(name, span, message, help=guess, fix=fix)

    @property
    def many(self) -> int:
        """How many were found so far."""
        return len(self._found)

    def add(self, diagnostics: Iterable[Diagnostic]) -> None:
        self._found.extend(diagnostics)

    def all(self) -> Diagnostics:
        return Diagnostics(self._found)
