"""The general search: any model, exponential at worst, bounded by a budget.

After Wing and Gong, "Testing and Verifying Concurrent Objects" (1993), with Lowe's just-in-time
linearization and memory of visited configurations ("Testing for linearizability", 2017): calls
are ordered only when one of them is about to return, and a configuration is never tried twice.
Besides:

- pure calls are ordered as soon as the state allows them, which loses nothing;
- where there is no choice, nothing is remembered;
- uncertain calls may be ordered at any time after their start or never. A configuration that used
  more of them than one seen before, and is otherwise alike, can do nothing that the other cannot;
- of uncertain calls that are alike, the earliest is used first, so that how many were used says
  which.

Which of many uncertain calls were used is what makes the configurations explode. So first attempts
forget most of that. One that keeps a single way to each configuration, forgets what lies far behind
and gets through all the same has found an order. Where it does not get any further, the calls
shortly before that place mostly show by themselves that there is none (see `nearby`). One that may
use uncertain calls again and again, as soon as the first of their kind had begun, and still gets
stuck, has shown the same. Only what all of these leave open is searched in full.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planc_runtime.checkers.budget import Budget, OutOfBudget
from planc_runtime.checkers.linearizable.call import Call
from planc_runtime.checkers.linearizable.models import Model, Register
from planc_runtime.checkers.linearizable.search.attempt import Attempt, Ways
from planc_runtime.checkers.linearizable.search.nearby import RegisterInAnyState, excerpts
from planc_runtime.checkers.linearizable.search.prepared import Prepared

_SHARE = 4
"""Which part of what is left of the budget an attempt may spend."""
_PATIENCE = 2_000
"""Configurations without getting any further after which the calls nearby are looked at."""


@dataclass(frozen=True, slots=True)
class Stuck:
    """No order exists: however the calls before it are ordered, `call` cannot return."""

    call: Call
    model: Model
    calls: Sequence[Call]
    """Those that suffice to show it, judged by `model`."""


def search(model: Model, calls: Sequence[Call], budget: Budget) -> Stuck | None:
    """Return None if the calls of one object can be ordered, else where every attempt got stuck.

    Raises OutOfBudget when neither could be shown.
    """
    prepared = Prepared(model, calls)
    share = _share(budget)
    attempt = Attempt(prepared, share, Ways.ONE)
    try:
        found = attempt.run(_PATIENCE)
        if found is None or (found is False and attempt.incomplete):
            shown = shown_nearby(model, calls, attempt.returns[attempt.deepest].call, budget)
            if shown is not None:
                return shown
            found = attempt.run()
    except OutOfBudget:
        found = None
    finally:
        budget.spent += share.spent
    if found:
        return None
    if found is False and not attempt.incomplete:
        return _stuck(attempt, model, calls)
    return _search_further(prepared, model, calls, budget)


def _search_further(
    prepared: Prepared, model: Model, calls: Sequence[Call], budget: Budget
) -> Stuck | None:
    """Go on where the first attempt left it open."""
    for ways in (Ways.UNLIMITED, Ways.SOME) if prepared.groups else ():
        if ways is Ways.UNLIMITED and not model.bounded:
            continue
        share = _share(budget)
        attempt = Attempt(prepared, share, ways)
        try:
            found = attempt.run()
        except OutOfBudget:
            continue
        finally:
            budget.spent += share.spent
        if found and ways is not Ways.UNLIMITED:
            return None
        if not found and not attempt.incomplete:
            return _stuck(attempt, model, calls)
    attempt = Attempt(prepared, budget, Ways.ALL)
    return None if attempt.run() else _stuck(attempt, model, calls)


def _share(budget: Budget) -> Budget:
    return budget.part((budget.states - budget.spent) // _SHARE)


def _stuck(attempt: Attempt, model: Model, calls: Sequence[Call]) -> Stuck:
    return Stuck(attempt.returns[attempt.deepest].call, model, calls)


def shown_nearby(model: Model, calls: Sequence[Call], stuck: Call, budget: Budget) -> Stuck | None:
    """Return how a register's calls before one that cannot return show that there is no order.

    None where they do not, or too many would be needed.
    """
    if not isinstance(model, Register) or isinstance(model, RegisterInAnyState):
        return None
    for excerpt in excerpts(calls, stuck):
        anywhere = RegisterInAnyState(excerpt)
        share = _share(budget)
        try:
            shown = search(anywhere, excerpt, share)
        except OutOfBudget:
            continue
        finally:
            budget.spent += share.spent
        if shown is not None:
            return shown
    return None
