"""What a plan expects of a run as a whole: its history, its numbers, and parts of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from planc_runtime.history.windows import Window, WindowKind
from planc_runtime.plan.expr import Expr, describe, only_expressions, value_of
from planc_runtime.plan.nouns import Workload
from planc_runtime.plan.schema import mismatches
from planc_runtime.plan.scope import Missing, Scope


class Judged(Expr):
    """An expectation that has no value of its own: the engine judges it when the run is over."""

    __slots__ = ()

    def value(self, scope: Scope) -> Any:
        raise Missing(f"`{self.describe()}` is judged, it has no value")


@dataclass(frozen=True, eq=False, slots=True)
class HistoryOf(Expr):
    """`history`, `history of W`: the operations that were recorded."""

    workload: Workload | None = None

    def value(self, scope: Scope) -> Any:
        found = scope.names.get("history")
        if found is None:
            raise Missing("there is no history here")
        return found if self.workload is None else found.of_workload(self.workload.name)

    def describe(self) -> str:
        return "history" if self.workload is None else f"history of {self.workload.name}"

    def is_(self, prop: str, model: str | None = None) -> Expr:
        """Expect the history to have a property."""
        return HistoryIs(self.workload, prop, model, True)

    def is_not(self, prop: str, model: str | None = None) -> Expr:
        """Expect the checker to find a violation of a property."""
        return HistoryIs(self.workload, prop, model, False)


@dataclass(frozen=True, eq=False, slots=True)
class HistoryIs(Judged):
    workload: Workload | None
    prop: str
    model: str | None = None
    holds: bool = True

    def describe(self) -> str:
        words = ["history"]
        words += [f"of {self.workload.name}"] if self.workload else []
        words += ["is" if self.holds else "is not", self.prop]
        words += [f"as {self.model}"] if self.model else []
        return " ".join(words)


@dataclass(frozen=True, eq=False, slots=True)
class AcknowledgedWrites(Judged):
    """`no acknowledged write is lost`, or the weakness that some is."""

    lost: bool = False

    def describe(self) -> str:
        return f"{'some' if self.lost else 'no'} acknowledged write is lost"


@dataclass(frozen=True, eq=False, slots=True)
class Measure(Judged):
    """A number read off the history; compared by operators."""

    name: str
    """As the checkers call it: "latency", "error rate", ..."""
    stat: str | None = None
    of: Any = None
    """An operation's name."""
    on: Workload | None = None
    window: Window | None = None
    target: Expr | None = None
    """The nodes that are probed, for memory, files and metrics."""
    metric: Any = None
    """The name of a Prometheus metric, where `name` is "metric"."""
    labels: Any = None

    def describe(self) -> str:
        words = [*([self.stat] if self.stat else []), self.name]
        if self.metric is not None:
            words = [f"{self.stat} of metric {describe(self.metric)}"]
            words += [f"with {describe(self.labels)}"] if self.labels is not None else []
        words += [f"of {describe(self.of).strip(chr(34))}"] if self.of is not None else []
        words += [f"of {describe(self.target)}"] if self.target is not None else []
        words += [f"on {self.on.name}"] if self.on is not None else []
        words += [str(self.window)] if self.window is not None else []
        return " ".join(words)


@dataclass(frozen=True, eq=False, slots=True)
class Near(Judged):
    """`MEASURE within P% of EXPR`."""

    measure: Expr
    target: Any
    share: Any

    def describe(self) -> str:
        share, target = describe(self.share), describe(self.target)
        return f"{self.measure.describe()} within {share} of {target}"


@dataclass(frozen=True, eq=False, slots=True)
class NotSlower(Judged):
    """`MEASURE not slower than baseline by P%`: compared with the time before the first fault."""

    measure: Expr
    by: Any = 0.1

    def describe(self) -> str:
        return f"{self.measure.describe()} not slower than baseline by {describe(self.by)}"


@dataclass(frozen=True, eq=False, slots=True)
class NoLogLine(Judged):
    """`no log line of T matches S ignoring case`."""

    pattern: Any
    target: Any = None
    """None: all nodes."""
    ignoring_case: bool = False
    window: Window | None = None
    excepted: tuple[Window, ...] = ()

    def describe(self) -> str:
        whose = f" of {describe(self.target)}" if self.target is not None else ""
        words = [f"no log line{whose} matches {describe(self.pattern)}"]
        words += ["ignoring case"] if self.ignoring_case else []
        words += [str(self.window)] if self.window is not None else []
        return " ".join([*words, *(f"except {each}" for each in self.excepted)])


@dataclass(frozen=True, eq=False, slots=True)
class IllegalRefused(Judged):
    """`every illegal transition is refused`."""

    def describe(self) -> str:
        return "every illegal transition is refused"


@dataclass(frozen=True, eq=False, slots=True)
class MatchesSchema(Expr):
    """`EXPR matches schema EXPR`: the subset of JSON Schema that plans need."""

    subject: Any
    schema: Any

    def value(self, scope: Scope) -> bool:
        return not self.problems(scope)

    def problems(self, scope: Scope) -> list[str]:
        return list(mismatches(value_of(self.subject, scope), value_of(self.schema, scope)))

    def describe(self) -> str:
        return f"{describe(self.subject)} matches schema"

    def parts(self) -> Iterable[Expr]:
        return only_expressions(self.subject, self.schema)

    def witness(self, scope: Scope) -> Any:
        yield from self.problems(scope)


def history(workload: Workload | None = None) -> HistoryOf:
    """Name the history of all workloads, or of one."""
    return HistoryOf(workload)


def no_acknowledged_write_is_lost() -> Expr:
    """Expect every acknowledged write to be there in the end."""
    return AcknowledgedWrites()


def some_acknowledged_write_is_lost() -> Expr:
    """Expect the known weakness to show."""
    return AcknowledgedWrites(lost=True)


def latency(
    stat: str, of: Any = None, on: Workload | None = None, window: Window | None = None
) -> Expr:
    """Measure latency from the intended start, in seconds: "p99", "mean", "max"."""
    return Measure("latency", stat, of, on, window)


def throughput(of: Any = None, on: Workload | None = None, window: Window | None = None) -> Expr:
    """Measure operations served per second."""
    return Measure("throughput", None, of, on, window)


def goodput(of: Any = None, on: Workload | None = None, window: Window | None = None) -> Expr:
    """Measure operations per second that ended ok."""
    return Measure("goodput", None, of, on, window)


def error_rate(of: Any = None, on: Workload | None = None, window: Window | None = None) -> Expr:
    """Measure the share of operations that were not served."""
    return Measure("error rate", None, of, on, window)


def availability(of: Any = None, on: Workload | None = None, window: Window | None = None) -> Expr:
    """Measure the share of operations that were served."""
    return Measure("availability", None, of, on, window)


def availability_over_time(
    of: Any = None, on: Workload | None = None, window: Window | None = None
) -> Expr:
    """Measure the share of time in which nobody waited in vain."""
    return Measure("availability over time", None, of, on, window)


def downtime(of: Any = None, on: Workload | None = None, window: Window | None = None) -> Expr:
    """Measure the seconds without service."""
    return Measure("downtime", None, of, on, window)


def send_lag(of: Any = None, on: Workload | None = None, window: Window | None = None) -> Expr:
    """Measure how late operations were sent, 99th percentile, in seconds."""
    return Measure("send lag", None, of, on, window)


def recovery(on: Workload | None = None, window: Window | None = None) -> Expr:
    """Measure the longest time without service that a fault caused, in seconds."""
    return Measure("recovery", None, None, on, window)


def share_of_requests(on: Workload | None = None, window: Window | None = None) -> Expr:
    """Measure the largest share of the requests that one node got."""
    return Measure("share of requests", None, None, on, window)


def memory_growth(t: Expr, window: Window | None = None) -> Expr:
    """Measure how much the memory of nodes grows over a window, in bytes."""
    return Measure("memory growth", None, None, None, window, t)


def open_files_of(t: Expr, window: Window | None = None) -> Expr:
    """Measure the most files that a node had open."""
    return Measure("open files", None, None, None, window, t)


def open_files_growth(t: Expr, window: Window | None = None) -> Expr:
    """Measure how much the number of a node's open files grows over a window."""
    return Measure("open files growth", None, None, None, window, t)


def of_metric(
    stat: str, name: Any, t: Expr, labels: Any = None, window: Window | None = None
) -> Expr:
    """Measure "increase", "rate", "max", "min" or "mean" of a Prometheus metric of nodes."""
    return Measure("metric", stat, window=window, target=t, metric=name, labels=labels)


def no_log_line_matches(
    pattern: Any,
    of: Any = None,
    ignoring_case: bool = False,
    window: Window | None = None,
    excepting: Sequence[Window] = (),
) -> Expr:
    """Expect that no node, or none of these, has written a line that matches."""
    return NoLogLine(pattern, of, ignoring_case, window, tuple(excepting))


def near(measure: Expr, value: Any, share: Any) -> Expr:
    """Expect a measure within a share of a value."""
    return Near(measure, value, share)


def not_slower_than_baseline(measure: Expr, by: Any = 0.1) -> Expr:
    """Expect a measure no worse than before the faults, by more than a share."""
    return NotSlower(measure, by)


def every_illegal_transition_is_refused() -> Expr:
    """Expect that the exploration of a machine found no illegal transition that was accepted."""
    return IllegalRefused()


def matches_schema(value: Any, schema: Any) -> Expr:
    """Expect a value to have a shape."""
    return MatchesSchema(value, schema)


def during_faults() -> Window:
    """Look only at what touched a fault."""
    return Window(WindowKind.DURING_FAULTS)


def outside_faults() -> Window:
    """Look only at what touched no fault."""
    return Window(WindowKind.OUTSIDE_FAULTS)


def before_faults() -> Window:
    """Look only at what was over before the first fault."""
    return Window(WindowKind.BEFORE_FAULTS)


def after_heal() -> Window:
    """Look only at what was due after the last fault was healed."""
    return Window(WindowKind.AFTER_HEAL)


def between_marks(a: str, b: str) -> Window:
    """Look only at what was due between two marks."""
    return Window(WindowKind.BETWEEN, a, b)
