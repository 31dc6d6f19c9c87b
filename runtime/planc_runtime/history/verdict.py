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


class Concern(StrEnum):
    """What kind of promise an expectation holds a system to (Alpern and Schneider, 1985)."""

    SAFETY = "safety"
    """Something that must not be, at any time: a stale read, a lost write, two leaders."""
    LIVENESS = "liveness"
    """Something that must come about: one leader again, replicas that are equal."""
    SERVICE = "service"
    """How well it serves: latency, availability, recovery, memory."""
    STEP = "step"
    """A statement that could not be carried out: a call that failed, a request without answer."""


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
