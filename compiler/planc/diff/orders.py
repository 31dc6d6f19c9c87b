"""Which of two values, conditions or sets of nodes asks more: what a verdict is made of.

All functions take canonical forms (`canon`), return the verdict of the step from the first to the
second, and None when they are the same. Exchanging the arguments mirrors the verdict.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planc.diff.canon import Form, flat
from planc.diff.change import DIFFERENT, STRONGER, WEAKER, Verdict, by_set, by_size, joined


def field(form: Form, name: str) -> Form:
    """Return a field of a part that was taken field by field."""
    return next((row[1] for row in form[1:] if row[0] == name), None)


# --- amounts ------------------------------------------------------------------------------------


def numbers(form: Form) -> tuple[float, ...] | None:
    """Return what is known of a number: its middle or both ends, and how far it strays."""
    match form:
        case ("=", _, bool()):
            return None
        case ("=", _, int() | float() as value):
            return (value, value, 0.0)
        case ("Interval", *_):
            low, high = numbers(field(form, "low")), numbers(field(form, "high"))
            return (low[0], high[1], 0.0) if low and high else None
        case ("Spread", *_):
            center, spread = numbers(field(form, "center")), numbers(field(form, "spread"))
            return (center[0], center[0], spread[0]) if center and spread else None
    return None


def amount(old: Form, new: Form, more: Verdict) -> Verdict | None:
    """Compare two amounts of which a larger one is `more`; what cannot be compared is different."""
    if old == new:
        return None
    before, after = numbers(old), numbers(new)
    if before is None or after is None:
        return DIFFERENT
    steps = (by_size(x, y, more) for x, y in zip(before, after, strict=True))
    return joined(step for step in steps if step is not None)


def shift(old: Form, new: Form, more: Verdict) -> Verdict | None:
    """Compare two amounts that count by how far they are from nothing; a turn is different."""
    before, after = numbers(old), numbers(new)
    if old != new and before and after and before[0] * after[0] > 0:
        return by_size(abs(before[0]), abs(after[0]), more)
    return None if old == new else DIFFERENT


# --- conditions ---------------------------------------------------------------------------------

_IMPLIED = {("==", "<="), ("<", "<="), ("<", "!=")}
"""What follows from what, between the same two things."""


def condition(old: Form, new: Form) -> Verdict | None:
    """Compare what two conditions ask for: weaker when the old one implies the new one."""
    if old == new:
        return None
    for op, lost in (("and", WEAKER), ("or", STRONGER)):
        if op in (old[0], new[0]):
            return _parts(flat(op, old), flat(op, new), lost)
    if old[0] == new[0] == "not":
        found = condition(old[1], new[1])
        return found.mirrored if found else None
    return _comparison(old, new)


def _parts(old: tuple[Form, ...], new: tuple[Form, ...], lost: Verdict) -> Verdict:
    """Compare the parts of `and` or `or`; `lost` is the verdict when one of them goes."""
    gone = [each for each in old if each not in new]
    come = [each for each in new if each not in old]
    if len(gone) == len(come) == 1:
        return condition(gone[0], come[0]) or DIFFERENT
    if gone and come:
        return DIFFERENT
    return lost if gone else lost.mirrored


def _comparison(old: Form, new: Form) -> Verdict:
    a, b = old[0], new[0]
    if a in ("<", "<=") and b in ("<", "<="):
        return _limits(old, new)
    if _same_sides(old, new):
        if (a, b) in _IMPLIED:
            return WEAKER
        return STRONGER if (b, a) in _IMPLIED else DIFFERENT
    if a in ("in", "==") and b in ("in", "=="):
        return _members(old, new)
    return DIFFERENT


def _same_sides(old: Form, new: Form) -> bool:
    if len(old) != 3 or len(new) != 3:
        return False
    return sorted(map(repr, old[1:])) == sorted(map(repr, new[1:]))


def _limits(old: Form, new: Form) -> Verdict:
    """Compare `x < limit` with `x < limit`: a greater limit on the right asks less."""
    op = {("<", "<="): WEAKER, ("<=", "<"): STRONGER}.get((old[0], new[0]))
    if old[1] == new[1]:
        step = amount(old[2], new[2], WEAKER)
    elif old[2] == new[2]:
        step = amount(old[1], new[1], STRONGER)
    else:
        step = DIFFERENT
    return joined(each for each in (op, step) if each)


def _members(old: Form, new: Form) -> Verdict:
    """Compare `x in [a, b]` with `x in [a]` and with `x == a`."""
    for subject in old[1:]:
        if subject in new[1:]:
            before, after = _choices(old, subject), _choices(new, subject)
            if before is not None and after is not None:
                return by_set(before, after, WEAKER) or DIFFERENT
    return DIFFERENT


def _choices(form: Form, subject: Form) -> tuple[Form, ...] | None:
    rest = [each for each in form[1:] if each != subject]
    if len(rest) != 1:
        return None
    if form[0] == "==":
        return (rest[0],)
    return field(rest[0], "items") if rest[0][0] == "ListOf" and form[1] == subject else None


# --- nodes --------------------------------------------------------------------------------------

_MANY = 1000.0
"""Nodes of a cluster whose size is not known: large enough that shares of it differ."""

Sizes = Mapping[Any, int]
"""How many nodes a cluster has, by its identity."""


def target(old: Form, new: Form, sizes: tuple[Sizes, Sizes]) -> Verdict | None:
    """Compare whom a fault hits: more nodes, or the leader for certain, is stronger."""
    if old == new:
        return None
    named = (_named(old), _named(new))
    if named[0] is not None and named[1] is not None:
        return by_set(named[0], named[1], STRONGER)
    before, after = _hit(old, sizes[0]), _hit(new, sizes[1])
    if before is None or after is None or before == after:
        return DIFFERENT
    steps = [by_size(x, y, STRONGER) for x, y in zip(before, after, strict=True)]
    return joined(each for each in steps if each)


def _named(form: Form) -> tuple[Form, ...] | None:
    match form:
        case ("node", *_):
            return (form,)
        case ("apply", "group", _, members) if all(each[0] == "node" for each in members):
            return tuple(members)
    return None


def _hit(form: Form, sizes: Sizes) -> tuple[float, float] | None:
    """Return how surely the leader is hit (0 never, 1 perhaps, 2 surely), and how many are hit."""
    match form:
        case ("ref", identity):
            return (2.0, float(sizes.get(identity, _MANY)))
        case ("node", *_):
            return (1.0, 1.0)
        case ("apply", "any_of", _, (count, population)):
            known, among = numbers(count), _hit(population, sizes)
            if known is None or among is None:
                return None
            every = known[0] >= among[1]
            return among if every else (min(among[0], 1.0), float(known[0]))
        case ("apply", str() as function, _, arguments):
            among = _hit(arguments[-1], sizes) if arguments else None
            return _of_function(function, arguments, among, sizes)
    return None


def _of_function(
    function: str, arguments: tuple[Form, ...], among: tuple[float, float] | None, sizes: Sizes
) -> tuple[float, float] | None:
    if among is None:
        return None
    size = among[1]
    match function:
        case "leader" | "leaders":
            return (2.0, 1.0)
        case "followers":
            return (0.0, size - 1)
        case "minority":
            return (1.0, float((size - 1) // 2))
        case "majority":
            return (1.0, float(size // 2 + 1))
        case "nodes" | "each" | "running":
            return among
        case "zone":
            return (1.0, size / 2)
        case "group":
            hits = [_hit(each, sizes) for each in arguments]
            known = [each for each in hits if each]
            if len(known) < len(hits):
                return None
            return (max(each[0] for each in known), sum(each[1] for each in known))
    return None
