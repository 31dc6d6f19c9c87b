"""The evidence of troubles of machines: what a keeper has read back, judged and put into words."""

from __future__ import annotations

from planc_runtime.clusters.machine.conditions import State
from planc_runtime.clusters.machine.cut import Loss
from planc_runtime.protocols.evidence import Evidence, Hold, indeterminate, installed, skipped
from planc_runtime.protocols.rules import DiskRule, ResourceRule

COUNTED = ("seen", "delayed", "failed", "refused", "asked")
"""What a keeper, or a lab, counts of the calls that it answers."""

_FULL = "refused with ENOSPC where they need room"
_LATER = "does not run: in force from the first instruction of its next process"


def of_clock(name: str, state: State, reply: State | None) -> Evidence:
    wanted = state["words"]
    _, rate, offset = wanted
    told = f"wall clock {offset / 1e9:+.3f} s" + (
        f", gaining {rate / 2**32:+.2%} (timers stay right)" if rate else ""
    )
    if reply is None:
        return installed(f"{name} does not run: its next process begins with its {told}")
    pids = reply["pids"]
    if reply["refused"] or not pids or any(words != wanted for words in reply["read"]):
        why = "; ".join(reply["refused"]) or "another value was read back"
        return indeterminate(f"{name}: {told} is not certain: {why}", pids=pids)
    return installed(
        f"{name}: {told}, read back from the memory of {_pids(pids)}",
        pids=pids, offset=offset / 1e9, drift=rate / 2**32,
    )  # fmt: skip


def of_disk_begun(name: str, rule: DiskRule, reply: State | None) -> Evidence:
    if reply is None:
        return installed(f"{name} {_LATER}")
    if rule.full:
        return installed(f"every write of {name} is held by its keeper: {_FULL}")
    return installed(f"every sync of {name} is held by its keeper: {_disk(rule)}")


def of_disk_healed(name: str, rule: DiskRule, met: dict[str, int]) -> Evidence:
    """Judge by the calls that met the trouble; without any it has not been there."""
    if rule.full:
        words = f"{met['refused']} writes of {name} while it held {_FULL}"
        if met["asked"]:
            words += f"; it asked {met['asked']} times how much there is, and was told none"
        return (installed if met["refused"] or met["asked"] else indeterminate)(words, **met)
    felt = met["failed"] if rule.fail_sync else met["delayed"]
    words = f"{met['seen']} syncs of {name} while it held, {felt} of them {_disk(rule)}"
    return installed(words, **met) if felt else indeterminate(words, **met)


def of_cut(name: str, loss: Loss | None) -> Evidence:
    """Judge what a power cut has taken back."""
    if loss is None:
        return indeterminate(f"nothing is known of what {name} had written and not synced")
    words = (
        f"{name} lost {loss.bytes} unsynced bytes in {loss.files} files and {loss.names} names"
        f" that no sync had made durable; {loss.seen} changes and syncs were seen"
    )
    data = {"files": loss.files, "bytes": loss.bytes, "names": loss.names}
    if loss.unseen:
        return indeterminate(f"{words}; unseen: {', '.join(loss.unseen)}", **data)
    return installed(words, **data) if loss.seen else indeterminate(words, **data)


def of_limit(name: str, state: State, reply: State | None) -> Evidence:
    """Judge a limit that has been laid."""
    if reply is None:
        return installed(f"{name} {_LATER}")
    match state["what"]:
        case "cpu":
            return installed(f"{name} is stopped whenever it has used more than {_share(state)}")
        case "files":
            return _of_files(name, reply["limits"])
        case _:
            return _of_memory(name, reply["limits"], state["limit"])


def of_relief(name: str, rule: ResourceRule, what: str, reply: State | None) -> Evidence:
    """Judge a limit that has been lifted."""
    if reply is None:
        return skipped(f"{name} does not run any more")
    if what == "cpu":
        return _of_share(name, rule.cpu or 0.0, reply)
    limits = ", ".join(f"{row[0]}: {row[1]}" for row in reply["limits"])
    return installed(f"{name}: limits read back {limits or 'as they were'}")


def together(proofs: list[Evidence]) -> Evidence:
    """Return the evidence of several proofs as one: it is as weak as the weakest."""
    if not proofs:
        return skipped("nothing was asked for")
    order = (Hold.SKIPPED, Hold.INDETERMINATE, Hold.INSTALLED)
    weakest = min((proof.hold for proof in proofs), key=order.index)
    data = {name: value for proof in proofs for name, value in proof.data.items()}
    return Evidence(weakest, "; ".join(proof.proof for proof in proofs), data)


def _of_files(name: str, rows: list[list[int]]) -> Evidence:
    """Judge as the kernel does: an open fails unless the lowest free number is below the limit."""
    told = ", ".join(f"pid {pid} may have {limit} and has them" for pid, limit, _ in rows)
    holds = bool(rows) and all(limit <= lowest for _, limit, lowest in rows)
    return (installed if holds else indeterminate)(f"{name}: descriptors: {told}", limits=rows)


def _of_memory(name: str, rows: list[list[int]], wanted: int) -> Evidence:
    told = ", ".join(f"pid {p} has {used >> 20} of {limit >> 20} MiB" for p, limit, used in rows)
    holds = bool(rows) and all(0 <= limit <= wanted for _, limit, _ in rows)
    return (installed if holds else indeterminate)(f"{name}: private memory: {told}", limits=rows)


def _of_share(name: str, share: float, reply: State) -> Evidence:
    """Tell what was reached. Never stopped means that the node did not want more than its share."""
    reached = reply["used"] / reply["seconds"] if reply["seconds"] else 0.0
    words = (
        f"{name} used {reached:.1%} of a core in {reply['seconds']:.2f} s, {share:.0%} granted;"
        f" stopped {reply['stops']} times"
    )
    return (installed if reply["stops"] else indeterminate)(words, reached=reached, **reply)


def _disk(rule: DiskRule) -> str:
    troubles = []
    if rule.delay:
        troubles.append(f"delayed by {rule.delay * 1000:g} ms")
    if rule.fail_sync:
        troubles.append("failed with EIO")
    return " and ".join(troubles)


def _share(state: State) -> str:
    return f"{state['share']:.0%} of a core"


def _pids(pids: list[int]) -> str:
    return f"{'pids' if len(pids) > 1 else 'pid'} {', '.join(map(str, pids))}"
