"""What all parts of one running scenario share: its world, nodes, history, and record."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from planc_runtime.engine.escapes import call_escape
from planc_runtime.engine.events import EventLog
from planc_runtime.engine.nodes.bringup import (
    lay_normal_links,
    place_cluster,
    prepare_launches,
    start_nodes,
    together,
)
from planc_runtime.engine.nodes.node import ClusterNode
from planc_runtime.engine.options import Options
from planc_runtime.engine.watching.arrivals import Arrivals
from planc_runtime.engine.watching.gauges import Gauges
from planc_runtime.engine.watching.metrics import Scraper
from planc_runtime.engine.watching.observer import Observer
from planc_runtime.engine.watching.view import StageView
from planc_runtime.faults.ledger import Ledger
from planc_runtime.faults.perform import Performer, Spawn
from planc_runtime.history.history import History
from planc_runtime.history.summary import ExpectationSummary, ScenarioSummary
from planc_runtime.history.verdict import Concern, FaultWindow, Verdict
from planc_runtime.history.windows import Timeline
from planc_runtime.plan.actions import Step
from planc_runtime.plan.nodeset import NodeView
from planc_runtime.plan.nouns import Cluster, Workload
from planc_runtime.plan.scenario import ScenarioDeclaration
from planc_runtime.plan.scope import Scope
from planc_runtime.plan.sourcemap import PlanLine, locate, project_root
from planc_runtime.plan.spot import Spot
from planc_runtime.protocols.backend import World
from planc_runtime.protocols.evidence import Hold
from planc_runtime.workloads import Load

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from planc_runtime.engine.explore import Exploration
    from planc_runtime.engine.nodes.mocks import RunningMock

NOT_TROUBLES = frozenset({"start", "flip_bits"})
"""Actions that are over at once and leave no window of time behind."""


@dataclass(slots=True)
class DrivenBlock:
    """A run block that is over: when it was, and what it drove."""

    start: float
    end: float
    loads: list[Load]
    driven: bool = True


@dataclass(slots=True)
class Stage:
    declaration: ScenarioDeclaration
    options: Options
    seed: int
    folder: Path
    summary: ScenarioSummary
    world: World
    events: EventLog
    history: History = field(default_factory=History)
    clusters: dict[str, list[ClusterNode]] = field(default_factory=dict)
    mocks: dict[str, RunningMock] = field(default_factory=dict)
    machines: set[str] = field(default_factory=set)
    marks: dict[str, float] = field(default_factory=dict)
    blocks: list[DrivenBlock] = field(default_factory=list)
    workloads: list[Workload] = field(default_factory=list)
    explorations: list[Exploration] = field(default_factory=list)
    hosts: dict[str, None] = field(default_factory=dict)
    occurrences: Counter[str] = field(default_factory=Counter)
    values: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    processes: Iterator[int] = field(default_factory=itertools.count)
    step_taker: Callable[[Step], Coroutine[Any, Any, None]] | None = None
    view: StageView = field(init=False)
    observer: Observer = field(init=False)
    ledger: Ledger = field(init=False)
    gauges: Gauges = field(init=False)
    scraper: Scraper = field(init=False)
    arrivals: Arrivals = field(init=False)

    def __post_init__(self) -> None:
        self.view = StageView(self)
        self.observer = Observer(self)
        self.ledger = Ledger(self)
        self.gauges = Gauges(self)
        self.scraper = Scraper(self)
        self.arrivals = Arrivals(self.folder / "arrivals.jsonl", self.world.now)

    # --- places --------------------------------------------------------------------------------

    @property
    def root(self) -> Path:
        """The project's root: where the plan's path and the services' folders start from."""
        spot = self.declaration.plan.spot
        module = Path(spot.file) if spot else Path.cwd() / "module.py"
        return project_root(module, self.declaration.plan.source)

    @property
    def plan_folder(self) -> Path:
        return (self.root / self.declaration.plan.source).parent

    def line(self, spot: Spot | None) -> PlanLine:
        """Return the plan's line for a line of the generated module."""
        if spot is None:
            return PlanLine(self.declaration.plan.source, 0)
        return locate(spot, self.declaration.plan.source)

    # --- clusters ------------------------------------------------------------------------------

    async def bring_up(self, cluster: Cluster) -> None:
        """Place, prepare and start a cluster; raises CannotRun or NotSupported."""
        await self.bring_up_all([cluster])

    async def bring_up_all(self, clusters: Sequence[Cluster]) -> None:
        """Bring several clusters up at the same time, all placed before any is started."""
        for cluster in clusters:
            self.clusters[cluster.name] = place_cluster(cluster, self)
        for cluster in clusters:
            prepare_launches(cluster, self.clusters[cluster.name], self)
        for cluster in clusters:
            await lay_normal_links(cluster, self.clusters[cluster.name], self)
        await together(start_nodes(self.clusters[cluster.name], self) for cluster in clusters)
        for cluster in clusters:
            await self.observer.first_sight(self.clusters[cluster.name])
            self.scraper.watch(self.clusters[cluster.name])

    def nodes_of(self, cluster: str) -> Sequence[ClusterNode]:
        return self.clusters.get(cluster, ())

    def patients(self) -> Sequence[ClusterNode]:
        return [node for nodes in self.clusters.values() for node in nodes]

    def load_hosts(self) -> Sequence[str]:
        return list(self.hosts)

    # --- expressions ---------------------------------------------------------------------------

    def scope(self, rng: Random | None = None, taken: Sequence[NodeView] = ()) -> Scope:
        names: Mapping[str, Any] = {"history": self.history}
        return Scope(names, self.view, self.world.now(), rng or self.rng("draws"), tuple(taken))

    def rng(self, *name: Any) -> Random:
        """Return a stream that depends on the seed and its own name only."""
        return Random("/".join(map(str, (self.seed, *name))))

    async def escape(self, reference: str, arguments: Sequence[Any], folder: str = "") -> Any:
        """Call a function of the plan's author."""
        return await call_escape(reference, arguments, self.folders(folder))

    def folders(self, first: str = "") -> list[Path]:
        """Return where the author's modules lie: in one folder, the plan's, or its systems'."""
        services = [node.service.folder for node in self.patients()]
        found = [self.root / first] if first else []
        found += [self.plan_folder, *(self.root / folder for folder in services)]
        return list(dict.fromkeys(found))

    # --- what happens --------------------------------------------------------------------------

    def tell(self, kind: str, **fields: Any) -> None:
        self.events.add(kind, **fields)
        if kind in ("fault", "mark"):
            self.scraper.ring()

    async def observed(self) -> None:
        await self.observer.bell.wait()

    async def step(self, action: Step) -> None:
        assert self.step_taker is not None
        await self.step_taker(action)

    def performer(self, spawn: Spawn | None = None, until: float = math.inf) -> Performer:
        return Performer(self, self.ledger, self.occurrences, spawn, until)

    def judged(
        self,
        spot: Spot | None,
        text: str,
        verdict: Verdict,
        concern: Concern = Concern.SAFETY,
    ) -> None:
        """Record what became of an expectation."""
        line = self.line(spot)
        self.summary.expectations.append(
            ExpectationSummary(
                line=str(line),
                text=line.text or text,
                result=verdict.result,
                concern=concern,
                measured=verdict.measured,
                wanted=verdict.wanted,
                evidence=list(verdict.evidence),
                data=verdict.data,
            )
        )
        self.tell(
            "expectation",
            line=str(line),
            text=line.text or text,
            result=verdict.result.value,
            measured=verdict.measured,
        )

    def timeline(self) -> Timeline:
        """Return when load ran, or all there was, with the faults and marks until now."""
        driven = [block for block in self.blocks if block.driven] or self.blocks
        start = min((block.start for block in driven), default=0.0)
        end = max((block.end for block in driven), default=self.world.now())
        return Timeline(start, end, self.fault_windows(), dict(self.marks))

    def fault_windows(self) -> list[FaultWindow]:
        """Return the troubles that took hold, as spans of time."""
        return [
            FaultWindow(
                trouble.record.name,
                trouble.record.start,
                trouble.record.end,
                tuple(trouble.record.targets),
                trouble.record.line,
            )
            for trouble in self.ledger.troubles
            if trouble.record.hold is not Hold.SKIPPED and trouble.kind not in NOT_TROUBLES
        ]
