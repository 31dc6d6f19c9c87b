"""What each property of a history demands, in a sentence for whoever does not know its name."""

from __future__ import annotations

MEANING = {
    "linearizable": "every operation takes effect at one moment between its call and its answer",
    "sequential": "all operations fit one order that keeps each client's own",
    "read-uncommitted": "transactions never write over each other's unfinished writes",
    "read-committed": "transactions read only what others have committed",
    "read-atomic": "of another transaction's writes all are seen, or none",
    "snapshot-isolated": "each transaction reads one snapshot, and no update is lost",
    "strong-snapshot-isolated": "snapshots, none of them older than what was committed before",
    "repeatable-read": "what a transaction has read does not change until it ends",
    "serializable": "transactions have the effect of running one after the other",
    "session-serializable": "one after the other, in an order that keeps each client's own",
    "strict-serializable": "one after the other, in an order that keeps real time",
    "read-your-writes": "a client sees what it wrote itself",
    "monotonic-reads": "what a client has seen is never undone for it",
    "monotonic-writes": "one client's writes are seen in the order in which it wrote them",
    "writes-follow-reads": "who sees a write also sees what its writer had read",
    "at-least-once": "every acknowledged message comes out",
    "exactly-once": "every acknowledged message comes out, and none of them twice",
    "ordered-per-sender": "one sender's messages come out in the order in which it sent them",
    "unique-ids": "no id is given out twice",
    "set-total": "all that was added is there, and nothing else",
    "counter-total": "the counter is the sum of what was added to it",
    "queue-total": "what was put in comes out, and nothing else",
    "bank-total": "transfers move money and make none",
    "mutually-exclusive": "at most one client holds a lock at a time",
    "fenced": "tokens grow, and a write under an older one is refused",
    "watch-ordered": "watchers are told what was written, in that order",
    "watch-complete": "watchers are told of every write, in that order",
    "replicas-equal": "all replicas hold the same in the end",
}


def meaning(text: str) -> str:
    """Return what `expect history is NAME` demands; nothing for any other expectation."""
    words = text.partition(" as ")[0].split()
    if words[:2] != ["expect", "history"] or "not" in words:
        return ""
    return next((MEANING[word] for word in reversed(words) if word in MEANING), "")
