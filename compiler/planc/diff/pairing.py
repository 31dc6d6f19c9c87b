"""Which statement of the one side became which of the other.

Those that mean the same belong together, then those that are most alike. Nothing here depends on
which side is which, so that a comparison read backwards pairs the same statements.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from planc.diff.canon import Form, leaves

LEAST = 0.4
"""Less likeness than this makes one thing gone and another one new."""
SAME = 2.0
"""A likeness that nothing has: only what means the same is paired."""
_ENOUGH = 400
"""Things left over on a side beyond which nobody could follow what has become what."""


@dataclass(frozen=True)
class Pairs:
    """Indices of both sides; `same` are those that mean the same."""

    same: tuple[tuple[int, int], ...]
    changed: tuple[tuple[int, int], ...]
    gone: tuple[int, ...]
    come: tuple[int, ...]


def pair(
    old: Sequence[Form],
    new: Sequence[Form],
    kinds: tuple[Sequence[object], Sequence[object]],
    bonus: Callable[[int, int], float] = lambda i, j: 0.0,
    least: float = LEAST,
) -> Pairs:
    """Pair two sequences; only things of one kind can become each other."""
    same = equal(old, new)
    left = [i for i in range(len(old)) if i not in {a for a, _ in same}]
    right = [j for j in range(len(new)) if j not in {b for _, b in same}]
    bags = {("old", i): Counter(leaves(old[i])) for i in left}
    bags |= {("new", j): Counter(leaves(new[j])) for j in right}

    candidates: list[tuple[float, int, int, int]] = []
    if least < SAME and len(left) <= _ENOUGH and len(right) <= _ENOUGH:
        for i in left:
            for j in right:
                if kinds[0][i] == kinds[1][j]:
                    score = alike(bags["old", i], bags["new", j]) + bonus(i, j)
                    if score >= least:
                        candidates.append((-score, i + j, i, j))
    changed: list[tuple[int, int]] = []
    # Of pairs that are equally alike and equally late no two share a statement.
    for _, _, i, j in sorted(candidates):
        if i in left and j in right:
            left.remove(i)
            right.remove(j)
            changed.append((i, j))
    return Pairs(tuple(same), tuple(sorted(changed)), tuple(left), tuple(right))


def equal(old: Sequence[Form], new: Sequence[Form]) -> list[tuple[int, int]]:
    """Pair what is equal: the first with the first, the second with the second."""
    places: dict[Form, list[int]] = {}
    for j, form in enumerate(new):
        places.setdefault(form, []).append(j)
    found = []
    for i, form in enumerate(old):
        if places.get(form):
            found.append((i, places[form].pop(0)))
    return found


def alike(a: Counter[str], b: Counter[str]) -> float:
    """Return how much two bags have in common, from 0 to 1."""
    return 2 * (a & b).total() / max(1, a.total() + b.total())


def crossed(pairs: Sequence[tuple[int, int]], floats: Callable[[int], bool]) -> bool:
    """Say whether something that has an order has changed it; `floats` is asked of old indices."""
    ordered = sorted(pairs)
    return any(
        ordered[y][1] < ordered[x][1] and not (floats(ordered[x][0]) and floats(ordered[y][0]))
        for x in range(len(ordered))
        for y in range(x + 1, len(ordered))
    )
