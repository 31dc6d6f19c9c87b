"""The proof that a fault took hold, or that it did not. Without one no scenario is green."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def together(proofs: Sequence[Evidence]) -> Evidence:
    """Return the evidence of several proofs of one trouble: all of them have to hold."""
    holds = all(proof.hold is Hold.INSTALLED for proof in proofs)
    text = "; ".join(dict.fromkeys(proof.proof for proof in proofs)) or "nothing was asked for"
    data = {name: value for proof in proofs for name, value in proof.data.items()}
    return Evidence(Hold.INSTALLED if holds else Hold.INDETERMINATE, text, data)
