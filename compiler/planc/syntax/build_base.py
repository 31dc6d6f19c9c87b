"""What all parts of the tree builder share: spans, diagnostics, options of a statement."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Any

from planc.diagnostics.diagnostic import Diagnostic, Edit, Related
from planc.diagnostics.nearest import did_you_mean, nearest
from planc.source.file import SourceFile
from planc.source.span import Span
from planc.syntax.nodes import Expr, Name, Node, Text

Children = list[Any]
"""What the grammar keeps of a rule: nodes, words as `str`, and None for absent optional parts."""


class BuilderBase:
    def __init__(self, source: SourceFile, found: list[Diagnostic]) -> None:
        self.source = source
        self.found = found
        self._path = source.path
        self._line_starts = source.line_starts

    def method(self, name: str) -> Callable[[Span, Children], Any]:
        """Return what builds the rule or alias `name` of the grammar."""
        found: Callable[[Span, Children], Any] = getattr(self, name)
        return found

    def span(self, start: int, end: int) -> Span:
        starts = self._line_starts
        line, end_line = bisect_right(starts, start), bisect_right(starts, end)
        return _new_span(
            Span,
            (
                self._path,
                start,
                end,
                line,
                start - starts[line - 1] + 1,
                end_line,
                end - starts[end_line - 1] + 1,
            ),
        )

    def report(
        self,
        code: str,
        span: Span,
        message: str,
        *,
        label: str = "",
        help: str = "",
        related: Iterable[Related] = (),
        replace: str | None = None,
    ) -> None:
        """Add an error; `replace` is the text that would mend the span."""
        fix = () if replace is None else (Edit(span, replace),)
        self.found.append(
            Diagnostic(
                code,
                message,
                span,
                label=label,
                help=help,
                related=tuple(related),
                fix=fix,
            )
        )

    def known_word(self, name: Name, words: tuple[str, ...], what: str) -> None:
        """Report a name that is not one of a closed set of words."""
        if name.id not in words:
            self.report(
                "PLC0130",
                name.span,
                f"`{name.id}` is not a {what}",
                label=f"no such {what}",
                help=did_you_mean(name.id, words) or "one of: " + ", ".join(words),
                replace=nearest(name.id, words),
            )

    def options(self, options: Iterable[Option]) -> dict[str, Any]:
        """Return options by name; headers are collected; any other twice is an error."""
        values: dict[str, Any] = {}
        headers = []
        for option in options:
            if option.name == "headers":
                headers.append(option.value)
            elif option.name in values:
                self.report(
                    "PLC0141",
                    option.span,
                    f"`{option.name}` stands twice in one statement",
                    label="the second one",
                    help="keep one of them",
                )
            else:
                values[option.name] = option.value
        if headers:
            values["headers"] = tuple(headers)
        return values


class Option:
    """A part of a statement that may stand anywhere after its first words: `for 5s`."""

    __slots__ = ("name", "span", "value")

    def __init__(self, name: str, span: Span, value: Any) -> None:
        self.name = name
        self.span = span
        self.value = value


def plain_text(text: Text) -> str | None:
    """Return what a text says if nothing is interpolated in it."""
    if not text.parts:
        return ""
    part = text.parts[0]
    return part if len(text.parts) == 1 and isinstance(part, str) else None


def covering(nodes: Iterable[Node]) -> Span:
    """Return the span from the first to the last of some nodes."""
    items = list(nodes)
    return items[0].span.to(items[-1].span)


_new_span = tuple.__new__
__all__ = ["BuilderBase", "Children", "Expr", "Option", "covering", "plain_text"]
