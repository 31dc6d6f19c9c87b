"""Stand-ins compared route by route: what they answer, how often they fail, how long they take.

A stand-in that fails less often, or answers sooner, is a calmer world: some system passes there
that did not pass before. What else it says makes it a different one.
"""

from __future__ import annotations

from planc import model as m
from planc.diff import orders
from planc.diff.canon import Form
from planc.diff.change import DIFFERENT, STRONGER, Verdict, by_size, joined
from planc.diff.differ import Differ, Scope

_AT_ONCE: Form = ("=", "duration", 0)


def routes(differ: Differ, old: m.Mock, new: m.Mock) -> None:
    """Compare the routes of two stand-ins, each with what asks for the same."""
    sides = [
        {(each.method, canon.of(each.path, {})): each for each in part.routes}
        for canon, part in ((differ.old_canon, old), (differ.new_canon, new))
    ]
    for key in sorted({*sides[0], *sides[1]}, key=repr):
        a, b = sides[0].get(key), sides[1].get(key)
        if not differ.same(a, b, Scope()):
            verdict = _calmer(differ, a, b) if a and b else DIFFERENT
            differ.add(verdict, "mock", f"a route of `{new.name}`", a, b)


def _calmer(differ: Differ, old: m.MockRoute, new: m.MockRoute) -> Verdict:
    fails = [[each for each in route.replies if _is_failure(each)] for route in (old, new)]
    answers = [[each for each in route.replies if not _is_failure(each)] for route in (old, new)]
    if len(answers[0]) != len(answers[1]):
        return DIFFERENT
    shares = [sum(each.probability or 0.0 for each in side) for side in fails]
    steps = [by_size(shares[0], shares[1], STRONGER)]
    for a, b in zip(*answers, strict=True):
        if not differ.same(a.changed(after=None), b.changed(after=None), Scope()):
            return DIFFERENT
        delays = differ.forms(a.after, b.after, Scope())
        steps.append(orders.amount(delays[0] or _AT_ONCE, delays[1] or _AT_ONCE, STRONGER))
    found = [each for each in steps if each]
    return joined(found) if found else DIFFERENT


def _is_failure(reply: m.MockReply) -> bool:
    """Say whether a reply is an error of the server that comes now and then."""
    status = reply.status.value if isinstance(reply.status, m.Constant) else None
    return isinstance(status, int) and status >= 500 and bool(reply.probability)
