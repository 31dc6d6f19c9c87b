"""A project of a user, small: a plan, a service in plain asyncio, modules as planc emits them."""

from __future__ import annotations

import linecache
import textwrap
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from planc_runtime.engine.options import Options, Test
from planc_runtime.engine.run import run_scenario
from planc_runtime.history.summary import ScenarioSummary
from planc_runtime.plan.sourcemap import module_map

SERVICE = (Path(__file__).parent / "tiny.py").read_text(encoding="utf-8")
HEAD = """
import planc_runtime.api as planc

PLAN = planc.plan("Tiny", source="plans/demo/tiny.plan", owner="us", tags=["small"])  # tiny.plan:1

tiny = planc.service(
    "tiny",
    folder="plans/demo/systems",
    python="tiny:main",
    ports={"http": 8000},
    params={"greeting": "hello"},
    ready=planc.ready(planc.http("GET", "/health", port="http"), within=5.0),
    status=planc.status(planc.http("GET", "/status", port="http")),
    roles={"leader": planc.var("status")["role"] == "leader"},
    plants={"forgets": planc.plant("acknowledges a write before it is stored")},
    hooks={"lie": planc.http("POST", "/lie", port="http")},
)  # systems/tiny.plan:1

kv = planc.client(
    "kv",
    over="http",
    port="http",
    operations=[
        planc.operation(
            "read",
            ["k"],
            planc.http("GET", planc.text("/kv/", planc.var("k"))),
            returns=planc.var("json")["value"],
        ),
        planc.operation(
            "write",
            ["k", "v"],
            planc.http("PUT", planc.text("/kv/", planc.var("k")), body=planc.var("v")),
        ),
        planc.operation("start", ["node"], planc.http("POST", "/event/start")),
        planc.operation("halt", ["node"], planc.http("POST", "/event/halt")),
        planc.operation("reset", ["node"], planc.http("POST", "/event/reset")),
    ],
    timeout=1.0,
)

store = planc.cluster("store", planc.nodes(3, tiny))  # tiny.plan:3

load = planc.workload(
    "load",
    on=store,
    client=kv,
    clients=4,
    rate=50.0,
    mix={"read": 0.5, "write": 0.5},
    keys=planc.keys(5),
)  # tiny.plan:5

# A closed loop: on a busy machine it slows down, where an open loop proves nothing.
steady = planc.workload(
    "steady",
    on=store,
    client=kv,
    clients=4,
    think=0.05,
    mix={"read": 0.5, "write": 0.5},
    keys=planc.keys(5),
)  # tiny.plan:6


"""
PLAN_LINES = 40


class Project:
    """A folder with a plan whose line N reads `statement N`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        plans = root / "plans" / "demo"
        (plans / "systems").mkdir(parents=True)
        (root / "generated" / "demo").mkdir(parents=True)
        lines = "".join(f"statement {number}\n" for number in range(1, PLAN_LINES + 1))
        (plans / "tiny.plan").write_text(lines)
        (plans / "systems" / "tiny.py").write_text(SERVICE)
        self.plans = plans

    def module(self, text: str, head: str = HEAD) -> Path:
        path = self.root / "generated" / "demo" / "test_tiny.py"
        path.write_text(head.lstrip() + textwrap.dedent(text).strip() + "\n")
        return path

    def scenario(self, body: str, **fields: Any) -> Path:
        """Write a module with one scenario; statement i of the body is line 10 + i of the plan."""
        given = "".join(f", {name}={value!r}" for name, value in fields.items())
        lines = textwrap.dedent(body).strip().splitlines()
        inner = "\n".join(_with_comments(lines))
        return self.module(
            f'@planc.scenario(PLAN, "it works", clusters=[store]{given})  # tiny.plan:10\n'
            f"async def test_it_works(s: planc.Scenario) -> None:\n{inner}\n"
        )

    def load(self, path: Path) -> Any:
        # A module of this name may have been another one a moment ago: what is kept of it, its
        # compiled form included, may not be told from this one's by time and size.
        linecache.checkcache()
        module_map.cache_clear()
        module = types.ModuleType("test_tiny")
        module.__file__ = str(path)
        exec(compile(path.read_text(), path, "exec"), module.__dict__)
        return module

    def run(self, path: Path, test: str = "test_it_works", **options: Any) -> ScenarioSummary:
        """Run one scenario of a module on sim, in this process."""
        declaration = getattr(self.load(path), test).planc_scenario
        chosen = Options(**{"reports": self.root / "reports", "seed": 1, **options})
        summary, self.folder = run_scenario(declaration, {}, chosen, Test(test))
        return summary


def _with_comments(lines: list[str]) -> list[str]:
    return [
        f"    {line}  # tiny.plan:{number}" if line.strip() else line
        for number, line in enumerate(lines, start=11)
    ]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture
def play(project: Project) -> Callable[..., ScenarioSummary]:
    """Run a scenario given by the statements of its body."""

    def run(body: str, options: dict[str, Any] | None = None, **fields: Any) -> ScenarioSummary:
        return project.run(project.scenario(body, **fields), **(options or {}))

    return run
