"""A comparison as text: one file per output format, chosen by name and imported when asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import cast

from planc.diff.compare import Comparison
from planc.source import SourceFile

FORMATS = ("text", "markdown", "json", "github", "gitlab", "sarif")


@dataclass(frozen=True)
class Context:
    """What a rendering has to know beside the comparison."""

    against: str = "the previous plans"
    """What was compared with, for people."""
    failing: frozenset[str] = frozenset()
    """Verdicts that make the command fail."""
    notes: tuple[str, ...] = ()
    sources: Mapping[str, SourceFile] = field(default_factory=dict)
    """The present files."""
    former: Mapping[str, SourceFile] = field(default_factory=dict)
    color: bool = False


Renderer = Callable[[Comparison, Context], str]


def render(comparison: Comparison, output_format: str, context: Context) -> str:
    """Return the comparison in one of `FORMATS`."""
    if output_format not in FORMATS:
        raise ValueError(f"unknown output format {output_format!r}")
    own = output_format in ("text", "markdown", "json")
    module = import_module(f"{__name__}.{output_format if own else 'findings'}")
    if own:
        return cast(Renderer, module.render)(comparison, context)
    return str(module.render(comparison, context, output_format))
