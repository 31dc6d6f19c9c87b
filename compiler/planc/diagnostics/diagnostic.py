"""A diagnostic is data: what is wrong, where, and what to write instead.

Nothing here knows how it will be shown; `diagnostics.render` has one file per output format. The
permanent identity is the code (`PLC0203`); its name, title and long explanation stand in the tables
of `diagnostics.codes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from planc.source.span import Span


class Severity(IntEnum):
    ERROR = 0
    WARNING = 1
    NOTE = 2

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text of `span`; an empty span inserts."""

    span: Span
    replacement: str


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that belongs to the story: "first declared here"."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding; `message` is a sentence without a final point, names in backquotes."""

    code: str
    message: str
    span: Span
    label: str = ""
    """A few words under the caret."""
    help: str = ""
    """What to write instead."""
    notes: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    fix: tuple[Edit, ...] = ()
    severity: Severity = Severity.ERROR

    @property
    def sort_key(self) -> tuple[str, int, int, int, str, str]:
        """Order by file, then place, then weight: the order in which a reader fixes them."""
        span = self.span
        return (span.path, span.start, span.end, self.severity, self.code, self.message)


class Diagnostics:
    """A set of diagnostics: sorted, unique. Truth means that there is at least one."""

    __slots__ = ("_items",)

    def __init__(self, items: Iterable[Diagnostic] = ()) -> None:
        unique = {item.sort_key: item for item in items}
        self._items = tuple(unique[key] for key in sorted(unique))

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __or__(self, other: Iterable[Diagnostic]) -> Diagnostics:
        return Diagnostics((*self._items, *other))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Diagnostics) and self._items == other._items

    def __hash__(self) -> int:
        return hash(self._items)

    def __repr__(self) -> str:
        return f"Diagnostics({list(self._items)!r})"

    @property
    def has_errors(self) -> bool:
        return any(item.severity is Severity.ERROR for item in self._items)

    def count(self, severity: Severity) -> int:
        return sum(1 for item in self._items if item.severity is severity)
