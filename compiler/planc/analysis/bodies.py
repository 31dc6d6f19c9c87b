"""Read the lines of a declaration: each once, those that may repeat under different names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TypeVar

from planc.analysis.expressions import Expressions
from planc.source.span import Span
from planc.syntax import nodes as n

_PYTHON = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
Line = TypeVar("Line", bound=n.Node)


class Body:
    """The lines of one declaration, `what` for messages: "service `etcd`"."""

    def __init__(self, of: Expressions, what: str, lines: Iterable[n.Node]) -> None:
        self.of = of
        self.problems = of.problems
        self.what = what
        self.lines = tuple(lines)

    @property
    def broken(self) -> bool:
        """Whether a line could not be read, so that something may be missing."""
        return any(isinstance(line, n.Broken) for line in self.lines)

    def every(self, kind: type[Line]) -> list[Line]:
        return [line for line in self.lines if isinstance(line, kind)]

    def only(self, kind: type[Line]) -> Line | None:
        """Return the one line of a kind; further ones are reported."""
        return self._once(self.every(kind), kind.__name__.lower())

    def settings(self, word: str) -> list[n.Setting]:
        return [line for line in self.every(n.Setting) if line.word == word]

    def setting(self, word: str) -> n.Expr | None:
        """Return the argument of the one setting `word`."""
        line = self._once(self.settings(word), word)
        return line.arguments[0] if line and line.arguments else None

    def setting_line(self, word: str) -> n.Setting | None:
        """Return the first line of a setting, for a message about it."""
        return next(iter(self.settings(word)), None)

    def ids_of(self, word: str) -> list[n.Name]:
        """Return the words of every line `word a, b`."""
        return [name for line in self.every(n.Ids) if line.word == word for name in line.ids]

    def ids(self, word: str) -> list[n.Name]:
        """Return the words of every line `word a, b`; a word said twice is reported."""
        found = self.ids_of(word)
        self.unique(found, f"`{word}` names")
        return found

    def _once(self, lines: Sequence[Line], word: str) -> Line | None:
        for again in lines[1:]:
            self.problems.report(
                "duplicate-setting",
                again.span,
                f"{self.what} says `{word}` twice",
                first=lines[0].span,
            )
        return lines[0] if lines else None

    def unique(self, names: Iterable[n.Name], what: str) -> None:
        """Report names that stand twice where each should stand once."""
        seen: dict[str, Span] = {}
        for name in names:
            if name.id in seen:
                self.problems.report(
                    "duplicate-name",
                    name.span,
                    f"{what} `{name.id}` twice",
                    first=seen[name.id],
                )
            seen.setdefault(name.id, name.span)

    def missing(self, name: str, span: Span, message: str, help: str) -> None:
        """Report what a declaration lacks, unless it may have stood in a line nobody could read."""
        if not self.broken:
            self.problems.report(name, span, message, help=help)

    def python(self, node: n.Expr, what: str) -> str:
        """Read a reference such as "package.module:name"; nothing is imported."""
        text = self.of.plain(node, what)
        if text and not _PYTHON.fullmatch(text):
            self.problems.report(
                "bad-python-reference",
                node.span,
                f"`{text[:60]}` does not name anything in Python",
                help='write "package.module:name"',
            )
        return text


def key_of(node: n.Expr, of: Expressions) -> str:
    """Read the first argument of `env NAME = ...` or `file "path" = ...`."""
    return node.id if isinstance(node, n.Name) else of.plain(node, "the name")
