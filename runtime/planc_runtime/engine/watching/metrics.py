"""Prometheus metrics of the nodes, read again and again while a scenario runs.

A page is kept as it came, compressed, and looked into when an expectation asks: what a plan wants
of it is known by then, and reading whole pages would cost more than the load. All pages of a node
are left in the scenario's folder, `metrics/<node>.txt.gz`.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from planc_runtime.checkers.measures import Scraped
from planc_runtime.engine.folder import writing
from planc_runtime.engine.nodes.ask import Asker, NoAnswer
from planc_runtime.engine.nodes.node import ClusterNode
from planc_runtime.engine.nodes.questions import question_of
from planc_runtime.engine.nodes.texts import number, words
from planc_runtime.engine.watching.observer import Bell
from planc_runtime.engine.watching.prometheus import Labels, Unreadable, is_shown, series
from planc_runtime.errors import StepFailed
from planc_runtime.plan.functions import host_and_port
from planc_runtime.plan.requests import Command, Http, Python
from planc_runtime.plan.scope import Missing, Scope

if TYPE_CHECKING:
    from planc_runtime.engine.stage import Stage

ASKED_BY = "of_metric"
EVERY = 1.0
"""Seconds between two readings of a service that does not say."""
PATIENCE = 2.0
"""Seconds that a page may take; a longer one is a gap."""
_MOST = 32 * 1024 * 1024
"""Bytes of compressed pages of one node that are kept; then it is read no more."""


@dataclass(slots=True)
class Reading:
    moment: float
    page: bytes | None
    """Compressed; None where there was no answer."""
    reason: str = ""

    @property
    def text(self) -> str:
        return zlib.decompress(self.page).decode("utf-8", "replace") if self.page else ""


@dataclass(slots=True)
class Readings:
    """What was read of one node, and what could not be."""

    all: list[Reading] = field(default_factory=list)
    size: int = 0

    def add(self, reading: Reading) -> None:
        self.all.append(reading)
        self.size += len(reading.page or b"")

    def answered(self) -> list[Reading]:
        return [reading for reading in self.all if reading.page is not None]


class Scraper:
    """Reads the metrics of all nodes that show any, if the scenario asks for a metric at all.

    A service that says where its metrics are is read in any case.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._tasks: dict[ClusterNode, asyncio.Task[None]] = {}
        self._askers: dict[ClusterNode, Asker] = {}
        self._readings: dict[ClusterNode, Readings] = {}
        self._bell = Bell()

    def watch(self, nodes: Iterable[ClusterNode]) -> None:
        """Begin to read nodes; a second time does nothing."""
        asked = ASKED_BY in self._stage.declaration.body.__code__.co_names
        for node in nodes:
            if node not in self._tasks and (asked or node.service.metrics is not None):
                self._readings[node] = Readings()
                name = f"metrics of {node.name}"
                self._tasks[node] = asyncio.create_task(self._watch(node), name=name)

    def ring(self) -> None:
        """Read every node now, beside the schedule: here a part of the run begins or ends."""
        self._bell.ring()

    async def look(self, nodes: Iterable[ClusterNode]) -> None:
        """Read some nodes now: what is expected of this moment is judged by this moment."""
        await asyncio.gather(*(self._look(node) for node in nodes if node in self._readings))

    async def close(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        for asker in self._askers.values():
            asker.drop()

    def store(self) -> None:
        """Write all pages, each below a comment that says when it was read."""
        folder = self._stage.folder / "metrics"
        for node, readings in self._readings.items():
            with writing(folder):
                folder.mkdir(exist_ok=True)
                path = folder / f"{node.machine}.txt.gz"
                with path.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as file:
                    for reading in readings.all:
                        note = f" no answer: {reading.reason}" if reading.page is None else ""
                        file.write(f"# read at {reading.moment:.6f} s{note}\n".encode())
                        file.write(reading.text.encode())

    def scraped(
        self, nodes: Iterable[ClusterNode], name: str, labels: Mapping[str, str]
    ) -> dict[str, Scraped]:
        """Return what nodes showed of a metric over time; raises Missing where none did.

        A metric that a node shows with other labels only has counted nothing of these yet.
        """
        found: dict[str, Scraped] = {}
        reasons: list[str] = []
        shown = False
        for node in nodes:
            readings = self._readings.get(node, Readings())
            answered = readings.answered()
            if not answered:
                last = readings.all[-1].reason if readings.all else "it was never read"
                reasons.append(f"{node.name} did not show its metrics: {last}")
                continue
            try:
                pages = [(reading, reading.text) for reading in answered]
                values = [series(text, name, labels) for _, text in pages]
            except Unreadable as broken:
                raise Missing(f"{node.name}: {broken}") from None
            shown = shown or any(values) or any(is_shown(text, name) for _, text in pages)
            found[node.name] = _scraped(readings.all, values)
        if reasons:
            raise Missing("; ".join(reasons))
        if not shown:
            raise Missing(f"none of {', '.join(found)} ever showed a metric {name}")
        return found

    # --- reading --------------------------------------------------------------------------------

    async def _watch(self, node: ClusterNode) -> None:
        declared = node.service.metrics
        every = number(declared.every, self._stage.scope()) if declared else EVERY
        due = self._stage.world.now()
        while self._readings[node].size < _MOST:
            await self._look(node)
            now = self._stage.world.now()
            if now >= due:
                due = max(due + every, now)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(due - now, 0.001)):
                    await self._bell.wait()

    async def _look(self, node: ClusterNode) -> None:
        moment = self._stage.world.now()
        readings = self._readings[node]
        try:
            if not node.running:
                raise NoAnswer(f"it is {node.state.value}")
            page = zlib.compress((await self.page(node)).encode(), 1)
        except (NoAnswer, Missing, OSError) as silent:
            readings.add(Reading(moment, None, str(silent)))
            return
        # A look of its own may have overtaken one on schedule.
        if not readings.all or readings.all[-1].moment < moment:
            readings.add(Reading(moment, page))

    async def page(self, node: ClusterNode) -> str:
        """Ask a node for its metrics now; raises NoAnswer, Missing, OSError."""
        scope = self._stage.scope().with_names(**node.names())
        request = node.service.metrics.request if node.service.metrics else default_request(node)
        match request:
            case Http():
                return await self._over_http(node, request, scope)
            case Command():
                from planc_runtime.clients.programs import run

                found = await run(words(request.text, scope))
                return str(found.get("output", ""))
            case Python(reference=reference):
                try:
                    return str(await self._stage.escape(reference, (node,), node.service.folder))
                except StepFailed as silent:
                    raise NoAnswer(silent.message) from silent
        raise NoAnswer(f"{type(request).__name__} is no way to read metrics")

    async def _over_http(self, node: ClusterNode, request: Http, scope: Scope) -> str:
        # Not the observer's connection: a slow page would make it wait for the node's status.
        if node not in self._askers:
            self._askers[node] = Asker(*host_and_port(node, request.port))
        answer = await self._askers[node].ask(question_of(request, scope), PATIENCE)
        if answer.status != 200:
            raise NoAnswer(f"status {answer.status}")
        return answer.body.decode("utf-8", "replace")


def default_request(node: ClusterNode) -> Http:
    """Return where the metrics of a service are that does not say: on its first port."""
    ports = list(node.placement.ports)
    return Http("GET", "/metrics", port=ports[0] if ports else None)


def _scraped(readings: list[Reading], values: list[dict[Labels, float]]) -> Scraped:
    """Lay the samples of each set of labels beside the moments of the readings."""
    moments: list[float] = []
    behind_gap: set[int] = set()
    gap = False
    for reading in readings:
        if reading.page is None:
            gap = True
            continue
        if gap and moments:
            behind_gap.add(len(moments))
        gap = False
        moments.append(reading.moment)
    keys = list(dict.fromkeys(key for shown in values for key in shown))
    rows = [[shown.get(key) for shown in values] for key in keys]
    return Scraped(moments, rows, frozenset(behind_gap))
