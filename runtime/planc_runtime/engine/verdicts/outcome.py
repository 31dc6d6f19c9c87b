"""From what happened to a verdict: how a scenario ended, and what is written of it."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from planc_runtime.engine import replay
from planc_runtime.engine.nodes.texts import filled, plain
from planc_runtime.engine.options import Options, Test
from planc_runtime.engine.verdicts.concerns import NeverCame
from planc_runtime.engine.verdicts.doubts import doubts, lag_p99
from planc_runtime.errors import CannotRun, Inconclusive, NotSupported, PlancError, StepFailed
from planc_runtime.history.summary import (
    ExpectationSummary,
    NodeSummary,
    ScenarioSummary,
    ScenarioVerdict,
    StatementSummary,
    WorkloadSummary,
)
from planc_runtime.history.verdict import Concern, Result
from planc_runtime.plan.scenario import ScenarioDeclaration
from planc_runtime.plan.scope import Missing, Scope
from planc_runtime.plan.sourcemap import PlanLine, locate, statements_after, statements_of
from planc_runtime.plan.spot import Spot
from planc_runtime.protocols.backend import MayBreak
from planc_runtime.protocols.outcome import Outcome
from planc_runtime.workloads import Load

if TYPE_CHECKING:
    from planc_runtime.engine.stage import Stage


class OutOfTime(StepFailed):
    """The scenario's own time was over."""


class Excluded(NotSupported):
    """The plan itself says that it does not run on this backend."""

    def __init__(self, reason: str) -> None:
        super().__init__("", "")
        self.message = reason


def opened(
    declaration: ScenarioDeclaration, parameters: Mapping[str, Any], options: Options, test: Test
) -> ScenarioSummary:
    """Return the summary of a scenario that is about to begin: interrupted until proven else."""
    plan = declaration.plan
    seeds = (options.seed, declaration.seed, plan.seed, 0)
    seed = next(seed for seed in seeds if seed is not None) + test.repeat
    scope = Scope(dict(parameters))
    summary = ScenarioSummary(
        plan=plan.key,
        plan_title=plan.title,
        source=plan.source,
        title=filled(declaration.title, scope),
        test=test.name,
        params={name: plain(value, scope) for name, value in parameters.items()},
        line=str(locate(declaration.spot, plan.source)) if declaration.spot else "",
        backend=options.backend,
        seed=seed,
        planted=options.plant,
        repeat=test.repeat,
        owner=plan.owner,
        severity=declaration.severity or plan.severity,
        tags=list(dict.fromkeys([*plan.tags, *declaration.tags])),
        covers=list(declaration.covers),
        catches=list(declaration.catches),
    )
    code = declaration.body.__code__
    spot = Spot(code.co_filename, code.co_firstlineno)
    summary.statements = [
        StatementSummary(line=str(line), text=line.text)
        for line in statements_of(spot, plan.source)
    ]
    summary.replay = replay.command(summary, options.stretch)
    return summary


def is_the_scenarios(trouble: BaseException) -> bool:
    """Say whether a trouble is one that a verdict can be made of."""
    return isinstance(trouble, PlancError)


def ended_by(
    summary: ScenarioSummary, trouble: BaseException, declaration: ScenarioDeclaration
) -> None:
    """Note what ended a scenario before its end; the first to be noted counts.

    A verdict that could not be written down is not green.
    """
    if summary.verdict not in (ScenarioVerdict.INTERRUPTED, ScenarioVerdict.PASSED):
        return
    spot = _body_spot(trouble, declaration)
    where = None if spot is None else locate(spot, declaration.plan.source)
    match trouble:
        case NotSupported():
            summary.verdict, summary.because = ScenarioVerdict.SKIPPED, trouble.message
        case Inconclusive():
            summary.verdict, summary.because = ScenarioVerdict.INCONCLUSIVE, trouble.message
        case StepFailed() | Missing():
            _failed_step(summary, trouble, where or locate_scenario(declaration))
        case CannotRun() | PlancError():
            summary.verdict = ScenarioVerdict.ERROR
            summary.because = "\n".join(part for part in (trouble.message, trouble.help) if part)
        case Exception():
            summary.verdict = ScenarioVerdict.ERROR
            said = "".join(traceback.format_exception_only(trouble)).strip()
            summary.because = f"planc itself failed: {said}"
        case _:
            summary.because = f"the run was interrupted ({type(trouble).__name__})"
    if spot is not None:
        summary.not_reached = [
            StatementSummary(line=str(line), text=line.text)
            for line in statements_after(spot, declaration.plan.source)
        ]


def locate_scenario(declaration: ScenarioDeclaration) -> PlanLine:
    spot = declaration.spot
    return locate(spot, declaration.plan.source) if spot else PlanLine(declaration.plan.source, 0)


def _failed_step(summary: ScenarioSummary, trouble: PlancError, line: PlanLine) -> None:
    """A step that failed is shown like an expectation: its line, and what happened instead."""
    summary.verdict, summary.because = ScenarioVerdict.FAILED, f"{line}: {trouble.message}"
    summary.expectations.append(
        ExpectationSummary(
            line=str(line),
            text=line.text,
            result=Result.FAILED,
            concern=Concern.LIVENESS if isinstance(trouble, NeverCame) else Concern.STEP,
            measured=trouble.message,
        )
    )


def _body_spot(trouble: BaseException, declaration: ScenarioDeclaration) -> Spot | None:
    """Return the line of the scenario's body that a trouble came through."""
    code = declaration.body.__code__
    for frame, line in traceback.walk_tb(trouble.__traceback__):
        if frame.f_code is code:
            return Spot(code.co_filename, line)
    # Before Python 3.11.4 a time-out names the cancellation behind it as context, not as cause.
    behind = trouble.__cause__ or trouble.__context__
    return None if behind is None else _body_spot(behind, declaration)


def conclude(stage: Stage) -> None:
    """Give the verdict: failed before inconclusive, and green only when nothing is in doubt."""
    summary = stage.summary
    interrupted = summary.verdict is ScenarioVerdict.INTERRUPTED and summary.because
    world = stage.world
    if isinstance(world, MayBreak) and (lost := world.broken) and not interrupted:
        # Nodes that went with it have not failed, whatever was expected of them.
        summary.verdict, summary.because = ScenarioVerdict.ERROR, lost
        return
    if interrupted or summary.verdict is not ScenarioVerdict.INTERRUPTED:
        _mention_deaths(stage)
        return
    failed = [e for e in summary.expectations if e.result is Result.FAILED]
    unknown = [e for e in summary.expectations if e.result is Result.INCONCLUSIVE]
    found = list(dict.fromkeys(doubts(stage)))
    if failed:
        summary.verdict = ScenarioVerdict.FAILED
        summary.because = _because(failed)
    elif unknown or found:
        summary.verdict = ScenarioVerdict.INCONCLUSIVE
        summary.because = "; ".join(found) or _because(unknown)
    else:
        summary.verdict, summary.because = ScenarioVerdict.PASSED, ""
    _mention_deaths(stage)


def _because(expectations: list[ExpectationSummary]) -> str:
    first = expectations[0]
    more = f" (and {len(expectations) - 1} more)" if len(expectations) > 1 else ""
    return f"{first.line}: {first.text}: {first.measured}{more}"


def _mention_deaths(stage: Stage) -> None:
    summary = stage.summary
    stage.observer.notice_deaths()
    if summary.verdict in (ScenarioVerdict.FAILED, ScenarioVerdict.INCONCLUSIVE):
        for death in stage.observer.deaths:
            summary.because += f"\n{death}"


def fill_in(stage: Stage) -> None:
    """Put into the summary what the stage knows: faults, workloads, nodes, durations."""
    summary = stage.summary
    summary.duration = stage.world.now()
    summary.faults = [trouble.record for trouble in stage.ledger.troubles]
    loads = [load for block in stage.blocks for load in block.loads]
    summary.workloads = [_workload(load, stage) for load in loads]
    summary.nodes = [
        NodeSummary(
            name=node.name,
            service=node.service.name,
            address=node.placement.address,
            log=f"logs/{node.placement.log.name}",
        )
        for node in stage.patients()
    ]


def _workload(load: Load, stage: Stage) -> WorkloadSummary:
    seconds = load.seconds or 1.0
    return WorkloadSummary(
        name=load.name,
        offered=load.offered / seconds if load.open_loop else None,
        reached=load.sent / seconds,
        operations=sum(load.outcomes.values()),
        ok=load.outcomes[Outcome.OK],
        fail=load.outcomes[Outcome.FAIL],
        unknown=load.outcomes[Outcome.UNKNOWN],
        send_lag_p99=lag_p99(load),
    )
