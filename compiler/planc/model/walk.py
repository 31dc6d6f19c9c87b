"""Visit every part of a model, whatever it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel


def walk(part: Any) -> Iterator[BaseModel]:
    """Yield `part` and everything below it, parents first, in the order of the fields."""
    waiting = [part]
    while waiting:
        current = waiting.pop()
        if isinstance(current, BaseModel):
            yield current
            waiting.extend(reversed(list(current.__dict__.values())))
        elif type(current) is tuple:
            waiting.extend(reversed(current))
