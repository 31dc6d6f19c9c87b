"""The index of a plan: its scenarios and their tests, as plain data for those who run them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from planc import model as m
from planc.source.span import Span
from planc.vocabulary import FAULTS


def index(plan: m.Plan, tests: tuple[str, ...]) -> dict[str, Any]:
    """Describe a plan and its scenarios as JSON."""
    return {
        "path": plan.path,
        "title": plan.title,
        "owner": plan.owner,
        "severity": plan.severity,
        "tags": list(plan.tags),
        "about": plan.about,
        "seed": plan.seed,
        "line": plan.line,
        "uses": list(plan.uses),
        "scenarios": [
            _scenario(plan, scenario, test)
            for scenario, test in zip(plan.scenarios, tests, strict=True)
        ],
    }


def _scenario(plan: m.Plan, scenario: m.Scenario, test: str) -> dict[str, Any]:
    return {
        "title": scenario.name,
        "test": test,
        "line": scenario.span.line,
        "severity": scenario.severity or plan.severity,
        "tags": [*plan.tags, *(tag for tag in scenario.tags if tag not in plan.tags)],
        "covers": list(scenario.covers),
        "catches": list(scenario.catches),
        "clusters": [plan.declaration(key).name for key in scenario.clusters]
        + [cluster.name for cluster in scenario.own_clusters],
        "mocks": [plan.declaration(key).name for key in scenario.mocks],
        "abilities": list(scenario.abilities),
        "needs": _needs(plan, scenario),
        "timeout": scenario.timeout,
        "seed": scenario.seed if scenario.seed is not None else plan.seed,
        "only_on": list(scenario.only_on),
        "skip_on": dict(scenario.skip_on),
        "parameters": _parameters(scenario),
        "cases": _cases(plan, scenario),
    }


def _needs(plan: m.Plan, scenario: m.Scenario) -> list[list[Any]]:
    """Return where each ability is first needed: the ability, the form it is written in, its span.

    Faults need abilities, and so does a cluster that has a network of its own kind, and whoever
    speaks of a node's IPv6 address.
    """
    found: dict[str, list[Any]] = {}
    for trouble in troubles(plan, scenario):
        if trouble.ability is not None:
            form = FAULTS[trouble.name].form
            found.setdefault(trouble.ability, [trouble.ability, form, list(trouble.span)])
    shared = (plan.declaration(key) for key in scenario.clusters)
    for cluster in (*shared, *scenario.own_clusters):
        if isinstance(cluster, m.Cluster):
            for ability, form, span in [*_network(cluster), *_addresses(plan, cluster)]:
                found.setdefault(ability, [ability, form, list(span)])
    for ability, form, span in _ipv6(scenario):
        found.setdefault(ability, [ability, form, list(span)])
    return list(found.values())


def _network(cluster: m.Cluster) -> list[tuple[str, str, Span]]:
    """Return what the normal state of a cluster's links needs."""
    found = []
    if (links := cluster.links) is not None:
        wanted = (
            ("slow", "links D", links.delay or links.jitter),
            ("drop", "links D loss P%", links.loss),
            ("limit", "links D rate R", links.rate),
        )
        found += [(ability, form, links.span) for ability, form, on in wanted if on]
    if cluster.retransmit is not None:
        found.append(("retransmit", "retransmit D", cluster.span))
    return found


def _addresses(plan: m.Plan, cluster: m.Cluster) -> Iterator[tuple[str, str, Span]]:
    """Yield the IPv6 addresses that the services of a cluster speak of."""
    for nodes in cluster.members:
        if isinstance(service := plan.declaration(nodes.service.key), m.Service):
            yield from _ipv6(service)


def _ipv6(part: m.Service | m.Scenario) -> Iterator[tuple[str, str, Span]]:
    for item in m.walk(part):
        match item:
            case m.Member(field="ip6") | m.Reference(means="word", name="ip6"):
                yield "ipv6", "{node.ip6}", item.span


def troubles(plan: m.Plan, scenario: m.Scenario) -> list[m.Trouble]:
    """Return every fault of the list that a scenario uses, through declared ones too."""
    found: list[m.Trouble] = []
    seen: set[str] = set()
    waiting: list[Any] = [scenario]
    while waiting:
        for item in m.walk(waiting.pop()):
            if isinstance(item, m.Trouble):
                found.append(item)
            elif isinstance(item, m.FaultUse) and item.key not in seen:
                seen.add(item.key)
                waiting.append(plan.declaration(item.key))
    return found


def _parameters(scenario: m.Scenario) -> list[str]:
    """Return the names that a test of a table has values for; none without a table."""
    columns = scenario.cases.columns if scenario.cases else ()
    return [*(loop.name for loop in scenario.loops), *columns]


def _cases(plan: m.Plan, scenario: m.Scenario) -> list[dict[str, Any]]:
    """Return the parameters of each test of a table, in the order in which pytest runs them."""
    tables: list[list[dict[str, Any]]] = []
    for loop in scenario.loops:
        tables.append([{loop.name: value} for value in _members(plan, loop.values)])
    if scenario.cases is not None:
        columns = scenario.cases.columns
        rows = scenario.cases.rows
        tables.append([dict(zip(columns, map(_shown, row), strict=True)) for row in rows])
    if not tables:
        return []
    return [{k: v for part in parts for k, v in part.items()} for parts in product(*tables)]


def _members(plan: m.Plan, values: m.Expression) -> list[Any]:
    """Return the values that a loop goes through, written down or named by a `let`."""
    match values:
        case m.ListOf(items=items):
            return [_shown(item) for item in items]
        case m.Reference(means="let", key=key):
            named = plan.declaration(key)
            return _members(plan, named.value) if isinstance(named, m.Let) else []
    return []


def _shown(cell: m.Expression) -> Any:
    """Return a cell's value where it is known, as it was written where it is not."""
    match cell:
        case m.Constant(value=value):
            return value
        case m.Reference(known=True, value=value):
            return value
        case m.Reference(name=name):
            return name
    return None
