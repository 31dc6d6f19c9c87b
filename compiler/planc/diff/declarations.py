"""Declarations compared: what a plan shares, whose changes reach every scenario that uses it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from planc import model as m
from planc.diff import orders
from planc.diff.blocks import block
from planc.diff.canon import one_by_one
from planc.diff.change import (
    DIFFERENT,
    NEUTRAL,
    STRONGER,
    WEAKER,
    Verdict,
    by_set,
    by_size,
    joined,
)
from planc.diff.differ import Differ, Scope
from planc.diff.mocks import routes
from planc.diff.pairing import equal

NOTHING = Scope()


def compare(
    differ: Differ, old: m.AnyDeclaration, new: m.AnyDeclaration, scope: Scope = NOTHING
) -> None:
    """Compare two declarations of one kind; `let`s are compared where they are used.

    `scope` holds the names of the scenario around a cluster of its own.
    """
    if type(old) is not type(new):
        differ.add(DIFFERENT, new.kind, f"the {new.kind} `{new.name}`", old, new)
    elif not isinstance(new, m.Let) and not differ.same(old, new, scope):
        before = len(differ.found)
        if isinstance(old, m.Cluster) and isinstance(new, m.Cluster):
            cluster(differ, old, new, scope)
        else:
            _COMPARED[type(new)](differ, old, new)
        if len(differ.found) == before:
            differ.add(DIFFERENT, _KIND[type(new)], f"the {new.kind} `{new.name}`", old, new)


# --- clusters -----------------------------------------------------------------------------------


def cluster(differ: Differ, old: m.Cluster, new: m.Cluster, scope: Scope) -> None:
    numbers = (len(old.node_names), len(new.node_names))
    services = [[side.identity(each.service.key) for each in part.members]
                for side, part in ((differ.old, old), (differ.new, new))]  # fmt: skip
    name = f"`{new.name}`"
    if old.counted and new.counted and numbers[0] != numbers[1]:
        texts = (f"{numbers[0]} nodes", f"{numbers[1]} nodes")
        verdict = by_size(*numbers, STRONGER)
        differ.add(verdict, "nodes", f"the size of {name}", old, new, texts=texts)
    elif not differ.same(old.members, new.members, scope):
        counts = [differ.forms(a.count, b.count, scope)
                  for a, b in zip(old.members, new.members, strict=False)]  # fmt: skip
        steps = [step for pair in counts if (step := orders.amount(*pair, STRONGER))]
        whole = len(old.members) == len(new.members) and services[0] == services[1] and steps
        verdict = joined(steps) if whole else DIFFERENT
        differ.add(verdict, "nodes", f"the nodes of {name}", old.members, new.members)
    if set(services[0]) != set(services[1]):
        differ.add(DIFFERENT, "cluster", f"the services of {name}", old.members, new.members)
    rows(differ, "cluster", f"the settings of {name}", old, new, "settings")
    links(differ, old, new)
    texts = (f"{old.retransmit:g}s" if old.retransmit else "not set",
             f"{new.retransmit:g}s" if new.retransmit else "not set")  # fmt: skip
    if old.retransmit != new.retransmit:
        differ.add(DIFFERENT, "cluster", f"`retransmit` of {name}", old, new, texts=texts)


def links(differ: Differ, old: m.Cluster, new: m.Cluster) -> None:
    """Compare the normal networks: one that is worse is a harder place to be in."""
    subject = f"the normal network of `{new.name}`"
    if old.links is None or new.links is None:
        if old.links or new.links:
            verdict = STRONGER if new.links else WEAKER
            differ.add(verdict, "cluster", subject, old.links, new.links)
        return
    a, b = old.links, new.links
    rates = [each.rate if each.rate is not None else float("inf") for each in (a, b)]
    steps = (
        by_size(a.delay, b.delay, STRONGER),
        by_size(a.jitter, b.jitter, STRONGER),
        by_size(a.loss or 0.0, b.loss or 0.0, STRONGER),
        by_size(rates[0], rates[1], WEAKER),
    )
    found = [each for each in steps if each]
    differ.add(joined(found) if found else None, "cluster", subject, a, b)


# --- load ---------------------------------------------------------------------------------------


def workload(differ: Differ, old: m.Workload, new: m.Workload) -> None:
    name = f"`{new.name}`"
    for field, more in (("clients", STRONGER), ("think", WEAKER), ("operations", STRONGER)):
        amount(differ, "load", f"`{field}` of {name}", old, new, field, more)
    amount(differ, "timeout", f"the timeout of {name}", old, new, "timeout", WEAKER)
    rate(differ, old, new)
    if dict(old.mix) != dict(new.mix):
        verdict = by_set(dict(old.mix), dict(new.mix), STRONGER) or DIFFERENT
        texts = (mix_text(old), mix_text(new))
        differ.add(verdict, "workload", f"the mix of {name}", old, new, texts=texts)
    for field in ("keys", "values", "cluster", "client"):
        attribute(differ, "workload", f"`{field}` of {name}", old, new, field)


def rate(differ: Differ, old: m.Workload, new: m.Workload) -> None:
    subject = f"the rate of `{new.name}`"
    a, b = old.rate, new.rate
    if differ.same(a, b, NOTHING):
        return
    verdict = DIFFERENT
    if a and b:
        # A ramp ends at `end`; without one the rate stays at `start`.
        pairs = ((a.start, b.start), (a.end or a.start, b.end or b.start))
        steps = [orders.amount(*differ.forms(*pair, NOTHING), STRONGER) for pair in pairs]
        found = [each for each in steps if each]
        verdict = joined(found) if found else DIFFERENT
    texts = tuple(
        side.text(each.span) if each else "as fast as answers come"
        for side, each in ((differ.old, a), (differ.new, b))
    )
    differ.add(verdict, "load", subject, a, b, texts=(texts[0], texts[1]),
               lines=(line(a, old), line(b, new)))  # fmt: skip


def mix_text(part: m.Workload) -> str:
    return ", ".join(f"{name} {share:.6g}" for name, share in sorted(part.mix)) or "nothing"


# --- services, clients --------------------------------------------------------------------------


def service(differ: Differ, old: m.Service, new: m.Service) -> None:
    name = f"`{new.name}`"
    for field in ("command", "python", "cwd", "setup", "status", "metrics", "stop"):
        attribute(differ, "service", f"`{field}` of {name}", old, new, field)
    for field in ("env", "files", "ports", "params"):
        rows(differ, "service", f"`{field.removesuffix('s')}` of {name}", old, new, field)
    ready(differ, old, new)
    for field in ("needs", "roles", "hooks"):
        named(differ, "service", f"`{field.removesuffix('s')}` of {name}", old, new, field)
    plants(differ, old, new)


def ready(differ: Differ, old: m.Service, new: m.Service) -> None:
    subject = f"`ready` of `{new.name}`"
    a, b = old.ready, new.ready
    if a is None or b is None:
        attribute(differ, "service", subject, old, new, "ready")
        return
    verdict = by_size(a.within, b.within, WEAKER)
    texts = (f"within {a.within:g}s", f"within {b.within:g}s")
    differ.add(verdict, "timeout", subject, a, b, texts=texts)
    if not differ.same((a.probe, a.has), (b.probe, b.has), NOTHING):
        differ.add(DIFFERENT, "service", subject, a, b)


def plants(differ: Differ, old: m.Service, new: m.Service) -> None:
    before = {each.name: each for each in old.plants}
    after = {differ.new.plant(new.key, each.name): each for each in new.plants}
    for name in sorted({*before, *after}):
        a, b = before.get(name), after.get(name)
        if a is None or b is None:
            verdict = WEAKER if a else STRONGER
            differ.add(verdict, "catches", f"the planted bug `{name}`", a, b)
        elif not differ.same(a, b, NOTHING):
            plain = differ.same(a.changed(sentence=""), b.changed(sentence=""), NOTHING)
            verdict = NEUTRAL if plain else DIFFERENT
            differ.add(verdict, "service", f"the planted bug `{name}`", a, b)


def client(differ: Differ, old: m.Client, new: m.Client) -> None:
    name = f"`{new.name}`"
    timeouts = [each.timeout if each.timeout is not None else 5.0 for each in (old, new)]
    texts = (f"{timeouts[0]:g}s", f"{timeouts[1]:g}s")
    verdict = by_size(timeouts[0], timeouts[1], WEAKER)
    differ.add(verdict, "timeout", f"the timeout of {name}", old, new, texts=texts)
    # What may have happened has to be reckoned with, but can never be held against a system.
    for field, verdict in (
        ("unknown_on", by_set(old.unknown_on, new.unknown_on, WEAKER)),
        ("fail_on", by_set(old.fail_on, new.fail_on, DIFFERENT)),
    ):
        said = [", ".join(getattr(each, field)) or "nothing" for each in (old, new)]
        words = field.replace("_", " ")
        differ.add(verdict, "client", f"`{words}` of {name}", old, new, texts=(said[0], said[1]))
    for field in ("over", "port", "python", "route"):
        attribute(differ, "client", f"`{field}` of {name}", old, new, field)
    rows(differ, "client", f"the headers of {name}", old, new, "headers")
    named(differ, "client", f"an operation of {name}", old, new, "operations")


# --- the rest -----------------------------------------------------------------------------------


def fault(differ: Differ, old: m.Fault, new: m.Fault) -> None:
    if len(old.parameters) != len(new.parameters):
        differ.add(DIFFERENT, "fault", f"the parameters of `{new.name}`", old, new)
        return
    names = [(differ.fresh(), *pair) for pair in zip(old.parameters, new.parameters, strict=True)]
    scope = Scope({a: form for form, a, _ in names}, {b: form for form, _, b in names})
    block(differ, old.body, new.body, scope)


def mock(differ: Differ, old: m.Mock, new: m.Mock) -> None:
    attribute(differ, "mock", f"`port` of `{new.name}`", old, new, "port")
    routes(differ, old, new)


def machine(differ: Differ, old: m.Machine, new: m.Machine) -> None:
    name = f"`{new.name}`"
    transitions = (one_by_one(old), one_by_one(new))
    listed(differ, "machine", f"a transition of {name}", *transitions, WEAKER)
    for field in ("initial", "state", "client", "service", "cluster"):
        attribute(differ, "machine", f"`{field}` of {name}", old, new, field)


# --- fields -------------------------------------------------------------------------------------


def line(part: Any, around: m.Item) -> Any:
    return part.span if isinstance(part, m.Item) else around.span


def amount(
    differ: Differ, kind: str, subject: str, old: m.Item, new: m.Item, field: str, more: Verdict
) -> None:
    """Compare a field that is an amount; what was not set and now is differs."""
    a, b = getattr(old, field), getattr(new, field)
    before, after = differ.forms(a, b, NOTHING)
    lines = (line(a, old), line(b, new))
    differ.add(orders.amount(before, after, more), kind, subject, a, b, lines=lines)


def attribute(
    differ: Differ, kind: str, subject: str, old: m.Item, new: m.Item, field: str
) -> None:
    a, b = getattr(old, field), getattr(new, field)
    if not differ.same(a, b, NOTHING):
        texts = None
        if not isinstance(a, m.Item | None) or not isinstance(b, m.Item | None):
            texts = (str(a or "not set"), str(b or "not set"))
        lines = (line(a, old), line(b, new))
        differ.add(DIFFERENT, kind, subject, a, b, texts=texts, lines=lines)


def rows(differ: Differ, kind: str, subject: str, old: m.Item, new: m.Item, field: str) -> None:
    """Compare a table of names, or of names that are values themselves, and their values."""
    before, after = (
        {str(differ_key(name)): (name, value) for name, value in getattr(part, field)}
        for part in (old, new)
    )
    for name in sorted({*before, *after}):
        (_, a), (_, b) = before.get(name, (None, None)), after.get(name, (None, None))
        if not differ.same(a, b, NOTHING):
            texts = None
            if isinstance(a, int) or isinstance(b, int):
                texts = (str(a or "not set"), str(b or "not set"))
            lines = (line(a, old) if a else None, line(b, new) if b else None)
            shown = f"{subject} ({name})"
            differ.add(DIFFERENT, kind, shown, a, b, texts=texts, lines=lines)


def differ_key(name: object) -> object:
    return name.value if isinstance(name, m.Constant) else name


def named(differ: Differ, kind: str, subject: str, old: m.Item, new: m.Item, field: str) -> None:
    """Compare things that have names."""
    before, after = ({each.name: each for each in getattr(part, field)} for part in (old, new))
    for name in sorted({*before, *after}):
        a, b = before.get(name), after.get(name)
        if not differ.same(a, b, NOTHING):
            differ.add(DIFFERENT, kind, f"{subject} ({name})", a, b)


def listed(
    differ: Differ,
    kind: str,
    subject: str,
    old: Sequence[m.Item],
    new: Sequence[m.Item],
    lost: Verdict,
) -> None:
    """Compare things without names; `lost` is the verdict when one of them goes."""
    forms = [differ.old_canon.of(each, {}) for each in old]
    others = [differ.new_canon.of(each, {}) for each in new]
    pairs = equal(forms, others)
    for i, each in enumerate(old):
        if i not in {a for a, _ in pairs}:
            differ.add(lost, kind, subject, each, None)
    for j, each in enumerate(new):
        if j not in {b for _, b in pairs}:
            differ.add(lost.mirrored, kind, subject, None, each)


_COMPARED: dict[type[m.AnyDeclaration], Callable[[Differ, Any, Any], None]] = {
    m.Workload: workload,
    m.Service: service,
    m.Client: client,
    m.Fault: fault,
    m.Mock: mock,
    m.Machine: machine,
}
_KIND: dict[type[m.AnyDeclaration], str] = {
    m.Cluster: "cluster",
    m.Workload: "workload",
    m.Service: "service",
    m.Client: "client",
    m.Fault: "fault",
    m.Mock: "mock",
    m.Machine: "machine",
}
