"""A scenario laid out in time: its load, its faults, and what is judged, with what the plan knows.

Offsets count from the start of the `run` or `over` that a fault stands in. What depends on chance
or on the run itself (`pick`, `repeat every`, `when`, drawn times) is there without a time, and not
`certain`: a rule that needs to know leaves it alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from planc import model as m
from planc.lint.values import Declarations, number

CONNECTS = ("start", "resume")
"""Words of the vocabulary that undo, and are no trouble themselves."""


@dataclass
class Load:
    """A workload at work."""

    workload: m.Workload
    client: m.Client | None
    block: Block
    rate: float | None
    """Operations due in a second; of a ramp its end. None in a closed loop or when unknown."""
    operations: float | None
    """How many will be due; None when only the run can tell."""
    length: float | None
    """Seconds until the last one is due, or the block ends."""

    @property
    def open_loop(self) -> bool:
        return self.workload.rate is not None or (
            isinstance(self.block.part, m.Run) and self.block.part.rate is not None
        )

    @property
    def mix(self) -> dict[str, float]:
        """The shares of the operations; a workload without `mix` does all of them alike."""
        if self.workload.mix:
            return dict(self.workload.mix)
        names = [each.name for each in self.client.operations] if self.client else []
        return {name: 1 / len(names) for name in names}


@dataclass
class Block:
    """A `run` or an `over`, or what stands before, between and behind them (`part` is None)."""

    part: m.Run | m.Over | None
    order: int
    length: float | None = None
    loads: list[Load] = field(default_factory=list)


@dataclass(frozen=True)
class Strike:
    """A fault when it comes."""

    trouble: m.Trouble
    place: m.Item
    """The statement of the scenario that brings it: the fault, or the use of a declared one."""
    block: Block
    order: int
    start: float | None = None
    """Seconds from the start of the block."""
    length: float | None = None
    """None: until something heals it, or unknown."""
    certain: bool = True
    at: m.At | None = None

    @property
    def mends(self) -> bool:
        return self.trouble.name in CONNECTS

    @property
    def end(self) -> float | None:
        """When it is over, in seconds from the start of the block; it is with the block."""
        if self.start is None or (self.trouble.duration is not None and self.length is None):
            return None
        if self.length is None:
            return self.block.length
        until = self.start + self.length
        return until if self.block.length is None else min(until, self.block.length)


@dataclass(frozen=True)
class Judged:
    """A statement that looks whether something holds."""

    part: m.Statement
    block: Block
    order: int
    certain: bool = True


@dataclass
class Scene:
    scenario: m.Scenario
    known: Declarations
    blocks: list[Block] = field(default_factory=list)
    strikes: list[Strike] = field(default_factory=list)
    judged: list[Judged] = field(default_factory=list)
    calls: list[tuple[int, m.Call]] = field(default_factory=list)
    steps: list[tuple[int, Block, m.Statement]] = field(default_factory=list)
    """Every other statement: waits, heals, marks, explorations."""

    @property
    def loads(self) -> list[Load]:
        return [load for block in self.blocks for load in block.loads]

    @property
    def troubles(self) -> list[Strike]:
        return [strike for strike in self.strikes if not strike.mends]

    def expectations(self, kind: type[Any]) -> list[tuple[m.Expect, Any, Judged]]:
        """Return the expectations of one kind with their statements, in order."""
        return [
            (each.part, each.part.expectation, each)
            for each in self.judged
            if isinstance(each.part, m.Expect) and isinstance(each.part.expectation, kind)
        ]

    @property
    def has_escape(self) -> bool:
        """Whether Python of the plan's author acts or judges, of which nothing is known."""
        return any(isinstance(each, m.PythonCall) for each in m.walk(self.scenario))

    def clusters(self) -> list[m.Cluster]:
        keys = [*self.scenario.clusters, *(own.key for own in self.scenario.own_clusters)]
        found = [self.known.get(key) for key in keys]
        return [each for each in found if isinstance(each, m.Cluster)]

    def services(self) -> list[m.Service]:
        keys = {member.service.key: None for each in self.clusters() for member in each.members}
        found = [self.known.get(key) for key in keys]
        return [each for each in found if isinstance(each, m.Service)]


def read(scenario: m.Scenario, known: Declarations) -> Scene:
    """Lay out a scenario."""
    reader = _Reader(Scene(scenario, known))
    reader.steps(scenario.body, _At(reader.block(None)))
    return reader.scene


@dataclass(frozen=True)
class _At:
    """Where the reader stands."""

    block: Block
    now: float | None = 0.0
    certain: bool = True
    place: m.Item | None = None
    at: m.At | None = None


class _Reader:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.order = 0
        self.open: list[str] = []

    def block(self, part: m.Run | m.Over | None) -> Block:
        self.order += 1
        made = Block(part, self.order, number(part.duration) if part else None)
        self.scene.blocks.append(made)
        return made

    def steps(self, body: Iterable[m.Statement], at: _At) -> _At:
        for part in body:
            self.order += 1
            at = self.step(part, at)
        return at

    def step(self, part: m.Statement, at: _At) -> _At:
        scene = self.scene
        match part:
            case m.Run() | m.Over():
                self.run(part)
                return replace(at, block=self.block(None), now=0.0)
            case m.Trouble():
                self.strike(part, at)
            case m.FaultUse():
                self.use(part, at)
            case m.Expect() | m.Eventually() | m.Always() | m.Never() | m.Stays() | m.WaitUntil():
                scene.judged.append(Judged(part, at.block, self.order, at.certain))
                self.called(part)
                # How long it waits is not known before.
                waits = isinstance(part, m.Eventually | m.WaitUntil)
                return replace(at, now=None) if waits else at
            case m.Bind(call=call) if call is not None:
                self.called(part)
            case m.Invoke():
                self.called(part)
            case m.Wait(duration=duration):
                scene.steps.append((self.order, at.block, part))
                length = number(duration)
                known = at.now is not None and length is not None
                return replace(at, now=at.now + length if known else None)  # type: ignore[operator]
            case m.At(when=when, body=body):
                inner = replace(at, now=number(when), at=part)
                self.steps(body, inner)
            case _:
                self.composed(part, at)
        return at

    def composed(self, part: m.Statement, at: _At) -> None:
        unsure = replace(at, now=None, certain=False)
        match part:
            case m.RepeatTimes(body=body) | m.RepeatEvery(body=body) | m.For(body=body):
                self.scene.steps.append((self.order, at.block, part))
                self.steps(body, unsure)
            case m.Pick(choices=choices):
                for choice in choices:
                    self.steps(choice.body, replace(at, certain=False))
            case m.When(body=body, otherwise=otherwise):
                self.steps(body, unsure)
                self.steps(otherwise, unsure)
            case m.Together(body=body):
                for each in body:
                    self.order += 1
                    self.step(each, at)
            case _:
                self.scene.steps.append((self.order, at.block, part))

    def called(self, part: m.Statement) -> None:
        kinds = (m.ClientCall, m.HttpCall, m.ExecCall, m.PythonCall)
        self.scene.calls += [(self.order, each) for each in m.walk(part) if isinstance(each, kinds)]

    # --- faults ---------------------------------------------------------------------------------

    def strike(self, part: m.Trouble, at: _At) -> None:
        self.scene.strikes.append(
            Strike(
                part,
                at.place or part,
                at.block,
                self.order,
                at.now if at.block.part is not None else None,
                number(part.duration),
                at.certain,
                at.at,
            )
        )

    def use(self, part: m.FaultUse, at: _At) -> None:
        """Enter a declared fault with the arguments it is given."""
        declared = self.scene.known.get(part.key)
        if not isinstance(declared, m.Fault) or part.key in self.open:
            return
        given = dict(zip(part.parameters, part.arguments, strict=False))
        self.open.append(part.key)
        self.steps(filled(declared.body, given), replace(at, place=at.place or part))
        self.open.pop()

    # --- load -----------------------------------------------------------------------------------

    def run(self, part: m.Run | m.Over) -> None:
        block = self.block(part)
        for reference in part.workloads if isinstance(part, m.Run) else ():
            workload = self.scene.known.get(reference.key)
            if isinstance(workload, m.Workload):
                block.loads.append(self.load(workload, part, block))
        if block.length is None and block.loads:
            lengths = [load.length for load in block.loads]
            block.length = None if None in lengths else max(each or 0.0 for each in lengths)
        self.steps(part.body, _At(block))

    def load(self, workload: m.Workload, part: m.Run | m.Over, block: Block) -> Load:
        client = self.scene.known.get(workload.client.key)
        made = Load(workload, client if isinstance(client, m.Client) else None, block,
                    None, number(workload.operations), block.length)  # fmt: skip
        given = part.rate if isinstance(part, m.Run) else None
        if given is not None:
            made.rate = number(given)
        elif workload.rate is not None:
            made.rate = number(workload.rate.end or workload.rate.start)
        ramp = workload.rate if given is None else None
        due = _due(ramp, made.rate, block.length)
        if made.rate and made.operations is not None and (ramp is None or ramp.end is None):
            ends = made.operations / made.rate
            made.length = ends if block.length is None else min(ends, block.length)
        if due is not None:
            made.operations = due if made.operations is None else min(due, made.operations)
        elif made.operations is not None and block.length is not None:
            # A closed loop may be cut off before it has done them all.
            made.operations = None
        return made


def _due(ramp: m.Rate | None, rate: float | None, seconds: float | None) -> float | None:
    """Return how many operations are due in so many seconds."""
    if rate is None or seconds is None:
        return None
    if ramp is None or ramp.end is None:
        return rate * seconds
    start, over = number(ramp.start), number(ramp.over)
    if start is None or not over:
        return None
    inside = min(seconds, over)
    return start * inside + (rate - start) * inside**2 / (2 * over) + rate * max(0, seconds - over)


def filled(part: Any, given: Mapping[str, m.Expression]) -> Any:
    """Put arguments in the place of a declared fault's parameters."""
    if isinstance(part, m.Reference) and part.means == "parameter" and part.name in given:
        return given[part.name]
    if isinstance(part, tuple):
        return tuple(filled(each, given) for each in part)
    if isinstance(part, m.Item):
        values = {k: filled(v, given) for k, v in part.__dict__.items() if k != "span"}
        return part.changed(**values)
    return part
