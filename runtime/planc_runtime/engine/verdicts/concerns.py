"""What an expectation is about: a guarantee, or how well the system serves.

A planted bug that breaks a guarantee should be caught by the guarantee. Where only availability
fell, the bug was met by chance, and the next change of a timeout may hide it. The mutation matrix
tells the two apart by what is decided here.
"""

from __future__ import annotations

from typing import Any

from planc_runtime.errors import StepFailed
from planc_runtime.history.verdict import Concern
from planc_runtime.plan.expectations import Measure, Near, NotSlower
from planc_runtime.plan.expr import Binary, Expr

SERVED = frozenset({"availability", "availability over time", "goodput", "throughput"})
"""Measures that grow with what is served."""
OF_NODES = frozenset({"metric", "memory growth", "open files", "open files growth"})
"""What nodes hold and count themselves: a bound of it is broken by a leak, not by bad luck."""
MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


class NeverCame(StepFailed):
    """What a step waited for did not come about in its time."""


def concern_of(expectation: Any) -> Concern:
    """Return what a final expectation is about: SAFETY, or SERVICE as soon as a number is."""
    match expectation:
        case Measure(name=name) if name in OF_NODES:
            return Concern.SAFETY
        case Binary() if refuses_service(expectation):
            return Concern.SAFETY
        case Near(measure=measure):
            return concern_of(measure)
        case Measure() | NotSlower():
            return Concern.SERVICE
        case Expr() if any(concern_of(p) is Concern.SERVICE for p in expectation.parts()):
            return Concern.SERVICE
    return Concern.SAFETY


def refuses_service(wanted: Binary) -> bool:
    """Say whether service is bounded from above: "a minority acknowledges nothing" is safety."""
    left, symbol, right = wanted.left, wanted.symbol, wanted.right
    if not isinstance(left, Measure):
        left, symbol, right = right, MIRRORED.get(symbol, symbol), left
    if not isinstance(left, Measure) or left.name not in SERVED:
        return False
    return symbol in ("<", "<=") or (
        symbol == "==" and isinstance(right, int | float) and not right
    )
