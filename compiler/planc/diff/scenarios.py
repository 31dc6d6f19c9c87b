"""Scenarios compared: what they claim, where they run, their tables, their statements."""

from __future__ import annotations

from planc import model as m
from planc.diff import declarations
from planc.diff.blocks import block
from planc.diff.change import (
    DIFFERENT,
    NEUTRAL,
    STRONGER,
    WEAKER,
    Verdict,
    by_set,
    by_size,
)
from planc.diff.differ import Differ, Scope
from planc.diff.pairing import pair
from planc.vocabulary import BACKENDS, LATER_BACKENDS, SEVERITIES

OUT_OF_CI = frozenset(
    {
        *("broken", "disabled", "experimental", "flaky", "ignore", "manual", "nightly"),
        *("quarantine", "quarantined", "skip", "slow", "weekly", "wip"),
    }
)
"""Tags by which scenarios are usually left out of the runs that guard a merge."""
INTO_CI = frozenset(
    {
        *("blocking", "ci", "commit", "fast", "gate", "gating", "merge"),
        *("pr", "presubmit", "quick", "smoke"),
    }
)
"""Tags by which they are usually chosen for them."""


def scenario(differ: Differ, old: m.Scenario, new: m.Scenario) -> None:
    """Compare two scenarios, whatever they are called."""
    claims(differ, old, new)
    limits(differ, old, new)
    backends(differ, old, new)
    scope = tables(differ, old, new)
    own_clusters(differ, old, new, scope)
    block(differ, old.body, new.body, scope)


def claims(differ: Differ, old: m.Scenario, new: m.Scenario) -> None:
    for kind, subject in (("covers", "what it covers"), ("catches", "what it catches")):
        before, after = set(getattr(old, kind)), set(getattr(new, kind))
        if kind == "catches":
            renamed = {name: former for (_, name), former in differ.new.plants.items()}
            after = {renamed.get(each, each) for each in after}
        words(differ, kind, subject, before - after, after - before, (old, new), WEAKER)
    tags(differ, old.tags, new.tags, (old, new))
    severity(differ, old.severity, new.severity, (old, new))


def words(
    differ: Differ,
    kind: str,
    subject: str,
    gone: set[str],
    come: set[str],
    items: tuple[m.Item | None, m.Item | None],
    lost: Verdict,
) -> None:
    """Tell of words that are gone or new."""
    for each in sorted(gone):
        differ.add(lost, kind, subject, *items, texts=(f"`{each}`", ""))
    for each in sorted(come):
        differ.add(lost.mirrored, kind, subject, *items, texts=("", f"`{each}`"))


def tags(
    differ: Differ,
    old: tuple[str, ...],
    new: tuple[str, ...],
    items: tuple[m.Item | None, m.Item | None],
) -> None:
    """Compare tags: some put a scenario into the runs that guard a merge, some take it out."""
    for lost, known in ((STRONGER, OUT_OF_CI), (WEAKER, INTO_CI), (NEUTRAL, None)):
        before, after = (
            {each for each in side
             if (each in known if known is not None else each not in OUT_OF_CI | INTO_CI)}
            for side in (old, new)
        )  # fmt: skip
        words(differ, "tags", "its tags", before - after, after - before, items, lost)


def severity(
    differ: Differ,
    old: str | None,
    new: str | None,
    items: tuple[m.Item | None, m.Item | None],
) -> None:
    if old == new:
        return
    verdict: Verdict | None = DIFFERENT
    if old in SEVERITIES and new in SEVERITIES:
        verdict = by_size(SEVERITIES.index(old), SEVERITIES.index(new), STRONGER)
    texts = (old or "that of the plan", new or "that of the plan")
    differ.add(verdict, "severity", "the severity", *items, texts=texts)


def limits(differ: Differ, old: m.Scenario, new: m.Scenario) -> None:
    if old.timeout != new.timeout:
        longest = float("inf")
        verdict = by_size(
            longest if old.timeout is None else old.timeout,
            longest if new.timeout is None else new.timeout,
            WEAKER,
        )
        texts = (seconds(old.timeout), seconds(new.timeout))
        differ.add(verdict, "timeout", "the timeout", old, new, texts=texts)
    if old.seed != new.seed:
        texts = (text_of_seed(old.seed), text_of_seed(new.seed))
        differ.add(DIFFERENT, "seed", "the seed", old, new, texts=texts)


def seconds(value: float | None) -> str:
    return "none" if value is None else f"{value:g}s"


def text_of_seed(seed: int | None) -> str:
    return "that of the run" if seed is None else str(seed)


def backends(differ: Differ, old: m.Scenario, new: m.Scenario) -> None:
    """Compare where it runs; a reason that reads differently changes nothing."""
    named = {name for each in (old, new) for name in named_backends(each)}
    before, after = (runs_on(each, {*BACKENDS, *LATER_BACKENDS, *named}) for each in (old, new))
    verdict: Verdict | None = by_set(before, after, STRONGER)
    texts = (shown(before), shown(after))
    if verdict is None and (set(old.only_on), dict(old.skip_on)) != (
        set(new.only_on),
        dict(new.skip_on),
    ):
        verdict, texts = NEUTRAL, (said(old), said(new))
    differ.add(verdict, "backends", "the backends that it runs on", old, new, texts=texts)


def runs_on(scenario: m.Scenario, known: set[str]) -> set[str]:
    meant = set(scenario.only_on) or known
    return meant - {name for name, _ in scenario.skip_on}


def named_backends(scenario: m.Scenario) -> set[str]:
    """Return those that it speaks of, which other packages may bring."""
    return {*scenario.only_on, *(name for name, _ in scenario.skip_on)}


def shown(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "none at all"


def said(scenario: m.Scenario) -> str:
    parts = [f"only on {', '.join(scenario.only_on)}"] if scenario.only_on else []
    parts += [f'skip on {name} "{reason}"' for name, reason in scenario.skip_on]
    return "; ".join(parts) or "every backend"


# --- tables -------------------------------------------------------------------------------------


def tables(differ: Differ, old: m.Scenario, new: m.Scenario) -> Scope:
    """Compare loops and cases; return what the names of their columns stand for."""
    names: tuple[dict[str, object], dict[str, object]] = ({}, {})
    for a, b in matched([e.name for e in old.loops], [e.name for e in new.loops]):
        one = next((each for each in old.loops if each.name == a), None)
        other = next((each for each in new.loops if each.name == b), None)
        tie(differ, names, a, b)
        values(differ, one, other)
    columns = [each.cases.columns if each.cases else () for each in (old, new)]
    pairs = matched(list(columns[0]), list(columns[1]))
    for a, b in pairs:
        tie(differ, names, a, b)
    if old.cases or new.cases:
        cases(differ, old.cases, new.cases, pairs)
    return Scope(dict(names[0]), dict(names[1]))


def matched(old: list[str], new: list[str]) -> list[tuple[str | None, str | None]]:
    """Pair names that are equal, then those at the same place of what is left."""
    found: list[tuple[str | None, str | None]] = [(each, each) for each in old if each in new]
    left = [each for each in old if each not in new]
    right = [each for each in new if each not in old]
    size = max(len(left), len(right))
    for i in range(size):
        a = left[i] if i < len(left) else None
        found.append((a, right[i] if i < len(right) else None))
    return found


def tie(
    differ: Differ,
    names: tuple[dict[str, object], dict[str, object]],
    old: str | None,
    new: str | None,
) -> None:
    form = differ.fresh()
    if old is not None:
        names[0][old] = form
    if new is not None:
        names[1][new] = form


def values(differ: Differ, old: m.Loop | None, new: m.Loop | None) -> None:
    """Compare what a scenario is repeated for."""
    if old is None or new is None:
        differ.add(STRONGER if old is None else WEAKER, "cases", "the loop", old, new)
        return
    forms = differ.forms(old.values, new.values, Scope())
    if forms[0] == forms[1]:
        return
    items = [dict(form[1:]).get("items") if form[0] == "ListOf" else None for form in forms]
    known = items[0] is not None and items[1] is not None
    verdict = by_set(items[0] or (), items[1] or (), STRONGER) if known else DIFFERENT
    # Of two lists with the same members the order does not count.
    differ.add(verdict, "cases", "the values", old.values, new.values, lines=(old.span, new.span))


def cases(
    differ: Differ,
    old: m.Cases | None,
    new: m.Cases | None,
    columns: list[tuple[str | None, str | None]],
) -> None:
    """Compare the rows of two tables, in whatever order they stand."""
    if old is None or new is None:
        differ.add(STRONGER if old is None else WEAKER, "cases", "the table", old, new)
        return
    shared = [(old.columns.index(a), new.columns.index(b)) for a, b in columns if a and b]
    if len(shared) < len(columns):
        differ.add(DIFFERENT, "cases", "the columns of the table", old, new,
                   texts=(", ".join(old.columns), ", ".join(new.columns)))  # fmt: skip
    before = [differ.old_canon.of(tuple(row[i] for i, _ in shared), {}) for row in old.rows]
    after = [differ.new_canon.of(tuple(row[j] for _, j in shared), {}) for row in new.rows]
    kinds = ([0] * len(before), [0] * len(after))
    found = pair(before, after, kinds)
    for i, j in found.changed:
        differ.add(DIFFERENT, "cases", "a row of the table", old.rows[i], new.rows[j])
    for i in found.gone:
        differ.add(WEAKER, "cases", "a row of the table", old.rows[i], None)
    for j in found.come:
        differ.add(STRONGER, "cases", "a row of the table", None, new.rows[j])


def own_clusters(differ: Differ, old: m.Scenario, new: m.Scenario, scope: Scope) -> None:
    """Compare the clusters of a scenario alone; `identity` has found out which are the same."""
    ids = {differ.old.identity(each.key): each for each in old.own_clusters}
    for each in new.own_clusters:
        former = ids.pop(differ.new.identity(each.key), None)
        if former is not None:
            declarations.compare(differ, former, each, scope)
        else:
            differ.add(DIFFERENT, "cluster", f"the cluster `{each.name}`", None, each)
    for each in ids.values():
        differ.add(DIFFERENT, "cluster", f"the cluster `{each.name}`", each, None)
