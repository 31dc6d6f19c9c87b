"""How an operation ended, as far as its client can know."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    OK = "ok"
    FAIL = "fail"
    """Certainly did not happen."""
    UNKNOWN = "unknown"
    """May have happened, or may still happen, at any time after its invocation."""
