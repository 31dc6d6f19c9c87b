"""The list of troubles, in the language's words; each returns a value that says what is meant.

All durations are seconds, shares 0..1, sizes bytes, rates bits per second. `seconds=None` lasts
until it is healed, at the latest until the block around it ends.
"""

from __future__ import annotations

from typing import Any

from planc_runtime.plan.actions import Action, Fault, Links
from planc_runtime.plan.expr import Expr
from planc_runtime.plan.spot import here


def _on_nodes(kind: str, t: Expr, seconds: Any, every: Any = None, **params: Any) -> Action:
    return Fault(kind, (t,), None, params, seconds, every, here(3))


def _on_links(kind: str, on: Links, seconds: Any, **params: Any) -> Action:
    return Fault(kind, (), on, params, seconds, None, here(3))


def crash(t: Expr, seconds: Any = None, every: Any = None) -> Action:
    """End nodes with SIGKILL; healing starts them again."""
    return _on_nodes("crash", t, seconds, every)


def stop_nodes(t: Expr, seconds: Any = None, every: Any = None) -> Action:
    """End nodes as their service says; healing starts them again."""
    return _on_nodes("stop", t, seconds, every)


def restart(t: Expr, seconds: Any = None, every: Any = None) -> Action:
    """Stop nodes and start them again."""
    return _on_nodes("restart", t, seconds, every)


def pause(t: Expr, seconds: Any = None, every: Any = None) -> Action:
    """Freeze nodes; healing lets them go on."""
    return _on_nodes("pause", t, seconds, every)


def resume(t: Expr, seconds: Any = None, every: Any = None) -> Action:
    """Let paused nodes go on."""
    return _on_nodes("resume", t, seconds, every)


def start(t: Expr, seconds: Any = None, every: Any = None) -> Action:
    """Start nodes that are down, spare ones included."""
    return _on_nodes("start", t, seconds, every)


def isolate(t: Expr, seconds: Any = None, every: Any = None) -> Action:
    """Cut nodes off from every other node and every client."""
    return _on_nodes("isolate", t, seconds, every)


def partition(a: Expr, b: Expr, *more: Expr, seconds: Any = None) -> Action:
    """Let no packet pass between the sides."""
    return Fault("partition", (a, b, *more), None, {}, seconds, None, here())


def partition_one_way(a: Expr, b: Expr, seconds: Any = None) -> Action:
    """Let no packet pass from a to b; the other way stays open."""
    return Fault("partition_one_way", (a, b), None, {}, seconds, None, here())


def bridge(through: Expr, seconds: Any = None) -> Action:
    """Split the others in two halves that both see only the bridge."""
    return Fault("bridge", (through,), None, {}, seconds, None, here())


def links_of(t: Expr) -> Links:
    """Name the links between nodes and everybody else, clients included, both ways."""
    return Links("of", t)


def links_to(a: Expr, b: Expr) -> Links:
    """Name the links from a to b, one way."""
    return Links("to", a, b)


def links_between(a: Expr, b: Expr) -> Links:
    """Name the links between a and b, both ways."""
    return Links("between", a, b)


def slow(links: Links, delay: Any, jitter: Any = 0.0, seconds: Any = None) -> Action:
    """Delay every packet."""
    return _on_links("slow", links, seconds, delay=delay, jitter=jitter)


def drop(links: Links, share: Any, seconds: Any = None) -> Action:
    """Lose a share of the packets."""
    return _on_links("drop", links, seconds, share=share)


def duplicate(links: Links, share: Any, seconds: Any = None) -> Action:
    """Deliver a share of the packets twice."""
    return _on_links("duplicate", links, seconds, share=share)


def reorder(links: Links, share: Any, seconds: Any = None) -> Action:
    """Let a share of the packets arrive out of order."""
    return _on_links("reorder", links, seconds, share=share)


def corrupt(links: Links, share: Any, seconds: Any = None) -> Action:
    """Change bytes in a share of the packets."""
    return _on_links("corrupt", links, seconds, share=share)


def limit(links: Links, rate: Any, seconds: Any = None) -> Action:
    """Limit the bandwidth."""
    return _on_links("limit", links, seconds, rate=rate)


def flap(links: Links, period: Any, seconds: Any = None) -> Action:
    """Cut and mend links in turn, each for half of the period."""
    return _on_links("flap", links, seconds, period=period)


def refuse(to: Expr, source: Expr | None = None, seconds: Any = None) -> Action:
    """Refuse new connections to nodes; open ones go on."""
    targets = (to,) if source is None else (to, source)
    return Fault("refuse", targets, None, {}, seconds, None, here())


def cut(t: Expr, seconds: Any = None) -> Action:
    """Reset the open connections of nodes."""
    return _on_nodes("cut", t, seconds)


def skew(t: Expr, by: Any, seconds: Any = None) -> Action:
    """Let wall clocks be wrong."""
    return _on_nodes("skew", t, seconds, by=by)


def jump(t: Expr, by: Any, seconds: Any = None) -> Action:
    """Let wall clocks jump while the node runs."""
    return _on_nodes("jump", t, seconds, by=by)


def drift(t: Expr, by: Any, seconds: Any = None) -> Action:
    """Let clocks run fast (or slow, below 0) by a share."""
    return _on_nodes("drift", t, seconds, by=by)


def fill_disk(t: Expr, seconds: Any = None) -> Action:
    """Leave no room on disks."""
    return _on_nodes("fill_disk", t, seconds)


def slow_disk(t: Expr, by: Any, jitter: Any = 0.0, seconds: Any = None) -> Action:
    """Delay every fsync."""
    return _on_nodes("slow_disk", t, seconds, by=by, jitter=jitter)


def fail_fsync(t: Expr, seconds: Any = None) -> Action:
    """Let fsync fail."""
    return _on_nodes("fail_fsync", t, seconds)


def lose_unsynced(t: Expr, seconds: Any = None) -> Action:
    """Cut the power: what was not synced is gone; healing starts the nodes again."""
    return _on_nodes("lose_unsynced", t, seconds)


def exhaust_files(t: Expr, seconds: Any = None) -> Action:
    """Leave no file descriptor to open."""
    return _on_nodes("exhaust_files", t, seconds)


def fail_names(t: Expr, seconds: Any = None) -> Action:
    """Let name resolution fail."""
    return _on_nodes("fail_names", t, seconds)


def flip_bits(pattern: Any, t: Expr, count: Any = 1) -> Action:
    """Flip bits in files below the data directory."""
    return _on_nodes("flip_bits", t, None, pattern=pattern, count=count)


def limit_memory(t: Expr, size: Any, seconds: Any = None) -> Action:
    """Limit the memory of nodes."""
    return _on_nodes("limit_memory", t, seconds, size=size)


def throttle_cpu(t: Expr, share: Any, seconds: Any = None) -> Action:
    """Leave nodes a share of one core."""
    return _on_nodes("throttle_cpu", t, seconds, share=share)


def lie(t: Expr, seconds: Any = None) -> Action:
    """Let nodes answer falsely, through the service's hook."""
    return _on_nodes("lie", t, seconds)


def equivocate(t: Expr, seconds: Any = None) -> Action:
    """Let nodes tell different peers different things, through the service's hook."""
    return _on_nodes("equivocate", t, seconds)


def replay(t: Expr, seconds: Any = None) -> Action:
    """Let nodes send old messages again, through the service's hook."""
    return _on_nodes("replay", t, seconds)


def silence(t: Expr, seconds: Any = None) -> Action:
    """Let nodes receive but send nothing."""
    return _on_nodes("silence", t, seconds)


def corrupt_messages(t: Expr, seconds: Any = None) -> Action:
    """Let nodes send broken messages, through the service's hook or on their links."""
    return _on_nodes("corrupt_messages", t, seconds)
