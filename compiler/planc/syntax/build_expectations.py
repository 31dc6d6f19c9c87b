"""Expectations, from the grammar's rules to nodes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from planc.source.span import Span
from planc.syntax import nodes as n
from planc.syntax.build_base import Children
from planc.syntax.build_faults import Faults
from planc.vocabulary.expectations import HISTORY_PROPERTIES, MODELS, NO_LOST_WRITES


class Expectations(Faults):
    def expect(self, span: Span, children: Children) -> n.Expect:
        return n.Expect(span, children[0])

    def expect_condition(self, span: Span, children: Children) -> n.ExpectCondition:
        return n.ExpectCondition(span, children[0], children[1])

    def expect_history(self, span: Span, children: Children) -> n.ExpectHistory:
        workload, negated, name, model = children
        self.known_word(name, tuple(HISTORY_PROPERTIES), "property of a history")
        if isinstance(model, n.PythonCall):
            return n.ExpectHistory(span, name.id, negated is not None, None, workload, model)
        if model is not None:
            self.known_word(model, MODELS, "model")
        return n.ExpectHistory(span, name.id, negated is not None, model and model.id, workload)

    def model_python(self, span: Span, children: Children) -> n.PythonCall:
        return n.PythonCall(span, children[0], None)

    def expect_no_lost_write(self, span: Span, children: Children) -> n.ExpectHistory:
        return n.ExpectHistory(span, NO_LOST_WRITES)

    def expect_lost_write(self, span: Span, children: Children) -> n.ExpectHistory:
        return n.ExpectHistory(span, NO_LOST_WRITES, negated=True)

    def expect_measure(self, span: Span, children: Children) -> n.ExpectMeasure:
        measure, window, form, value = children
        return n.ExpectMeasure(span, measure, form, value, window=window)

    def expect_measure_within(self, span: Span, children: Children) -> n.ExpectMeasure:
        measure, window, amount, value = children
        return n.ExpectMeasure(span, measure, "within", value, amount, window)

    def expect_measure_baseline(self, span: Span, children: Children) -> n.ExpectMeasure:
        measure, window, amount = children
        return n.ExpectMeasure(span, measure, "baseline", None, amount, window)

    def expect_transitions(self, span: Span, children: Children) -> n.ExpectTransitions:
        return n.ExpectTransitions(span)

    def expect_no_log_line(self, span: Span, children: Children) -> n.ExpectNoLogLine:
        target, _, pattern, ignoring, window, *excepted = children
        return n.ExpectNoLogLine(
            span, pattern, target, ignoring is not None, window, tuple(excepted)
        )

    def expect_schema(self, span: Span, children: Children) -> n.ExpectSchema:
        return n.ExpectSchema(span, children[0], children[2])

    def expect_python(self, span: Span, children: Children) -> n.ExpectPython:
        return n.ExpectPython(span, n.PythonCall(span, children[0], children[1]))

    def measure(self, span: Span, children: Children) -> n.Measure:
        (name, stat, target, *metric), of, workload = children
        return n.Measure(span, name, stat, of and of.id, workload, target, *metric)

    def measured_percentile(self, span: Span, children: Children) -> Any:
        return "latency", children[0], None

    def measured_memory_growth(self, span: Span, children: Children) -> Any:
        return "memory growth", None, children[-1]

    def measured_open_files_growth(self, span: Span, children: Children) -> Any:
        return "open files growth", None, children[-1]

    def measured_open_files(self, span: Span, children: Children) -> Any:
        return "open files", None, children[-1]

    def metric(self, span: Span, children: Children) -> Any:
        name, labels, target = children
        return target, name, labels

    def window_between(self, span: Span, children: Children) -> n.Window:
        return n.Window(span, "between", children[0], children[1])


def _measured(name: str, stat: str | None = None) -> Callable[..., Any]:
    return lambda self, span, children: (name, stat, None)


def _window(kind: str) -> Callable[..., n.Window]:
    return lambda self, span, children: n.Window(span, kind)


def _metric(stat: str) -> Callable[..., Any]:
    return lambda self, span, children: ("metric", stat, *children[-1])


for _word, _stat in (
    ("increase", "increase"),
    ("rate", "rate"),
    ("highest", "max"),
    ("lowest", "min"),
    ("average", "mean"),
):
    setattr(Expectations, f"measured_{_word}", _metric(_stat))
for _stat in ("mean", "max"):
    setattr(Expectations, f"measured_{_stat}", _measured("latency", _stat))
for _name in (
    "throughput",
    "goodput",
    "error rate",
    "availability",
    "availability over time",
    "downtime",
    "recovery",
    "send lag",
    "share",
):
    setattr(Expectations, f"measured_{_name.replace(' ', '_')}", _measured(_name))
for _kind in ("during faults", "outside faults", "before faults", "after heal"):
    setattr(Expectations, f"window_{_kind.split()[0]}", _window(_kind))
