"""What a declared fault makes of its parameters, and so what it can be given.

A parameter has no type of its own: it is nodes where its fault crashes it, a duration where it is
waited for. What is used in no such place may be anything.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc import model as m
from planc.vocabulary import FAULTS


def parameter_types(fault: m.Fault) -> dict[str, str]:
    """Return the type that each parameter needs; those that need none are left out."""
    found: dict[str, str] = {}
    for item in m.walk(fault):
        for expression, want in _needs(item):
            for end in _inside(expression):
                if isinstance(end, m.Reference) and end.means == "parameter":
                    found.setdefault(end.name, want)
    return found


def _needs(item: object) -> Iterator[tuple[m.Expression, str]]:
    """Yield the expressions of a statement, each with what it must be."""
    match item:
        case m.Trouble():
            yield from ((target, "nodes") for target in item.targets)
            amount = FAULTS[item.name].amount
            if item.amount is not None and amount is not None:
                yield item.amount, amount
            yield from ((each, "duration") for each in (item.duration, item.every) if each)
        case m.Links():
            yield from ((each, "nodes") for each in (item.a, item.b) if each)
        case m.RepeatEvery():
            yield item.every, "duration"


def _inside(expression: m.Expression) -> tuple[m.Expression, ...]:
    """Return what an expression takes its type from: of `any 1 of target` it is `target`."""
    match expression:
        case m.Apply(arguments=(*_, last)) if expression.type == "nodes":
            return _inside(last)
        case m.Interval(low=low, high=high):
            return (low, high)
        case m.Spread(center=center, spread=spread):
            return (center, spread)
    return (expression,)
