"""The compiler on one page."""

from __future__ import annotations

import os

from planc.cache import Cache, Inputs
from planc.config import find_root, load_config
from planc.pipeline.discover import find_plans
from planc.pipeline.outputs import output_path
from planc.pipeline.result import PlanResult, Result

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from planc.diagnostics import Diagnostic, Diagnostics
    from planc.model import Plan
    from planc.pipeline.build import Build
    from planc.pipeline.complaints import Machine

    Paths = Iterable[str | os.PathLike[str]]


def check(
    paths: Paths = (),
    *,
    root: str | os.PathLike[str] | None = None,
    on: Sequence[str] = (),
    machine: Machine | None = None,
    cache: bool = True,
) -> Result:
    """Say what is wrong with plans; `on` names backends that must be able to run them.

    With a `machine`, they must be able to do so on that one.
    `paths` are plans or folders of plans, relative to the current folder; none means all plans of
    the project. Raises ConfigError for a planc.yaml that cannot be used.
    """
    return _results(paths, root, on, cache, modules=False, machine=machine)


def compile(
    paths: Paths = (),
    *,
    root: str | os.PathLike[str] | None = None,
    on: Sequence[str] = (),
    cache: bool = True,
) -> Result:
    """Check plans and generate their modules, in memory: `write` puts them where they belong."""
    return _results(paths, root, on, cache, modules=True)


def _results(
    paths: Paths,
    root: str | os.PathLike[str] | None,
    on: Sequence[str],
    cache: bool,
    *,
    modules: bool,
    machine: Machine | None = None,
) -> Result:
    paths = list(paths)
    root = os.path.abspath(root) if root is not None else find_root(paths[0] if paths else ".")
    config = load_config(root)
    inputs = Inputs(root)
    kept = Cache(inputs) if cache else None
    plans, refused = find_plans(root, config, paths)

    build: Build | None = None
    results = []
    for plan in plans:
        entry = kept.get(plan) if kept else None
        if entry is None or (modules and not entry.whole):
            build = build or _start(inputs, kept)
            entry = build.plan(plan, modules=modules)
        results.append(PlanResult(plan, output_path(config, plan), entry))
    further = [*refused, *_clashes(results), *_unable(results, on, machine)]
    return Result(root, config, results, further)


def _start(inputs: Inputs, kept: Cache | None) -> Build:
    from planc.pipeline.build import Build

    return Build(inputs, kept)


def _clashes(results: list[PlanResult]) -> Iterable[Diagnostic]:
    """Two plans must not become one module."""
    outputs = [result.output for result in results]
    if len(set(outputs)) == len(outputs):
        return []
    from planc.pipeline.complaints import clashes

    return clashes(results)


def _unable(
    results: list[PlanResult], on: Sequence[str], machine: Machine | None
) -> Iterable[Diagnostic]:
    """Report what the backends that were asked for cannot do."""
    if not on:
        return []
    from planc.pipeline.complaints import unable

    return unable(results, on, machine)


def models(
    paths: Paths = (), *, root: str | os.PathLike[str] | None = None
) -> tuple[dict[str, Plan], Diagnostics]:
    """Resolve plans for those who read the model itself: lint, diff, diagrams, the editor.

    Only plans without errors are in the result; all that was found is beside it.
    """
    from planc.diagnostics import Diagnostics

    paths = list(paths)
    root = os.path.abspath(root) if root is not None else find_root(paths[0] if paths else ".")
    plans, refused = find_plans(root, load_config(root), paths)
    build = _start(Inputs(root), None)
    found = {plan: model for plan in plans if (model := build.model(plan)) is not None}
    return found, Diagnostics([*refused, *build.project.problems.all()])
