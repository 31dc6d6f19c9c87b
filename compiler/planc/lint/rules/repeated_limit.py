"""
A limit that several scenarios ask for is one decision: how quick is quick, how available is
available. Written out each time, the next change of it forgets one. A `let` gives the decision a
name and one place; the meaning stays the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planc import model as m
from planc.diagnostics import Edit, Related
from planc.lint.names import said
from planc.lint.rule import Finding, rule
from planc.lint.subject import File, Subject
from planc.lint.values import shape
from planc.syntax import nodes as n

FROM = 4
"""Scenarios with the same limit from which on it deserves a name."""


@rule(
    "repeated-limit",
    "The same limit written out in four scenarios: make it a `let`",
    fixable=True,
    bad="""
    scenario "one" {
      run registers for 10s
      expect p99 latency < 250ms
    }

    scenario "two" {
      run registers for 11s
      expect p99 latency < 250ms
    }

    scenario "three" {
      run registers for 12s
      expect p99 latency < 250ms
    }

    scenario "four" {
      run registers for 13s
      expect p99 latency < 250ms
    }
    """,
    good="""
    let p99_latency_limit = 250ms

    scenario "one" {
      run registers for 10s
      expect p99 latency < p99_latency_limit
    }

    scenario "two" {
      run registers for 11s
      expect p99 latency < p99_latency_limit
    }

    scenario "three" {
      run registers for 12s
      expect p99 latency < p99_latency_limit
    }

    scenario "four" {
      run registers for 13s
      expect p99 latency < p99_latency_limit
    }
    """,
)
def check(plan: Subject) -> Iterator[Finding]:
    groups: dict[Any, list[tuple[str, m.Measure, m.Constant]]] = {}
    for scene in plan.scenes:
        for _, expectation, _ in scene.expectations(m.ExpectMeasure):
            value = expectation.value
            if not isinstance(value, m.Constant) or not value.written or not plan.own(value):
                continue
            if value.value in (0, 1) or value.type == "number":
                continue
            measure = expectation.measure
            if measure.metric is not None:
                continue
            key = (measure.name, measure.stat, measure.of, expectation.form, shape(value))
            groups.setdefault(key, []).append((scene.scenario.name, measure, value))
    for found in groups.values():
        if len({name for name, _, _ in found}) >= FROM:
            yield _finding(plan.file, found)


def _finding(file: File, found: list[tuple[str, m.Measure, m.Constant]]) -> Finding:
    _, measure, value = found[0]
    name = _new_name(file, measure)
    others = tuple(Related(each.span, "the same limit") for _, _, each in found[1:4])
    return Finding(
        value.span,
        f"`{file.text(value.span)}` is the limit of `{measure.stat or ''}"
        f"{' ' if measure.stat else ''}{measure.name}` in {len(found)} places",
        help=f"give it a name: let {name} = {file.text(value.span)}",
        related=others,
        fix=(_let(file, name, file.text(value.span)),
             *(Edit(each.span, name) for _, _, each in found)),
    )  # fmt: skip


def _new_name(file: File, measure: m.Measure) -> str:
    words = [measure.stat or "", measure.name, "limit"]
    base = "_".join(word for word in words if word).replace(" ", "_").replace(".", "_")
    taken = said(file.tree.declarations) | {
        each.name.id for each in file.tree.declarations if isinstance(each, n.Let)
    }
    name, count = base, 1
    while name in taken:
        count += 1
        name = f"{base}{count}"
    return name


def _let(file: File, name: str, text: str) -> Edit:
    """Put the `let` behind the last of those that stand at the head, else behind the uses."""
    head: list[n.Node] = [file.tree.header] if file.tree.header else []
    for node in file.tree.declarations:
        if not isinstance(node, n.Use | n.Let | n.Allow):
            break
        head.append(node)
    last = head[-1].span.end if head else 0
    newline = file.source.text.find("\n", last)
    place = file.source.span(newline, newline)
    gap = "\n" if head and isinstance(head[-1], n.Let) else "\n\n"
    return Edit(place, f"{gap}let {name} = {text}")
