"""Statements, calls, faults and expectations, from the grammar's rules to nodes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from planc.diagnostics.nearest import did_you_mean, nearest
from planc.source.span import Span
from planc.syntax import nodes as n
from planc.syntax.build_base import Children, Option
from planc.syntax.build_expressions import Expressions
from planc.vocabulary.expectations import HISTORY_PROPERTIES, MODELS, NO_LOST_WRITES
from planc.vocabulary.faults import FAULTS


class Statements(Expressions):
    def broken(self, span: Span, children: Children) -> n.Broken:
        return n.Broken(span)

    def block(self, span: Span, children: Children) -> tuple[n.Statement, ...]:
        return tuple(children)

    def let(self, span: Span, children: Children) -> n.Let:
        return n.Let(span, children[0], children[1])

    def run(self, span: Span, children: Children) -> n.Run:
        *workloads, duration, rate, body = children
        return n.Run(span, tuple(workloads), duration, rate, body or ())

    def over(self, span: Span, children: Children) -> n.Over:
        return n.Over(span, children[0], children[1])

    def at(self, span: Span, children: Children) -> n.At:
        when, body = children
        braces = isinstance(body, tuple)
        return n.At(span, when, body if braces else (body,), braces)

    def repeat_times(self, span: Span, children: Children) -> n.RepeatTimes:
        return n.RepeatTimes(span, children[0], children[1])

    def repeat_every(self, span: Span, children: Children) -> n.RepeatEvery:
        return n.RepeatEvery(span, children[0], children[1])

    def pick_one(self, span: Span, children: Children) -> n.Pick:
        return n.Pick(span, None, self._choices(children))

    def pick_some(self, span: Span, children: Children) -> n.Pick:
        return n.Pick(span, children[0], self._choices(children[1:]))

    def _choices(self, children: Children) -> tuple[n.Weighted, ...]:
        return tuple(choice for choice in children if isinstance(choice, n.Weighted))

    def weighted(self, span: Span, children: Children) -> n.Weighted:
        weight, body = children
        if body is None:
            return n.Weighted(span, weight, ())
        braces = isinstance(body, tuple)
        return n.Weighted(span, weight, body if braces else (body,), braces)

    def for_loop(self, span: Span, children: Children) -> n.For:
        return n.For(span, *children)

    def when(self, span: Span, children: Children) -> n.When:
        return n.When(span, *children)

    def wait(self, span: Span, children: Children) -> n.Wait:
        return n.Wait(span, children[0])

    def wait_until(self, span: Span, children: Children) -> n.WaitUntil:
        return n.WaitUntil(span, children[0], children[1])

    def mark(self, span: Span, children: Children) -> n.Mark:
        return n.Mark(span, children[0])

    def together(self, span: Span, children: Children) -> n.Together:
        return n.Together(span, children[0])

    def eventually(self, span: Span, children: Children) -> n.Eventually:
        return n.Eventually(span, children[0], children[1])

    def always(self, span: Span, children: Children) -> n.Always:
        return n.Always(span, children[0])

    def never(self, span: Span, children: Children) -> n.Never:
        return n.Never(span, children[0])

    def stays(self, span: Span, children: Children) -> n.Stays:
        return n.Stays(span, children[0], children[1])

    def explore(self, span: Span, children: Children) -> n.Explore:
        return n.Explore(span, children[0], children[1])

    def heal(self, span: Span, children: Children) -> n.Heal:
        return n.Heal(span, children[0] if children else None)

    # --- calls ---

    def call_statement(self, span: Span, children: Children) -> n.CallStatement:
        return n.CallStatement(span, children[0])

    def client_call(self, span: Span, children: Children) -> n.ClientCall:
        path, arguments, on = children
        client, _, operation = path.id.rpartition(".")
        if not client:
            self.report(
                "PLC0142",
                path.span,
                f"`call {operation}` does not say which client is meant",
                label="an operation, or a client?",
                help=f"write `call CLIENT.{operation}(...)`",
            )
        middle = path.span.end - len(operation)
        return n.ClientCall(
            span,
            n.Name(self.span(path.span.start, max(middle - 1, path.span.start)), client),
            n.Name(self.span(middle, path.span.end), operation),
            arguments or (),
            on,
        )

    def http_call(self, span: Span, children: Children) -> n.HttpCall:
        method, url, *options = children
        return n.HttpCall(span, method, url, **self.options(options))

    def http_request(self, span: Span, children: Children) -> n.HttpCall:
        method, url, port, *options = children
        return n.HttpCall(span, method, url, port=port, **self.options(options))

    http_action = http_call

    def exec_call(self, span: Span, children: Children) -> n.ExecCall:
        return n.ExecCall(span, children[0], children[1])

    def exec_request(self, span: Span, children: Children) -> n.ExecCall:
        return n.ExecCall(span, children[0])

    def python_call(self, span: Span, children: Children) -> n.PythonCall:
        return n.PythonCall(span, children[0], children[1] or ())

    def python_request(self, span: Span, children: Children) -> n.PythonCall:
        return n.PythonCall(span, children[0])

    def header_name(self, span: Span, children: Children) -> n.Text:
        name = children[0]
        return name if isinstance(name, n.Text) else n.Text(span, (name,))

    def option_header(self, span: Span, children: Children) -> Option:
        return Option("headers", span, (children[0], children[1]))

    # --- faults ---

    def fault(self, span: Span, children: Children) -> n.Fault:
        fault, *options = children
        values = self.options(options)
        duration, every = values.get("duration"), values.get("every", fault.every)
        return n.Fault(
            span,
            fault.kind,
            fault.targets,
            fault.links,
            fault.amount,
            fault.pattern,
            duration,
            every,
        )

    def fault_call(self, span: Span, children: Children) -> n.FaultCall:
        return n.FaultCall(span, children[0], children[1] or (), children[2])

    def links_of(self, span: Span, children: Children) -> n.Links:
        return n.Links(span, "of", children[0])

    def links_to(self, span: Span, children: Children) -> n.Links:
        return n.Links(span, "to", children[0], children[1])

    def links_between(self, span: Span, children: Children) -> n.Links:
        return n.Links(span, "between", children[0], children[1])

    # --- expectations ---

    def expect(self, span: Span, children: Children) -> n.Expect:
        return n.Expect(span, children[0])

    def expect_condition(self, span: Span, children: Children) -> n.ExpectCondition:
        return n.ExpectCondition(span, children[0], children[1])

    def expect_history(self, span: Span, children: Children) -> n.ExpectHistory:
        workload, negated, name, model = children
        self._known(name, tuple(HISTORY_PROPERTIES), "property of a history")
        if model is not None:
            self._known(model, MODELS, "model")
        return n.ExpectHistory(span, name.id, negated is not None, model and model.id, workload)

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

    def expect_schema(self, span: Span, children: Children) -> n.ExpectSchema:
        return n.ExpectSchema(span, children[0], children[2])

    def expect_python(self, span: Span, children: Children) -> n.ExpectPython:
        return n.ExpectPython(span, n.PythonCall(span, children[0], children[1]))

    def measure(self, span: Span, children: Children) -> n.Measure:
        (name, stat, target), of, workload = children
        return n.Measure(span, name, stat, of and of.id, workload, target)

    def measured_percentile(self, span: Span, children: Children) -> Any:
        return "latency", children[0], None

    def measured_memory_growth(self, span: Span, children: Children) -> Any:
        return "memory growth", None, children[-1]

    def measured_open_files(self, span: Span, children: Children) -> Any:
        return "open files", None, children[-1]

    def window_between(self, span: Span, children: Children) -> n.Window:
        return n.Window(span, "between", children[0], children[1])

    def _known(self, name: n.Name, words: tuple[str, ...], what: str) -> None:
        """Report a name that is not one of a closed set of words."""
        if name.id not in words:
            self.report(
                "PLC0130",
                name.span,
                f"`{name.id}` is not a {what}",
                label=f"no such {what}",
                help=did_you_mean(name.id, words) or "one of: " + ", ".join(words),
                replace=nearest(name.id, words),
            )


def _measured(name: str, stat: str | None = None) -> Callable[..., Any]:
    return lambda self, span, children: (name, stat, None)


def _window(kind: str) -> Callable[..., n.Window]:
    return lambda self, span, children: n.Window(span, kind)


def _option(name: str) -> Callable[..., Option]:
    return lambda self, span, children: Option(name, span, children[0])


_FORMS_OF_FAULTS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("slow", "limit", "flap"), ("links", "amount")),
    **dict.fromkeys(("drop", "duplicate", "reorder", "corrupt"), ("amount", "links")),
    **dict.fromkeys(("skew", "jump", "drift"), ("target", "amount")),
    **dict.fromkeys(("slow_disk", "limit_memory", "throttle_cpu"), ("target", "amount")),
    "flip_bits": ("amount", "pattern", "target"),
}
"""What the children of a fault's rule are; all others name targets only."""


def _fault(kind: str) -> Callable[..., n.Fault]:
    form = _FORMS_OF_FAULTS.get(kind)

    def build(self: Statements, span: Span, children: Children) -> n.Fault:
        if form is None:
            return n.Fault(span, kind, tuple(each for each in children if each is not None))
        parts = dict(zip(form, children, strict=True))
        target = parts.pop("target", None)
        return n.Fault(span, kind, (target,) if target is not None else (), **parts)

    return build


def _add_methods() -> None:
    """Give the builder one method for each rule that differs from its like only by a word."""
    for kind in FAULTS:
        setattr(Statements, kind, _fault(kind))
    for stat in ("mean", "max"):
        setattr(Statements, f"measured_{stat}", _measured("latency", stat))
    for name in ("throughput", "goodput", "error rate", "availability", "downtime"):
        setattr(Statements, f"measured_{name.replace(' ', '_')}", _measured(name))
    for name in ("recovery", "send lag", "share"):
        setattr(Statements, f"measured_{name.replace(' ', '_')}", _measured(name))
    for kind in ("during faults", "outside faults", "before faults", "after heal"):
        setattr(Statements, f"window_{kind.split()[0]}", _window(kind))
    for rule, name in {"for": "duration", "fails": "fails_when", "unknown": "unknown_when"}.items():
        setattr(Statements, f"option_{rule}", _option(name))
    for name in ("json", "body", "text", "timeout", "after", "every", "returns"):
        setattr(Statements, f"option_{name}", _option(name))


_add_methods()
