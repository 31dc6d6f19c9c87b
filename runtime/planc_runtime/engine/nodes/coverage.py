"""Coverage of the nodes' code where the nodes run in this process: on the simulator.

Real processes are measured by their backend. Here one measurement spans the whole scenario, so that
a simulated crash loses nothing of it. It lies where the reports look for data of either kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from planc_runtime.engine.options import Options
from planc_runtime.plan.nouns import Service
from planc_runtime.plan.scenario import ScenarioDeclaration
from planc_runtime.plan.sourcemap import project_root

IN_PROCESS = frozenset({"sim"})
_QUIET = ["no-data-collected", "module-not-imported", "module-not-measured", "already-imported"]


@contextmanager
def measured(declaration: ScenarioDeclaration, options: Options, folder: Path) -> Iterator[None]:
    """Measure the code below the folders of the module's services, if that is wanted here."""
    folders = service_folders(declaration)
    # Without a folder everything would be measured, planc itself first of all.
    if not options.coverage or options.backend not in IN_PROCESS or not folders:
        yield
        return
    from coverage import Coverage

    data = folder / "coverage"
    data.mkdir(exist_ok=True)
    coverage = Coverage(
        data_file=str(data / ".coverage.sim"),
        config_file=False,
        branch=True,
        source=folders,
        context=folder.name,
        check_preimported=False,
    )
    coverage.set_option("run:disable_warnings", _QUIET)
    coverage.start()
    try:
        yield
    finally:
        coverage.stop()
        coverage.save()


def service_folders(declaration: ScenarioDeclaration) -> list[str]:
    """Return the folders of all services that the scenario's module knows."""
    plan = declaration.plan
    module = Path(plan.spot.file) if plan.spot else Path.cwd() / "module.py"
    root = project_root(module, plan.source)
    known = declaration.body.__globals__.values()
    folders = (root / thing.folder for thing in known if isinstance(thing, Service))
    return list(dict.fromkeys(str(path.resolve()) for path in folders))
