"""`no log line matches`: which logs, which parts of the run; `checkers.logs` does the reading."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from planc_runtime.checkers.logs import Log, no_line_matches
from planc_runtime.history.arrivals import Noted, read_arrivals
from planc_runtime.history.verdict import Result, Verdict
from planc_runtime.history.windows import Window
from planc_runtime.plan.expectations import NoLogLine
from planc_runtime.plan.expr import value_of
from planc_runtime.plan.scope import Missing
from planc_runtime.plan.targets import nodes_in

if TYPE_CHECKING:
    from planc_runtime.engine.nodes.node import ClusterNode
    from planc_runtime.engine.stage import Stage


def no_log_line(wanted: NoLogLine, window: Window | None, stage: Stage) -> Verdict:
    """Judge that no node, or none of some, has written a line that matches."""
    chosen = wanted.window or window
    try:
        pattern = str(value_of(wanted.pattern, stage.scope()))
        nodes = _nodes(wanted, stage)
        # Logs begin before the load does, and go on after it.
        timeline = replace(stage.timeline(), start=0.0, end=stage.world.now())
        spans = None if chosen is None else timeline.intervals(chosen)
        excepted = [timeline.intervals(each) for each in wanted.excepted]
        if spans is not None and not spans.spans:
            reason = f"the run has no part that is {chosen}"
            return Verdict(Result.INCONCLUSIVE, reason, wanted.describe())
    except Missing as missing:
        return Verdict(Result.INCONCLUSIVE, missing.message, wanted.describe())
    except KeyError as missing:
        reason = f"the mark {missing.args[0]!r} was never set"
        return Verdict(Result.INCONCLUSIVE, reason, wanted.describe())
    for node in nodes:
        stage.arrivals.look(node)
    noted = read_arrivals(stage.folder / "arrivals.jsonl")
    logs = [
        Log(node.name, node.placement.log, noted.get(node.placement.log.name, Noted()))
        for node in nodes
        # A spare that was never started has no log yet.
        if node.starts or node.placement.log.exists()
    ]
    return no_line_matches(
        pattern,
        logs,
        ignoring_case=wanted.ignoring_case,
        window=spans,
        excepted=excepted,
        wanted=wanted.describe(),
    )


def _nodes(wanted: NoLogLine, stage: Stage) -> list[ClusterNode]:
    """Return the nodes whose logs count; raises Missing where one is asked for that is not."""
    if wanted.target is None:
        return list(stage.patients())
    named = {(node.cluster, node.name) for node in nodes_in(wanted.target, stage.scope())}
    return [node for node in stage.patients() if (node.cluster, node.name) in named]
