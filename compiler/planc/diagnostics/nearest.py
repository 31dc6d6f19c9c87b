"""The nearest known word, for "did you mean".

Distance is Damerau-Levenshtein in its optimal string alignment form: two neighbouring letters
swapped are one mistake, not two, because that is how people mistype. Words of several parts are
also known by their parts in another order.
"""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word closest to `word`, or None when none is close enough to be meant."""
    known = tuple(known)
    limit = 1 if len(word) <= 3 else 2 if len(word) <= 7 else 3
    lowered = word.lower()
    best: tuple[int, str] | None = None
    for candidate in sorted(set(known)):
        if abs(len(candidate) - len(word)) > limit:
            continue
        found = (_distance(lowered, candidate.lower()), candidate)
        if found[0] <= limit and found[0] < len(word) and (best is None or found < best):
            best = found
    return best[1] if best else _reordered(lowered, known)


def _reordered(word: str, known: Iterable[str]) -> str | None:
    """Return the known word of the same parts in another order or form: per-sender-order."""
    parts = word.split("-")
    for candidate in sorted(set(known)):
        others = candidate.lower().split("-")
        if 1 < len(parts) == len(others) and all(
            any(_akin(part, other) for other in others) for part in parts
        ):
            return candidate
    return None


def _akin(part: str, other: str) -> bool:
    return part == other or (len(part) > 3 and (other.startswith(part) or part.startswith(other)))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return "did you mean `x`?", or "" when nothing known is near `word`."""
    found = nearest(word, known)
    return f"did you mean `{found}`?" if found else ""


def _distance(a: str, b: str) -> int:
    two_above: list[int] = []
    above = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        row = [i]
        for j, right in enumerate(b, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (left != right))
            if i > 1 and j > 1 and left == b[j - 2] and a[i - 2] == right:
                cost = min(cost, two_above[j - 2] + 1)
            row.append(cost)
        two_above, above = above, row
    return above[-1]
