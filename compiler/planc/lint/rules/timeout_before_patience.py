"""
A scenario's timeout ends it wherever it is. If its runs and a single one of its waits (`eventually
within`, `wait until ... within`) are longer than that, a slow system that would have passed is cut
off, and the verdict speaks of the timeout instead of what was waited for.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc import model as m
from planc.lint.rule import Finding, rule
from planc.lint.subject import Subject
from planc.lint.values import number
from planc.source import Span
from planc.syntax import nodes as n


@rule(
    "timeout-before-patience",
    "A timeout that ends the scenario before its own waiting does",
    bad="""
    scenario "the leader comes back" {
      timeout 40s
      run registers for 20s {
        at 5s  crash leader(store) for 5s
      }
      eventually within 30s  count(leaders(store)) == 1
    }
    """,
    good="""
    scenario "the leader comes back" {
      timeout 60s
      run registers for 20s {
        at 5s  crash leader(store) for 5s
      }
      eventually within 30s  count(leaders(store)) == 1
    }
    """,
)
def check(plan: Subject) -> Iterator[Finding]:
    for scenario in plan.plan.scenarios:
        length = sum(map(_length, scenario.body))
        patience = max((_patience(part) for part in scenario.body), default=0.0)
        if scenario.timeout is not None and patience and length + patience > scenario.timeout:
            yield Finding(
                _line(plan, scenario),
                f"the steps take {length:g}s, up to {patience:g}s more are waited at once, and "
                f"the timeout is {scenario.timeout:g}s",
                help="allow for the start of the nodes, too: "
                f"timeout {_rounded(length + patience)}s",
            )


def _length(part: m.Statement) -> float:
    """Return how long a statement takes in any case; what is unknown counts nothing."""
    match part:
        case m.Run() | m.Over() | m.Wait() | m.Stays() | m.Trouble():
            return number(part.duration) or 0.0
        case m.RepeatTimes(times=times, body=body):
            return (number(times) or 0.0) * sum(map(_length, body))
    return 0.0


def _patience(part: m.Statement) -> float:
    """Return how long is waited for a condition at most."""
    return number(part.within) or 0.0 if isinstance(part, m.Eventually | m.WaitUntil) else 0.0


def _rounded(seconds: float) -> int:
    """Return a timeout with room for the start of the nodes, in tens of seconds."""
    return int(seconds * 1.1 // 10 + 1) * 10


def _line(plan: Subject, scenario: m.Scenario) -> Span:
    """Return where the scenario says `timeout`."""
    for node in plan.file.tree.declarations:
        if isinstance(node, n.Scenario) and node.span == scenario.span:
            for line in node.body:
                if isinstance(line, n.Setting) and line.word == "timeout":
                    return line.span
    return scenario.title.span
