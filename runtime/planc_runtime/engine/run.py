"""A scenario on one page: set up, drive, heal, check, store, tear down.

Everything here is about the order of these and about every way out of them. Whatever happens, the
faults are healed, the nodes are gone and the folder tells what is known.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from planc_runtime.engine.events import EventLog
from planc_runtime.engine.folder import (
    keep_plan,
    make_fresh,
    remove_data,
    scenario_folder,
    writing,
)
from planc_runtime.engine.nodes.backends import find_backend
from planc_runtime.engine.nodes.coverage import measured
from planc_runtime.engine.nodes.mocks import RunningMock
from planc_runtime.engine.nodes.texts import number
from planc_runtime.engine.options import Options, Test
from planc_runtime.engine.script import Script
from planc_runtime.engine.stage import Stage
from planc_runtime.engine.verdicts import outcome
from planc_runtime.engine.verdicts.failure import ScenarioFailed
from planc_runtime.errors import CannotRun, NotSupported
from planc_runtime.faults.abilities import require, troubles_spoken_of
from planc_runtime.history.summary import ScenarioSummary, ScenarioVerdict
from planc_runtime.plan.scenario import ScenarioDeclaration, bound
from planc_runtime.protocols.backend import Settings, World

TIMEOUT = 600.0
"""Seconds that a scenario may take, on the controller's clock, whose plan does not say."""


def run_scenario(
    declaration: ScenarioDeclaration,
    parameters: Mapping[str, Any],
    options: Options,
    test: Test,
) -> tuple[ScenarioSummary, Path]:
    """Run one scenario to its verdict; return what is known of it, and where that is written.

    Raises only what is not the scenario's to judge: KeyboardInterrupt, and defects of planc.
    """
    summary = outcome.opened(declaration, parameters, options, test)
    folder = scenario_folder(declaration.plan.key, test, options)
    make_fresh(folder)
    with writing(folder):
        summary.write(folder)
        keep_plan(declaration.plan, folder)
    began = time.perf_counter()
    try:
        skip_where_the_plan_says(declaration, options.backend)
        backend = find_backend(options.backend)
        spoken_of = frozenset(troubles_spoken_of(declaration.body))
        settings = Settings(summary.seed, folder, options.coverage, spoken_of)
        carry = partial(carry_out, declaration, parameters, options, summary, folder)
        with measured(declaration, options, folder):
            backend.execute(settings, carry)
    except BaseException as trouble:
        outcome.ended_by(summary, trouble, declaration)
        if not outcome.is_the_scenarios(trouble):
            raise
    finally:
        summary.wall = time.perf_counter() - began
        with writing(folder):
            summary.write(folder)
        if summary.verdict is ScenarioVerdict.PASSED:
            remove_data(folder)
    return summary, folder


async def carry_out(
    declaration: ScenarioDeclaration,
    parameters: Mapping[str, Any],
    options: Options,
    summary: ScenarioSummary,
    folder: Path,
    world: World,
) -> None:
    """The scenario inside its world: set up, drive, heal, check, store, tear down."""
    events = EventLog(folder / "events.jsonl", world.now)
    stage = Stage(declaration, options, summary.seed, folder, summary, world, events)
    script = Script(stage)
    if options.progress is not None:
        events.listener = options.progress
    try:
        await set_up(stage)
        await drive(stage, script, parameters)
    except BaseException as trouble:
        outcome.ended_by(summary, trouble, declaration)
        if not outcome.is_the_scenarios(trouble):
            raise
    finally:
        try:
            await heal(stage)
            await check(stage, script)
        finally:
            store(stage)
            await tear_down(stage, script)
            events.close()


async def set_up(stage: Stage) -> None:
    """Start the mocks, then all clusters at once; nothing is started that cannot be used."""
    stage.tell("scenario", phase="setup", title=stage.summary.title, seed=stage.seed)
    for kind in troubles_spoken_of(stage.declaration.body):
        require(kind, stage.world)
    check_plant(stage)
    for mock in stage.declaration.mocks:
        stage.mocks[mock.name] = RunningMock(mock, stage)
        await stage.mocks[mock.name].open()
    await stage.bring_up_all(stage.declaration.clusters)
    stage.gauges.begin()


async def drive(stage: Stage, script: Script, parameters: Mapping[str, Any]) -> None:
    """Go through the body; it is given up when the scenario's time is over."""
    stage.tell("scenario", phase="drive")
    declaration = stage.declaration
    limit = declaration.timeout
    # Without nodes nothing is observed, and a simulation finds out by itself that nobody goes on.
    default = TIMEOUT if stage.patients() else None
    seconds = default if limit is None else number(limit, stage.scope())
    seconds = None if seconds is None else seconds * stage.options.stretch
    try:
        async with asyncio.timeout(seconds) as time_limit:
            await declaration.body(script, **bound(declaration, parameters))
    except TimeoutError as late:
        if not time_limit.expired():
            raise
        raise outcome.OutOfTime(f"it did not end within {seconds:g} s").with_traceback(
            late.__traceback__
        ) from late


async def heal(stage: Stage) -> None:
    """Mend whatever is still broken."""
    stage.tell("scenario", phase="heal")
    await stage.ledger.heal_all()


async def check(stage: Stage, script: Script) -> None:
    """Judge what was to hold until the end, and whether the run proved anything."""
    stage.tell("scenario", phase="check")
    await script.judge_monitors()
    outcome.conclude(stage)
    because = stage.summary.because
    stage.tell("scenario", phase="done", verdict=stage.summary.verdict.value, because=because)


def store(stage: Stage) -> None:
    """Write the history; the event log has been written all along."""
    outcome.fill_in(stage)
    path = stage.folder / "history.jsonl"
    with writing(path):
        stage.history.write_jsonl(path)
    stage.scraper.store()


async def tear_down(stage: Stage, script: Script) -> None:
    """Close what the engine opened; the backend ends the nodes and closes the world."""
    await script.close()
    await stage.gauges.close()
    await stage.scraper.close()
    await stage.observer.close()
    stage.arrivals.close()
    for mock in stage.mocks.values():
        await mock.close()


def skip_where_the_plan_says(declaration: ScenarioDeclaration, backend: str) -> None:
    """Raise NotSupported for a backend that the plan excludes."""
    if declaration.only_on and backend not in declaration.only_on:
        raise outcome.Excluded(f"the plan runs it only on {', '.join(declaration.only_on)}")
    if backend in declaration.skip_on:
        reason = declaration.skip_on[backend]
        raise outcome.Excluded(
            f"the plan skips it on {backend}" + (f": {reason}" if reason else "")
        )


def check_plant(stage: Stage) -> None:
    """Raise CannotRun when a planted bug is wanted that no service of the scenario has."""
    plant = stage.options.plant
    services = {m.service for cluster in stage.declaration.clusters for m in cluster.members}
    own_clusters = "cluster" in stage.declaration.body.__code__.co_names
    if plant and not own_clusters and not any(plant in service.plants for service in services):
        known = sorted({name for service in services for name in service.plants})
        raise CannotRun(
            f"no service of this scenario has a planted bug {plant!r}",
            help=f"there are: {', '.join(known) or 'none'}",
        )


def run_alone(declaration: ScenarioDeclaration, parameters: Mapping[str, Any]) -> None:
    """Run a scenario that was called as a plain function; raises ScenarioFailed."""
    summary, _ = run_scenario(declaration, parameters, Options(), Test(declaration.function))
    if summary.verdict is ScenarioVerdict.SKIPPED:
        raise NotSupported(summary.backend, summary.because)
    if summary.verdict is not ScenarioVerdict.PASSED:
        raise ScenarioFailed(summary)
