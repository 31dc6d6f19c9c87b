"""Faults compared: how hard, how long, how often, and whom."""

from __future__ import annotations

from planc import model as m
from planc.diff import orders
from planc.diff.change import DIFFERENT, STRONGER, WEAKER, Verdict
from planc.diff.differ import Differ, Scope
from planc.vocabulary import FAULTS

HEALING = ("start", "resume")
"""Words of the list of faults that mend."""

_HARDER: dict[str, Verdict] = {
    **dict.fromkeys(("slow", "drop", "duplicate", "reorder", "corrupt"), STRONGER),
    **dict.fromkeys(("slow_disk", "flip_bits"), STRONGER),
    **dict.fromkeys(("limit", "limit_memory", "throttle_cpu"), WEAKER),
}
"""What a larger amount makes of a fault; a limit that leaves more is milder."""
_AROUND_ZERO = ("skew", "jump", "drift")

_MILDER = {
    ("crash", "stop"),
    ("crash", "restart"),
    ("crash", "pause"),
    ("partition", "partition_one_way"),
    ("partition", "slow"),
    ("partition", "drop"),
    ("isolate", "slow"),
    ("isolate", "drop"),
    ("fill_disk", "slow_disk"),
    ("jump", "drift"),
}
"""A fault and one that asks less of a system: what cuts nothing, or stops with a warning."""


def trouble(differ: Differ, old: m.Trouble, new: m.Trouble, scope: Scope) -> None:
    """Compare two faults of the list."""
    if old.name != new.name:
        differ.add(replaced(old.name, new.name), "fault", "the fault", old, new, scope)
        return
    before = len(differ.found)
    word = f"`{FAULTS[new.name].form}`"
    amounts(differ, old, new, scope, word)
    lasting(differ, old, new, scope, word)
    targets(differ, old, new, scope)
    differ.different("fault", f"the files of {word}", old.pattern, new.pattern, scope)
    if len(differ.found) == before and not differ.same(old, new, scope):
        differ.add(DIFFERENT, "fault", "the fault", old, new, scope)


def replaced(old: str, new: str) -> Verdict:
    if (old, new) in _MILDER:
        return WEAKER
    return STRONGER if (new, old) in _MILDER else DIFFERENT


def amounts(differ: Differ, old: m.Trouble, new: m.Trouble, scope: Scope, word: str) -> None:
    before, after = differ.forms(old.amount, new.amount, scope)
    if before == after:
        return
    if before is None or after is None:
        verdict: Verdict | None = DIFFERENT
    elif new.name in _AROUND_ZERO:
        verdict = orders.shift(before, after, STRONGER)
    elif new.name in _HARDER:
        verdict = orders.amount(before, after, _HARDER[new.name])
    else:
        verdict = DIFFERENT
    differ.add(verdict, "fault-amount", f"the amount of {word}", old.amount, new.amount, scope,
               lines=(old.span, new.span))  # fmt: skip


def lasting(differ: Differ, old: m.Trouble, new: m.Trouble, scope: Scope, word: str) -> None:
    before, after = differ.forms(old.duration, new.duration, scope)
    if before != after:
        verdict = orders.amount(before, after, STRONGER)
        if before is None or after is None:
            # Without `for` it lasts until it is mended, at the latest when its block ends.
            verdict = WEAKER if before is None else STRONGER
        subject = f"how long {word} lasts"
        texts = tuple(
            side.text(each.span) if each else "until it is mended"
            for side, each in ((differ.old, old.duration), (differ.new, new.duration))
        )
        differ.add(verdict, "fault-duration", subject, old.duration, new.duration, scope,
                   texts=(texts[0], texts[1]), lines=(old.span, new.span))  # fmt: skip
    before, after = differ.forms(old.every, new.every, scope)
    if before != after:
        known = before is not None and after is not None
        verdict = orders.amount(before, after, WEAKER) if known else DIFFERENT
        subject = f"how soon {word} goes on to the next node"
        differ.add(verdict, "fault-rhythm", subject, old.every, new.every, scope,
                   lines=(old.span, new.span))  # fmt: skip


# --- whom ---------------------------------------------------------------------------------------


def targets(differ: Differ, old: m.Trouble, new: m.Trouble, scope: Scope) -> None:
    before, after = ends(old), ends(new)
    if len(before) != len(after):
        differ.add(DIFFERENT, "target", "the sides", old, new, scope)
        return
    for one, other in paired(differ, before, after, scope, new.name == "partition"):
        target(differ, one, other, scope, (old, new))
    if (old.links and old.links.form) != (new.links and new.links.form):
        differ.add(DIFFERENT, "target", "the links", old.links, new.links, scope)


def ends(trouble: m.Trouble) -> list[m.Expression]:
    links = [each for each in (trouble.links.a, trouble.links.b) if each] if trouble.links else []
    return [*trouble.targets, *links]


def paired(
    differ: Differ,
    old: list[m.Expression],
    new: list[m.Expression],
    scope: Scope,
    unordered: bool,
) -> list[tuple[m.Expression, m.Expression]]:
    """Return the ends that belong together; the sides of a partition may stand in any order."""
    if not unordered:
        return list(zip(old, new, strict=True))
    pairs = []
    rest = list(new)
    for one in list(old):
        other = next((each for each in rest if differ.same(one, each, scope)), None)
        if other is not None:
            pairs.append((one, other))
            rest.remove(other)
    done = [one for one, _ in pairs]
    return [*pairs, *zip([each for each in old if each not in done], rest, strict=True)]


def target(
    differ: Differ,
    old: m.Expression,
    new: m.Expression,
    scope: Scope,
    around: tuple[m.Item, m.Item],
) -> None:
    before, after = differ.forms(old, new, scope)
    verdict = orders.target(before, after, differ.sizes)
    lines = (around[0].span, around[1].span)
    differ.add(verdict, "target", "the target", old, new, scope, lines=lines)


def fault_use(differ: Differ, old: m.FaultUse, new: m.FaultUse, scope: Scope) -> None:
    """Compare two uses of declared faults: of the same one by what it is given."""
    same = differ.old.identity(old.key) == differ.new.identity(new.key)
    if not same or len(old.arguments) != len(new.arguments):
        differ.add(DIFFERENT, "fault", "the fault", old, new, scope)
        return
    for one, other in zip(old.arguments, new.arguments, strict=True):
        if differ.same(one, other, scope):
            continue
        if "nodes" in (one.type, other.type) or "cluster" in (one.type, other.type):
            target(differ, one, other, scope, (old, new))
        else:
            differ.add(DIFFERENT, "fault-amount", f"what `{new.name}` is given", one, other, scope)


def harmful(part: object) -> bool:
    """Say whether a part of a plan breaks something."""
    return any(
        isinstance(each, m.FaultUse) or (isinstance(each, m.Trouble) and each.name not in HEALING)
        for each in m.walk(part)
    )
