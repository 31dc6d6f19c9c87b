"""`pytest plans/`: collect .plan files themselves, through the modules they compile to.

A plan that has not changed is not compiled, and its module is not imported until one of its
scenarios runs: what collecting has to know (names, tags, lines) stands in the compiler's index.
Only scenarios with a table are collected from the module, because pytest numbers and names their
cases. Everything else (options, verdicts, reports) is the runtime's plug-in's business, which sees
the same test functions as in `pytest generated/`.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from planc.files import write_whole

if TYPE_CHECKING:
    from planc.pipeline import PlanResult, Result

SUFFIX = ".plan"
MODULES = os.path.join(".planc", "modules")
"""Where a module is put that is not up to date in the project's own folder of modules."""
DECLARATION = "planc_scenario"
"""The attribute by which the runtime's plug-in knows a scenario's function."""


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.suffix == SUFFIX:
        return PlanFile.from_parent(parent, path=file_path)
    return None


class PlanFile(pytest.Module):
    """A plan as a module of tests, which is imported only when it has to be."""

    _fixtures: Any = None

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        result = self._compiled()
        if result.has_errors:
            raise self.CollectError(diagnostics_text(result))
        index = result.plans[0].index
        for row in index["scenarios"] if index else ():
            if row["parameters"] or self._repeats():
                yield from self._genfunctions(row["test"], getattr(self.obj, row["test"]))
            else:
                yield Scenario.of(self, index or {}, row)

    def _getobj(self) -> ModuleType:
        return load_module(self._compiled())

    def _compiled(self) -> Result:
        from planc import pipeline
        from planc.config import ConfigError

        try:
            return pipeline.compile([self.path])
        except ConfigError as error:
            raise self.CollectError(str(error)) from None

    def fixtures_for(self, function: Callable[[], None]) -> Any:
        """Return what pytest finds out about a function without parameters: the same for all."""
        if self._fixtures is None:
            manager: Any = self.session._fixturemanager
            self._fixtures = manager.getfixtureinfo(self, function, None)
        return self._fixtures

    def _repeats(self) -> bool:
        return int(self.config.getoption("--planc-repeat", default=1)) > 1


class Scenario(pytest.Function):
    """A scenario without a table. Its function is a stand-in until it runs."""

    indexed_line: int
    title: str

    @classmethod
    def of(cls, parent: PlanFile, index: dict[str, Any], row: dict[str, Any]) -> Scenario:
        function = stand_in(index, row)
        item: Scenario = cls.from_parent(
            parent, name=row["test"], callobj=function, fixtureinfo=parent.fixtures_for(function)
        )
        item.indexed_line, item.title = row["line"], row["title"]
        return item

    def setup(self) -> None:
        self.obj = getattr(self.getparent(PlanFile).obj, self.originalname)  # type: ignore[union-attr]
        super().setup()

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.indexed_line - 1, self.name


@dataclass(frozen=True, slots=True)
class IndexedPlan:
    """What the runtime's plug-in asks of a plan while it collects."""

    key: str
    source: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IndexedScenario:
    """What the runtime's plug-in asks of a scenario while it collects."""

    plan: IndexedPlan
    title: str
    tags: tuple[str, ...]
    catches: tuple[str, ...]
    parameters: tuple[()] = ()
    spot: None = None


def stand_in(index: dict[str, Any], row: dict[str, Any]) -> Callable[[], None]:
    """Return a function that knows its scenario from the index."""

    def scenario() -> None:
        raise AssertionError("a stand-in is replaced before its scenario runs")

    source = index["path"]
    key = (source.partition("/")[2] or source).removesuffix(SUFFIX)
    plan = IndexedPlan(key, source, tuple(index["tags"]))
    known = IndexedScenario(plan, row["title"], tuple(row["tags"]), tuple(row["catches"]))
    setattr(scenario, DECLARATION, known)
    scenario.__name__ = row["test"]
    return scenario


# --- modules ------------------------------------------------------------------------------------


def load_module(result: Result) -> ModuleType:
    """Import the module of a compiled plan: the one in the project, if it is up to date."""
    [plan] = result.plans
    path = module_path(result, plan)
    name = f"planc_plans.{path.stem}_{abs(hash(str(path))):x}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise pytest.Collector.CollectError(f"{path} can't be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def module_path(result: Result, plan: PlanResult) -> Path:
    """Return where the module can be imported from; what is there is never stale."""
    own = Path(result.root, plan.output)
    if _read(own) == plan.text:
        return own
    kept = Path(result.root, MODULES, plan.output)
    if _read(kept) != plan.text:
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_whole(kept, plan.text or "")
    return kept


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def diagnostics_text(result: Result) -> str:
    """Return what is wrong as `planc check` shows it."""
    from planc.diagnostics.render import render
    from planc.source import load

    root = Path(result.root)
    found = result.diagnostics
    paths = {each.span.path for each in found}
    paths |= {related.span.path for each in found for related in each.related}
    return render(found, {path: load(root / path, root) for path in paths})
