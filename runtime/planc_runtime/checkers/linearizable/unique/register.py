"""Registers whose written values all differ: an exact answer in near-linear time.

Follows Gibbons and Korach, "Testing Shared Memories" (SIAM J. Comput. 26, 1997): every value forms
a cluster of its write and the reads that returned it, which must lie together in any order. A cas
ties the cluster of the value it found to that of the value it left, so that chains of clusters
form one *block*. Block A must come before block B exactly when some call of A ended before some
call of B began, that is when A.end < B.start with `end` the earliest end and `start` the latest
start in a block. That relation has a cycle only if two blocks each must come before the other, so
that comparing neighbours after sorting decides the history.

Uncertain writes whose value nobody saw are left out; those whose value was seen did happen, and
have no end.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from planc_runtime.checkers.linearizable.answer import Answer, Orderable, Violation
from planc_runtime.checkers.linearizable.call import Call
from planc_runtime.checkers.linearizable.minimize import spare
from planc_runtime.checkers.linearizable.models import Register, leaves, refused
from planc_runtime.checkers.order import BEGINNING, NEVER, Moment
from planc_runtime.checkers.words import seconds, value_text


def check_unique_values(key: str, calls: Sequence[Call]) -> Answer | None:
    """Decide the history of one register; None where its values do not tell its writes apart.

    Expects no reads of unknown outcome among the calls: they say nothing.
    """
    writers = _writers(calls)
    if writers is None:
        return None
    readers: dict[Hashable, list[Call]] = {}
    for call in calls:
        if call.f == "read":
            readers.setdefault(call.value, []).append(call)
    happened = _happened(calls, writers, readers)
    successors = _successors(happened)
    for call in happened:
        if call.f == "cas" and (twin := successors[call.args[0]]) is not call:
            shown = [*_that_show(twin, readers, happened), *_that_show(call, readers, happened)]
            return _both_found(key, call.args[0], writers, shown)
    seen = [call for group in readers.values() for call in group]
    wrong = nowhere_written(key, [*seen, *happened], happened)
    if wrong is not None:
        return Violation(wrong.reason, _that_show(wrong.calls[0], readers, happened))
    return _check_blocks(key, _blocks(happened, readers, successors))


def _writers(calls: Iterable[Call]) -> dict[Hashable, Call] | None:
    """Return each value's only writer; None if a value has two or is the initial one."""
    writers: dict[Hashable, Call] = {}
    for call in calls:
        if call.f == "read":
            continue
        value = leaves(call)
        if value is None or value in writers or refused(call):
            return None
        writers[value] = call
    return writers


def _happened(
    calls: Iterable[Call],
    writers: dict[Hashable, Call],
    readers: dict[Hashable, list[Call]],
) -> list[Call]:
    """Return the writers that did happen: the certain ones and those whose value was seen."""
    found = [call for call in calls if call.f != "read" and call.certain]
    found += [w for value, w in writers.items() if not w.certain and value in readers]
    marked = {id(call) for call in found}
    for call in found:
        source = writers.get(call.args[0]) if call.f == "cas" else None
        if source is not None and id(source) not in marked:
            marked.add(id(source))
            found.append(source)
    return found


def _successors(happened: Iterable[Call]) -> dict[Hashable, Call]:
    """Return the first cas to have found each value."""
    found: dict[Hashable, Call] = {}
    for call in happened:
        if call.f == "cas":
            found.setdefault(call.args[0], call)
    return found


def _that_show(
    call: Call, readers: dict[Hashable, list[Call]], happened: Iterable[Call]
) -> list[Call]:
    """Return a call with those that show that it happened, if its outcome does not say so."""
    # What found the value that it left itself shows nothing of itself.
    others = _successors(each for each in happened if each.args[0] != leaves(each))
    shown = [call]
    while not shown[-1].certain:
        value = leaves(shown[-1])
        shown.append(readers[value][0] if value in readers else others[value])
    return shown


def nowhere_written(key: str, finders: Sequence[Call], writers: Sequence[Call]) -> Violation | None:
    """Return a call that found what none of the writers left, if there is one."""
    left = {leaves(writer) for writer in writers if not refused(writer)}
    for call in finders:
        needed = call.value if call.f == "read" else call.args[0] if call.f == "cas" else None
        if needed is not None and needed not in left and not refused(call):
            return Violation(f"{key} never held {value_text(needed)}: nobody wrote it", [call])
    return None


def _both_found(
    key: str, old: Hashable, writers: dict[Hashable, Call], shown: Sequence[Call]
) -> Violation:
    reason = f"only one cas can have found {key} = {value_text(old)}, which was written once"
    calls = [writers[old], *shown] if old in writers else shown
    return Violation(reason, list({id(call): call for call in calls}.values()))


@dataclass(slots=True)
class Block:
    """Clusters that must lie together, in a fixed order."""

    value: Hashable
    """The first of its values."""
    first: Call | None = None
    """The call that ends earliest, at `end`; None for the state before all calls."""
    last: Call | None = None
    """The call that begins latest, at `start`."""
    end: Moment = NEVER
    start: Moment = BEGINNING
    misplaced: tuple[Call, Call] | None = None
    """Two of its calls that real time puts the wrong way round: what must come first, last."""
    links: list[Call] = field(default_factory=list)
    """The writers that tie its clusters together."""

    def add(self, calls: Iterable[Call]) -> None:
        """Append calls that may lie in any order, behind all that were added before."""
        latest = self.last
        for call in calls:
            if latest is not None and call.end < latest.start and self.misplaced is None:
                self.misplaced = (latest, call)
            if self.last is None or call.start > self.start:
                self.last, self.start = call, call.start
            if call.end < self.end:
                self.first, self.end = call, call.end


def _blocks(
    happened: Sequence[Call],
    readers: dict[Hashable, list[Call]],
    successors: dict[Hashable, Call],
) -> list[Block]:
    roots: list[Call | None] = [None, *(call for call in happened if call.f == "write")]
    placed: set[int] = set()
    blocks = []
    for root in roots:
        block = _block(root, readers, successors)
        placed.update(id(link) for link in block.links)
        blocks.append(block)
    stranded = [call for call in happened if id(call) not in placed and call.f == "cas"]
    if stranded:
        blocks.append(_circle(stranded[0], readers, successors))
    return blocks


def _block(
    root: Call | None,
    readers: dict[Hashable, list[Call]],
    successors: dict[Hashable, Call],
) -> Block:
    writer = root
    value = None if root is None else leaves(root)
    block = Block(value)
    if root is None:
        block.end = BEGINNING
    while True:
        if writer is not None:
            block.links.append(writer)
            block.add([writer])
        block.add(readers.get(value, ()))
        writer = successors.get(value)
        if writer is None:
            return block
        value = leaves(writer)


def _circle(
    call: Call, readers: dict[Hashable, list[Call]], successors: dict[Hashable, Call]
) -> Block:
    """Return a block for cas calls each of which found what another one of them left."""
    block = Block(call.args[0], links=[call])
    while (following := successors.get(leaves(block.links[-1]))) is not None:
        if any(following is link for link in block.links):
            break
        block.links.append(following)
    block.misplaced = (block.links[-1], block.links[0])
    block.links += [read for link in block.links for read in readers.get(leaves(link), ())[:1]]
    return block


def _check_blocks(key: str, blocks: Sequence[Block]) -> Answer:
    for block in blocks:
        if block.misplaced is not None:
            return _misplaced(key, block, *block.misplaced)
    used = [block for block in blocks if block.last is not None]
    forward = sorted((b for b in used if b.end < b.start), key=lambda b: b.end)
    for earlier, later in pairwise(forward):
        if later.end < earlier.start:
            return _conflict(key, earlier, later)
    ends = [block.end for block in forward]
    for block in used:
        if block.end < block.start:
            continue
        position = bisect_left(ends, block.start) - 1
        if position >= 0 and block.end < forward[position].start:
            return _conflict(key, forward[position], block)
    return Orderable()


def _misplaced(key: str, block: Block, before: Call, after: Call) -> Violation:
    """Explain two calls of one block: `before` must come first, but began after `after` ended."""
    between = [link for link in block.links if link not in (before, after)]
    if block.first is None:
        reason = f"these cas calls on {key} each found what only one of them could leave"
        return Violation(reason, block.links)
    if len(block.links) <= 1:
        reason = f"{key} = {value_text(leaves(before))} was read before its write began"
        return Violation(reason, [before, after])
    reason = f"the cas calls on {key} fix an order that real time contradicts"
    return Violation(reason, [before, *between, after])


def _conflict(key: str, held: Block, other: Block) -> Violation:
    """Explain two blocks each of which must come before the other."""
    edges = (held.first, held.last, other.first, other.last)
    involved = {id(call): call for call in (*held.links, *other.links, *edges) if call is not None}
    since = "at first" if held.end == BEGINNING else f"by {seconds(held.end[0])} s"
    reason = (
        f"{key} held {value_text(held.value)} {since} and still at {seconds(held.start[0])} s or "
        f"later, yet {value_text(other.value)} in between"
    )
    return Violation(reason, spare(Register(), list(involved.values())))
