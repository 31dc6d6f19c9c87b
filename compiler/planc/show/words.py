"""Parts of a plan in the plan's own words, in one line."""

from __future__ import annotations

from collections.abc import Mapping

from planc.source import SourceFile, Span


class Words:
    """The text of every file that a plan was made of."""

    def __init__(self, sources: Mapping[str, SourceFile]) -> None:
        self.sources = sources

    def of(self, span: Span | None, longest: int = 80) -> str:
        """Return what stands at a place: its first line, comments and needless space left out."""
        source = self.sources.get(span.path) if span else None
        if span is None or source is None:
            return ""
        first, *more = source.text[span.start : span.end].splitlines() or [""]
        words = " ".join(first.split())
        if more:
            words = words.removesuffix("{").rstrip() + " ..."
        return words if len(words) <= longest else words[: longest - 3] + "..."


def seconds(value: float) -> str:
    """Return a duration as a plan would write it."""
    if value < 0:
        return f"-{seconds(-value)}"
    for unit, size in (("h", 3600.0), ("min", 60.0), ("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if value >= size:
            amount = value / size
            whole = unit in ("h", "min") and amount != int(amount)
            if not whole:
                return f"{amount:.6g}{unit}"
    return "0s"


def share(value: float) -> str:
    return f"{value * 100:.6g}%"


def listed(words: list[str], last: str = "and") -> str:
    """Join words as a sentence does."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
