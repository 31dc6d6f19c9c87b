"""Visit every part of a model, whatever it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planc.model.base import Part
from planc.model.expressions import Reference
from planc.model.statements import FaultUse


def walk(part: Any) -> Iterator[Part]:
    """Yield `part` and everything below it, parents first, in the order of the fields."""
    waiting = [part]
    while waiting:
        current = waiting.pop()
        if isinstance(current, Part):
            yield current
            waiting.extend(reversed(current.__dict__.values()))
        elif type(current) is tuple:
            waiting.extend(reversed(current))


def references(part: Any) -> Iterator[str]:
    """Yield the keys of the declarations that a part of the model names, in order."""
    for item in walk(part):
        if isinstance(item, Reference | FaultUse) and item.key:
            yield item.key
