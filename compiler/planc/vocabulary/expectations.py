"""What can be expected: properties of histories, measures, windows."""

from __future__ import annotations

from dataclasses import dataclass

from planc.vocabulary.types import TypeName


@dataclass(frozen=True, slots=True)
class HistoryProperty:
    name: str
    meaning: str


HISTORY_PROPERTIES: dict[str, HistoryProperty] = {
    name: HistoryProperty(name, meaning)
    for name, meaning in {
        "linearizable": "every operation takes effect at one moment between its call and its end",
        "sequential": "one order of all operations keeps each client's own order",
        "read-uncommitted": "transactions never overwrite each other's unfinished writes (no G0)",
        "read-committed": "transactions see only what others had finished and committed (no G1)",
        "read-atomic": "a transaction sees all or nothing of another one's writes",
        "snapshot-isolated": "each transaction reads from one snapshot; no update is lost",
        "strong-snapshot-isolated": "and that snapshot holds all that had been committed before",
        "repeatable-read": "what a transaction read does not change before it ends (no G2-item)",
        "serializable": "the transactions have the effect of some serial order",
        "session-serializable": "and that order keeps the order of each client",
        "strict-serializable": "and that order keeps real time",
        "read-your-writes": "a client sees what it wrote itself",
        "monotonic-reads": "a client never sees an older value after a newer one",
        "monotonic-writes": "a client's writes take effect in its order",
        "writes-follow-reads": "a write comes after the writes its client had read",
        "at-least-once": "everything acknowledged was delivered",
        "exactly-once": "everything acknowledged was delivered, and once",
        "ordered-per-sender": "messages of one sender arrive in the order they were sent",
        "unique-ids": "no id was given out twice",
        "set-total": "the set holds every element that was added, and no other",
        "counter-total": "the counter is the sum of what was added",
        "queue-total": "what went into the queue came out of it or is still in it",
        "bank-total": "all reads of all accounts add up to the same",
        "mutually-exclusive": "no two owners held a lock or a lease at the same time",
        "fenced": "tokens grow, and nothing is accepted under an older one after a newer",
        "watch-ordered": "watchers are told of every write once, in the order of the writes",
        "watch-complete": "and no watcher missed a write between two it was told of",
        "replicas-equal": "after everything was healed all nodes hold the same",
    }.items()
}
"""As written after `history is`; `no acknowledged write is lost` is the property no-lost-writes."""

NO_LOST_WRITES = "no-lost-writes"

MODELS = ("register", "key-value", "set", "counter", "queue", "stack", "list", "lock", "lease")
"""What may follow `as`, beside a model of the plan's own: `as python "module:function"`."""

LATENCY_STATS = ("mean", "max")
"""Beside the percentiles, `p50` or `p99.9`."""


@dataclass(frozen=True, slots=True)
class MeasureWord:
    name: str
    """`Measure.name` in the tree."""
    form: str
    type: TypeName
    meaning: str
    per_operation: bool = True
    """Whether `of OP` may follow."""


MEASURES: dict[str, MeasureWord] = {
    word.name: word
    for word in (
        MeasureWord(
            "latency", "pNN latency | mean latency | max latency", "duration",
            "the time from when an operation was due until its answer",
        ),
        MeasureWord(
            "throughput", "throughput", "rate", "operations served per second: also those refused",
        ),
        MeasureWord("goodput", "goodput", "rate", "operations per second that ended ok"),
        MeasureWord("error rate", "error rate", "percent", "the share not served of operations"),
        MeasureWord("availability", "availability", "percent", "the share served of operations"),
        MeasureWord(
            "availability over time", "availability over time", "percent",
            "the share of time that is no downtime: how many operations fell into it is not asked",
        ),
        MeasureWord(
            "downtime", "downtime", "duration",
            "all times together, above 0.5 s each, in which somebody waited and nobody was served",
            False,
        ),
        MeasureWord(
            "recovery", "recovery after each fault", "duration",
            "the longest time without service that a fault began; of all faults the worst", False,
        ),
        MeasureWord(
            "send lag", "send lag", "duration",
            "how late operations were sent: whether the load kept up with its rate", False,
        ),
        MeasureWord(
            "share", "share of requests per node", "percent",
            "the share of the requests that one node got; the largest", False,
        ),
        MeasureWord(
            "memory growth", "memory growth of T", "size",
            "how much the memory of a node rose, by the least-squares line; the greatest", False,
        ),
        MeasureWord(
            "open files", "open files of T", "number", "the most files that a node had open", False,
        ),
        MeasureWord(
            "open files growth", "open files growth of T", "number",
            "how much the open files of a node rose, by the least-squares line; the greatest",
            False,
        ),
        MeasureWord(
            "metric", "increase | rate | max | min | mean of metric S of T", "any",
            "of a Prometheus metric, read again and again; each node has to hold", False,
        ),
    )
}  # fmt: skip

WINDOWS = ("during faults", "outside faults", "before faults", "after heal", "between")
