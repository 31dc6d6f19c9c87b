"""A model of one's own: what permits are to a checker."""

from __future__ import annotations

from typing import Any

PERMITS = 3


def semaphore(taken: int | None, operation: Any) -> Any:
    """Return how many permits are out after an operation; NotImplemented where it cannot be."""
    taken = taken or 0
    if operation.f == "take":
        return taken + 1 if taken < PERMITS else NotImplemented
    return taken - 1 if taken > 0 else NotImplemented
