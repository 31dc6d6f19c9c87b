"""A lock that ends by itself: acquire(lock, owner, ttl), renew, release.

Time is part of what a lease means, so that the state knows the moments of what was ordered: always
the earliest that are possible. Whoever got a lease at t has it until t + ttl, no matter how late
the answer came; the next owner may get it from then on. Earlier moments never forbid what later
ones allow, so that no others have to be tried.

Judged is what a lease promises: nobody gets it while somebody else has it, and nobody renews what
he has not. A release by one who has it no more releases nothing, and is as good as refused; so is a
refusal while nobody has it, for a service may be slow to notice that a lease is over.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from math import inf, isnan
from typing import Any, ClassVar

from planc_runtime.checkers.linearizable.call import Call, make_call
from planc_runtime.checkers.linearizable.containers import number
from planc_runtime.checkers.linearizable.models import ILLEGAL, NamedModel, Verb
from planc_runtime.checkers.values import canonical
from planc_runtime.history.operation import Operation

_ARGUMENTS = 3
"""The lock, its owner, the time to live in seconds."""


class Lease(NamedModel):
    """Mutual exclusion for a time; without a time to live, until it is released."""

    name = "lease"
    initial: Hashable = (None, -inf, -inf)
    """The owner or None, until when, and the moment of what was ordered last."""
    verbs: ClassVar = {
        "acquire": Verb("acquire", 0),
        "renew": Verb("renew", 0),
        "keepalive": Verb("renew", 0),
        "keep_alive": Verb("renew", 0),
        "release": Verb("release", 0),
    }
    reads = frozenset[str]()

    def call(self, operation: Operation) -> tuple[Hashable, Call] | None:
        verb = self.verbs.get(operation.f)
        if verb is None or len(operation.args) > _ARGUMENTS:
            return None
        lock, owner, ttl = (*operation.args, None, None, None)[:_ARGUMENTS]
        if len(operation.args) < _ARGUMENTS - 1:
            owner = operation.process
        # To a search calls with the same arguments are the same; these differ by their time.
        call = make_call(operation, verb.f, (owner,))
        lasts = inf if ttl is None else number(canonical(ttl))
        moments = (inf if isnan(lasts) else lasts, call.start[0], call.end[0])
        return repr(lock), replace(call, args=(*call.args, *moments))

    def pure(self, call: Call) -> bool:
        return call.answered and call.value == "false"

    def step(self, state: Any, call: Call) -> Any:
        if self.pure(call):
            return state
        owner, until, before = state
        asked, lasts, start, end = call.args
        now = max(before, start)
        if call.f == "acquire":
            now = now if owner is None else max(now, until)
            after = (asked, now + lasts, now)
        elif call.f == "renew":
            if owner != asked:
                return ILLEGAL
            after = (owner, max(until, now + lasts), now)
        else:
            after = (None, -inf, now) if owner == asked else (owner, until, now)
        # It took effect before it was answered, if it was.
        return after if now <= end or not call.answered else ILLEGAL


def is_lease(operation: Operation) -> bool:
    """Say whether an operation speaks of how long a lock lasts."""
    return operation.f in ("renew", "keepalive", "keep_alive") or (
        operation.f == "acquire" and len(operation.args) == _ARGUMENTS
    )
