"""Sets and lists that only grow, and are read whole: an exact answer in linear time.

Nothing leaves them, so what a read returned fixes its place among all others: the elements of an
earlier read are among those of a later one. It fixes as well behind which reads an element came,
and before which; in a list, also behind which elements. So every call has a position in one row of
blocks, each of which comes before the next whatever else holds. The calls of one block bear any
order, and there is an order of all just if no call of a later block ended before one of an earlier
block began: one pass over the row tells.

An addition of unknown outcome counts, without an end, if its element was seen. If a set's element
was added several times, one addition must come before all reads that saw it, best the one that
began first; the others may come at any later time, but none before a read that missed it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from planc_runtime.checkers.linearizable.answer import Answer, Orderable, Violation
from planc_runtime.checkers.linearizable.call import Call
from planc_runtime.checkers.linearizable.containers import elements, listed
from planc_runtime.checkers.words import value_text

_Value = Sequence[Hashable] | frozenset[Hashable]


def listed_or_set(read: Call) -> _Value:
    return read.value if isinstance(read.value, (tuple, frozenset)) else ()


@dataclass(slots=True)
class _Row:
    """Calls by their positions."""

    name: str
    found: Callable[[Call], _Value]
    """What a read of such an object found inside."""
    placed: list[tuple[int, Call]] = field(default_factory=list)
    spare: list[tuple[int, Call]] = field(default_factory=list)
    """Additions that must not come before a position, and may come at any later one."""
    reads: list[tuple[int, Call]] = field(default_factory=list)

    def judge(self) -> Answer:
        """Look for a call that ended before one began which its position puts before it."""
        self.placed += self.reads
        row = sorted(
            [(place, True, call) for place, call in self.placed]
            + [(place, False, call) for place, call in self.spare],
            key=lambda item: item[0],
        )
        latest: Call | None = None
        for _, block in groupby(row, key=lambda item: item[0]):
            following = latest
            for _, binding, call in block:
                if latest is not None and call.end < latest.start:
                    return self._contradiction(latest, call)
                if binding and (following is None or call.start > following.start):
                    following = call
            latest = following
        return Orderable()

    def _contradiction(self, earlier: Call, later: Call) -> Violation:
        """Explain two calls of which `later` ended first, but must come behind `earlier`."""
        name = self.name
        if earlier.f == "read" and later.f == "read":
            gone = _missing(self.found(later), self.found(earlier))[0]
            reason = f"{value_text(gone)} was read from {name}, but not by a later read"
            return Violation(reason, [later, earlier], earlier)
        if earlier.f == "read":
            added = value_text(later.args[0])
            reason = f"{added} had been added to {name}, but a later read did not find it"
            return Violation(reason, [later, earlier], earlier)
        added = value_text(earlier.args[0])
        if later.f == "read":
            reason = f"{added} was read from {name} before it was added"
            return Violation(reason, [later, earlier], later)
        other = value_text(later.args[0])
        return self._out_of_order(earlier, later, f"{other} was added to {name} before {added}")

    def _out_of_order(self, earlier: Call, later: Call, reason: str) -> Violation:
        """Name the read that shows one element before, or without, another."""
        first, second = earlier.args[0], later.args[0]
        for _, read in self.reads:
            seen = self.found(read)
            if first in seen and second not in seen:
                reason += ", but a read found only the latter"
                return Violation(reason, [later, earlier, read], read)
        _, read = max(self.reads, key=lambda item: item[0])
        reason += ", but a read found them the other way round"
        return Violation(reason, [later, earlier, read], read)


def check_growing_set(name: str, calls: Sequence[Call]) -> Answer | None:
    """Decide a set that is added to and read whole; None if anything else is done to it."""
    if any(call.f not in ("add", "read") for call in calls):
        return None
    reads = [(elements(call.value), call) for call in calls if call.f == "read"]
    reads.sort(key=lambda read: len(read[0]))
    additions: dict[Hashable, list[Call]] = {}
    for call in calls:
        if call.f == "add":
            additions.setdefault(call.args[0], []).append(call)
    row, rank = _Row(name, listed_or_set), 0
    ranks: dict[Hashable, int] = {}
    known: frozenset[Hashable] = frozenset()
    before: Call | None = None
    for seen, read in reads:
        if not known <= seen and before is not None:
            return _disagree(name, before, listed_or_set(before), read, listed_or_set(read))
        if len(seen) > len(known):
            rank += 1
            if not seen <= additions.keys():
                nowhere = _missing(listed_or_set(read), additions)[0]
                return _from_nowhere(name, nowhere, read)
            ranks |= dict.fromkeys(seen - known, rank)
        row.reads.append((2 * rank + 1, read))
        known, before = seen, read
    for element, added in additions.items():
        _place(row, ranks.get(element), 2 * rank + 2, added)
    return row.judge()


def _place(row: _Row, rank: int | None, behind: int, added: Sequence[Call]) -> None:
    """Place the additions of one element: behind all reads if nobody saw it."""
    if rank is None:
        row.placed += [(behind, call) for call in added if call.certain]
        return
    first = min(added, key=lambda call: call.start)
    row.placed.append((2 * rank, first))
    row.spare += [(2 * rank, call) for call in added if call is not first and call.certain]


def check_unique_list(name: str, calls: Sequence[Call]) -> Answer | None:
    """Decide a list that is appended to and read whole; None if an element is appended twice."""
    appended: dict[Hashable, Call] = {}
    for call in calls:
        if call.f != "read" and appended.setdefault(call.args[0], call) is not call:
            return None
    reads = [(listed(call), call) for call in calls if call.f == "read"]
    reads.sort(key=lambda read: len(read[0]))
    wrong = _not_one_list(name, reads, appended)
    if wrong is not None:
        return wrong
    longest = reads[-1][0] if reads else ()
    row = _Row(name, listed, reads=[(2 * len(seen), read) for seen, read in reads])
    row.placed += [(2 * place + 1, appended[element]) for place, element in enumerate(longest)]
    inside = frozenset(longest)
    behind = 2 * len(longest) + 1
    row.placed += [
        (behind, call) for e, call in appended.items() if call.certain and e not in inside
    ]
    return row.judge()


def _not_one_list(
    name: str,
    reads: Sequence[tuple[tuple[Hashable, ...], Call]],
    appended: dict[Hashable, Call],
) -> Violation | None:
    """Find reads that are not beginnings of one list of what was appended, each element once."""
    for (shorter, read), (longer, other) in pairwise(reads):
        if longer[: len(shorter)] != shorter:
            return _disagree(name, read, shorter, other, longer)
    if not reads:
        return None
    longest, read = reads[-1]
    seen: set[Hashable] = set()
    for element in longest:
        if element not in appended:
            return _from_nowhere(name, element, read)
        if element in seen:
            reason = f"{value_text(element)} was read from {name} twice, but appended once"
            return Violation(reason, [appended[element], read], read)
        seen.add(element)
    return None


def _from_nowhere(name: str, element: Hashable, read: Call) -> Violation:
    return Violation(f"{value_text(element)} was read from {name}, which nobody added", [read])


def _disagree(name: str, read: Call, seen: _Value, other: Call, found: _Value) -> Violation:
    """Explain two reads each of which has what the other one has not, or has not there."""
    missing, extra = _missing(seen, found), _missing(found, seen)
    if not missing:
        reason = f"two reads of {name} found the same elements in different orders"
        return Violation(reason, [read, other])
    if not extra:
        reason = f"a read of {name} found {value_text(missing[0])}, but a longer one did not"
        return Violation(reason, [read, other])
    one, another = value_text(missing[0]), value_text(extra[0])
    reason = f"of two reads of {name} one found {one} but not {another}, the other one the reverse"
    return Violation(reason, [read, other])


def _missing(found: _Value, other: Iterable[Hashable]) -> list[Hashable]:
    """Return what was found and is not in the other; in the same order in every run."""
    known = frozenset(other)
    missing = [element for element in found if element not in known]
    return sorted(missing, key=repr) if isinstance(found, frozenset) else missing
