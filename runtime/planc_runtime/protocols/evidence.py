"""The proof that a fault took hold, or that it did not. Without one no scenario is green."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Hold(StrEnum):
    INSTALLED = "installed"
    SKIPPED = "skipped"
    """It was not applied (no such target, the node was down already)."""
    INDETERMINATE = "indeterminate"
    """It was applied but nothing could be observed that proves it."""


@dataclass(frozen=True, slots=True)
class Evidence:
    hold: Hold
    proof: str
    """One sentence with the figure that was read back: 'pid 4711 gone after 3 ms'."""
    data: Mapping[str, Any] = field(default_factory=dict)


def installed(proof: str, **data: Any) -> Evidence:
    return Evidence(Hold.INSTALLED, proof, data)


def skipped(proof: str, **data: Any) -> Evidence:
    return Evidence(Hold.SKIPPED, proof, data)


def indeterminate(proof: str, **data: Any) -> Evidence:
    return Evidence(Hold.INDETERMINATE, proof, data)
