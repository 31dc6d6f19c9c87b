"""Diagnostics as text: one file per output format, chosen by name and imported when asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import cast

from planc.diagnostics.diagnostic import Diagnostics
from planc.source.file import SourceFile

Renderer = Callable[[Diagnostics, Mapping[str, SourceFile], bool], str]
"""(diagnostics, the sources by the path they are shown with, whether to colour) -> text."""

FORMATS = ("full", "concise", "json", "github", "gitlab", "sarif")
DOCUMENTS = ("json", "gitlab", "sarif")
"""Formats that are a whole document, also where there is nothing to tell."""


def render(
    diagnostics: Diagnostics,
    sources: Mapping[str, SourceFile],
    output_format: str = "full",
    *,
    color: bool = False,
) -> str:
    """Return the diagnostics in one of `FORMATS`; "" when there are none, but for DOCUMENTS."""
    if output_format not in FORMATS:
        raise ValueError(f"unknown output format {output_format!r}")
    module = import_module(f"{__name__}.{output_format}")
    return cast(Renderer, module.render)(diagnostics, sources, color)
