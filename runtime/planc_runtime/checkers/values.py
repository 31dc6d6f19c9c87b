"""Values as checkers compare them.

What a client writes and what it reads back have travelled through a protocol that may know only
text: 7 and "7" are the same value to a key-value store behind HTTP or Redis. Checkers therefore
compare scalars by their text, and anything else by its structure. The price, blindness to a store
that confuses the two, is smaller than accusing every store that keeps text.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from planc_runtime.protocols.text import bytes_text, scalar_text


def canonical(value: Any) -> Hashable:
    """Return the form in which two values are equal exactly when a checker takes them for equal.

    None stays None: it is the value of a key that was never written, or was deleted.
    """
    kind = value.__class__
    if kind is str or value is None:
        return value  # type: ignore[no-any-return]
    if kind is int:
        return str(value)
    match value:
        case str():
            return value
        case bool() | int() | float():
            return scalar_text(value)
        case bytes():
            return bytes_text(value)
        case dict():
            items = ((str(key), canonical(item)) for key, item in value.items())
            return tuple(sorted(items, key=lambda item: item[0]))
        case set() | frozenset():
            return frozenset(canonical(item) for item in value)
        case list() | tuple():
            return tuple(canonical(item) for item in value)
        case _:
            return repr(value)
