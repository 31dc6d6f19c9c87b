"""What a judged expectation amounts to. Inconclusive is a verdict of its own and never green."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Result(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Verdict:
    result: Result
    measured: str
    """What was seen, with its unit: 'p99 latency was 143 ms over 2,913 operations'."""
    wanted: str = ""
    """What the plan asked for: '< 100ms'."""
    evidence: Sequence[str] = ()
    """The smallest evidence, a line each; empty when passed."""
    data: dict[str, Any] = field(default_factory=dict)
    """The same for machines: numbers, operation indices."""


@dataclass(frozen=True, slots=True)
class FaultWindow:
    """When a fault was in force, on the controller's clock, in seconds."""

    name: str
    start: float
    end: float | None
    """None while it has not been healed."""
    targets: tuple[str, ...] = ()
    line: str = ""
