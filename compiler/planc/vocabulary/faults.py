"""The faults of the language: their kinds, their forms, and the ability each needs of a backend."""

from __future__ import annotations

from dataclasses import dataclass

from planc.vocabulary.types import TypeName


@dataclass(frozen=True, slots=True)
class FaultWord:
    kind: str
    """The name in the tree (`Fault.kind`) and of the runtime's call."""
    form: str
    """How it is written, for documentation and messages."""
    category: str
    """node, link, clock, disk, resources, names, byzantine."""
    ability: str
    """What a backend must have; "hooks" means the service's own hooks, whatever the backend."""
    amount: TypeName | None = None
    """The type of `Fault.amount`."""
    spread: bool = False
    """Whether the amount may be written `A +/- B`."""
    negative: bool = False
    optional_amount: bool = False
    lasts: bool = True
    """Whether something stays broken that can be mended, so that `for D` makes sense."""


def _node(kind: str, ability: str, *, lasts: bool = True) -> FaultWord:
    return FaultWord(kind, f"{kind} T", "node", ability, lasts=lasts)


FAULTS: dict[str, FaultWord] = {
    word.kind: word
    for word in [
        _node("crash", "crash"),
        _node("stop", "stop"),
        _node("restart", "restart"),
        _node("pause", "pause"),
        _node("resume", "pause", lasts=False),
        _node("start", "restart", lasts=False),
        FaultWord("partition", "partition T | T", "link", "partition"),
        FaultWord("partition_one_way", "partition T -> T", "link", "partition"),
        FaultWord("bridge", "bridge through T", "link", "partition"),
        FaultWord("isolate", "isolate T", "link", "partition"),
        FaultWord("slow", "slow LINKS by D", "link", "slow", "duration", spread=True),
        FaultWord("drop", "drop P% on LINKS", "link", "drop", "percent"),
        FaultWord("duplicate", "duplicate P% on LINKS", "link", "duplicate", "percent"),
        FaultWord("reorder", "reorder P% on LINKS", "link", "reorder", "percent"),
        FaultWord("corrupt", "corrupt P% on LINKS", "link", "corrupt", "percent"),
        FaultWord("limit", "limit LINKS to R", "link", "limit", "bandwidth"),
        FaultWord("flap", "flap LINKS every D", "link", "partition", "duration"),
        FaultWord("refuse", "refuse connections to T [from T]", "link", "refuse"),
        FaultWord("cut", "cut connections of T", "link", "cut", lasts=False),
        FaultWord("skew", "skew T by D", "clock", "skew", "duration", negative=True),
        FaultWord("jump", "jump T by D", "clock", "jump", "duration", negative=True),
        FaultWord("drift", "drift T by P%", "clock", "drift", "percent", negative=True),
        FaultWord("fill_disk", "fill disk of T", "disk", "fill_disk"),
        FaultWord("slow_disk", "slow disk of T by D", "disk", "slow_disk", "duration", spread=True),
        FaultWord("fail_fsync", "fail fsync of T", "disk", "fail_fsync"),
        FaultWord("lose_unsynced", "lose unsynced writes of T", "disk", "lose_unsynced"),
        FaultWord(
            "flip_bits",
            "flip [N] bits in S of T",
            "disk",
            "flip_bits",
            "number",
            optional_amount=True,
            lasts=False,
        ),
        FaultWord("limit_memory", "limit memory of T to SIZE", "resources", "limit_memory", "size"),
        FaultWord(
            "throttle_cpu", "throttle cpu of T to P%", "resources", "throttle_cpu", "percent"
        ),
        FaultWord("exhaust_files", "exhaust files of T", "resources", "exhaust_files"),
        FaultWord("fail_names", "fail names of T", "names", "fail_names"),
        FaultWord("lie", "make T lie", "byzantine", "hooks"),
        FaultWord("equivocate", "make T equivocate", "byzantine", "hooks"),
        FaultWord("replay", "make T replay", "byzantine", "hooks"),
        FaultWord("silence", "silence T", "byzantine", "hooks"),
        FaultWord("corrupt_messages", "corrupt messages of T", "byzantine", "hooks"),
    ]
}
"""By kind, in the order of the documentation."""
