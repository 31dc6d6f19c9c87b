"""When what happens in a scenario, as far as the plan says it: bars from a start to an end.

Time counts from the first statement. What ends when something is done (`operations 1000`, an
exploration, a call) has no length that anybody knows: it is drawn as a short bar that says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from planc import model as m
from planc.show.words import Words, seconds

Kind = Literal["load", "fault", "check", "step"]
UNKNOWN = 2.0
"""Seconds that are drawn for what takes as long as it takes."""
_MENDS = ("start", "resume")


@dataclass(frozen=True)
class Bar:
    """Something that goes on; of a moment the end is its start."""

    kind: Kind
    label: str
    start: float
    end: float
    certain: bool = True
    """Whether the plan says how long it is."""
    line: int = 0

    @property
    def is_moment(self) -> bool:
        return self.end <= self.start


@dataclass
class Timeline:
    title: str
    line: int
    bars: list[Bar] = field(default_factory=list)
    certain: bool = True

    @property
    def length(self) -> float:
        return max((bar.end for bar in self.bars), default=0.0) or 1.0

    def of(self, kind: Kind) -> list[Bar]:
        return [bar for bar in self.bars if bar.kind == kind]


def timeline(plan: m.Plan, scenario: m.Scenario, words: Words) -> Timeline:
    """Lay out a scenario in time."""
    made = Timeline(scenario.name, scenario.span.line)
    walker = _Walker(plan, words, made)
    end = walker.steps(scenario.body, 0.0)
    walker.finish(end)
    return made


class _Walker:
    def __init__(self, plan: m.Plan, words: Words, made: Timeline) -> None:
        self.plan = plan
        self.words = words
        self.made = made
        self.open: list[tuple[str, m.Item, float]] = []
        """Rules that hold until the scenario's end."""

    # --- values ---------------------------------------------------------------------------------

    def number(self, value: m.Expression | None) -> float | None:
        """Return a number that the plan knows; of a range its middle."""
        match value:
            case m.Constant(value=int() | float() as found):
                return float(found)
            case m.Reference(known=True, value=int() | float() as found):
                return float(found)
            case m.Interval(low=low, high=high):
                ends = self.number(low), self.number(high)
                return sum(e for e in ends if e is not None) / 2 if None not in ends else None
            case m.Spread(center=center):
                return self.number(center)
        return None

    def add(
        self, kind: Kind, part: m.Item, start: float, end: float | None, label: str = ""
    ) -> float:
        """Draw a bar and return where it ends; `None` is an end that nobody knows."""
        certain = end is not None
        self.made.certain &= certain
        until = end if end is not None else start + UNKNOWN
        text = label or self.words.of(part.span)
        self.made.bars.append(Bar(kind, text, start, until, certain, part.span.line))
        return until

    def moment(self, kind: Kind, part: m.Item, at: float) -> float:
        self.made.bars.append(Bar(kind, self.words.of(part.span), at, at, True, part.span.line))
        return at

    # --- one after the other --------------------------------------------------------------------

    def steps(self, body: Iterable[m.Statement], now: float, until: float | None = None) -> float:
        """Draw statements that follow each other; `until` is the end of the block around them."""
        for each in body:
            now = self.step(each, now, until)
        return now

    def step(self, part: m.Statement, now: float, until: float | None) -> float:
        match part:
            case m.Run() | m.Over():
                return self.run(part, now)
            case m.Trouble():
                return self.trouble(part, now, until)
            case m.FaultUse():
                return self.fault(part, now, until)
            case m.Wait(duration=duration):
                return now + (self.number(duration) or UNKNOWN)
            case m.Eventually(within=within) | m.WaitUntil(within=within):
                length = self.number(within)
                return self.add("check", part, now, None if length is None else now + length)
            case m.Stays(duration=duration):
                length = self.number(duration)
                return self.add("check", part, now, None if length is None else now + length)
            case m.Always() | m.Never():
                self.rule(part, now, until)
                return now
            case m.Expect() | m.Explore():
                kind: Kind = "check" if isinstance(part, m.Expect) else "load"
                return self.moment(kind, part, now) if kind == "check" else self.add(
                    kind, part, now, None)  # fmt: skip
            case m.Heal() | m.Mark() | m.Invoke():
                return self.moment("step", part, now)
            case m.Bind():
                return self.moment("step", part, now) if part.call else now
        return self.composed(part, now, until)

    def composed(self, part: m.Statement, now: float, until: float | None) -> float:
        match part:
            case m.At(when=when, body=body):
                self.steps(body, now + (self.number(when) or 0.0), until)
                return now
            case m.RepeatTimes(times=times, body=body):
                first = self.steps(body, now, until)
                count = self.number(times)
                if count and first > now:
                    return self.add("step", part, now, now + (first - now) * count)
                return first
            case m.RepeatEvery():
                return self.add("fault", part, now, until, self.repeated(part))
            case m.Pick():
                return self.picked(part, now, until)
            case m.Together(body=body):
                return max((self.step(each, now, until) for each in body), default=now)
            case m.For(body=body):
                return self.steps(body, now, until)
            case m.When(body=body, otherwise=otherwise):
                return max(self.steps(body, now, until), self.steps(otherwise, now, until))
        return now

    # --- load -----------------------------------------------------------------------------------

    def run(self, part: m.Run | m.Over, now: float) -> float:
        length = self.number(part.duration)
        end = now + length if length is not None else None
        names = [each.name for each in part.workloads] if isinstance(part, m.Run) else []
        for name, reference in zip(names, part.workloads if names else (), strict=True):  # type: ignore[union-attr]
            self.add("load", part, now, end, f"{name}{self.pace(reference, part)}")
        if not names:
            self.add("step", part, now, end, "a timeline without load")
        until = end if end is not None else now + UNKNOWN
        for each in part.body:
            self.step(each, now, until)
        return until

    def pace(self, reference: m.Reference, part: m.Run | m.Over) -> str:
        """Say how much load a workload makes."""
        declared = next((d for d in self.plan.declarations if d.key == reference.key), None)
        if not isinstance(declared, m.Workload):
            return ""
        rate = part.rate if isinstance(part, m.Run) else None
        if rate is not None:
            return f" at {self.words.of(rate.span)}"
        if declared.rate is not None:
            return f" at {self.words.of(declared.rate.span).removeprefix('rate ')}"
        clients = self.words.of(declared.clients.span) if declared.clients else "1"
        return f" by {clients} clients in a closed loop"

    # --- faults ---------------------------------------------------------------------------------

    def trouble(self, part: m.Trouble, now: float, until: float | None) -> float:
        if part.name in _MENDS:
            return self.moment("step", part, now)
        length = self.number(part.duration)
        if length is not None:
            end = self.add("fault", part, now, now + length)
            return end if until is None else now
        if part.duration is not None:
            return self.add("fault", part, now, None)
        self.add("fault", part, now, until if until is not None and until > now else None)
        return now

    def fault(self, part: m.FaultUse, now: float, until: float | None) -> float:
        """Draw a declared fault: itself, and below it what it is made of."""
        declared = next((d for d in self.plan.declarations if d.key == part.key), None)
        if not isinstance(declared, m.Fault):
            return self.add("fault", part, now, None)
        aside = Timeline("", 0)
        inner = _Walker(self.plan, self.words, aside)
        end = max(inner.steps(declared.body, now, until), now)
        end = max([end, *(bar.end for bar in aside.bars)])
        self.add("fault", part, now, end if end > now else None)
        return end if until is None else now

    def repeated(self, part: m.RepeatEvery) -> str:
        inside = "; ".join(self.words.of(each.span, 60) for each in part.body[:2])
        return f"every {self.words.of(part.every.span)}: {inside}"

    def picked(self, part: m.Pick, now: float, until: float | None) -> float:
        """Draw a choice as long as the longest of what may be picked."""
        aside = Timeline("", 0)
        inner = _Walker(self.plan, self.words, aside)
        for each in part.choices:
            inner.steps(each.body, now, until)
        end = max([now, *(bar.end for bar in aside.bars)])
        label = f"{self.words.of(part.span).removesuffix(' ...')} of {len(part.choices)}"
        self.add("fault", part, now, end if end > now else None, label)
        return end if until is None else now

    # --- what holds -----------------------------------------------------------------------------

    def rule(self, part: m.Item, now: float, until: float | None) -> None:
        if until is not None:
            self.add("check", part, now, until)
        else:
            self.open.append(("check", part, now))

    def finish(self, end: float) -> None:
        """End the rules that hold until the scenario does."""
        for _, part, start in self.open:
            self.add("check", part, start, max(end, start + UNKNOWN))


def span_text(start: float, end: float) -> str:
    return seconds(start) if end <= start else f"{seconds(start)} to {seconds(end)}"
