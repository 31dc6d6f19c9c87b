"""Resolve statements: steps of scenarios, timelines of runs, actions of faults."""

from __future__ import annotations

from planc import model as m
from planc.analysis import numbers
from planc.analysis.calls import Calls
from planc.analysis.expectations import Expectations
from planc.analysis.expressions import Expressions
from planc.analysis.operators import condition
from planc.analysis.places import ENDLESS, Place, misplaced
from planc.analysis.scope import Local, Scope
from planc.analysis.troubles import Troubles
from planc.syntax import nodes as n

Body = tuple[m.Statement, ...]
_SIMPLE_TYPES = ("number", "duration", "size", "rate", "bandwidth", "percent", "text", "bool")


class Statements:
    def __init__(self, of: Expressions) -> None:
        self.of = of
        self.problems = of.problems
        self.calls = Calls(of)
        self.troubles = Troubles(of)
        self.expectations = Expectations(of)

    def block(self, body: tuple[n.Node, ...], scope: Scope, place: Place) -> Body:
        """Resolve the statements of a block, whose names end with it."""
        inner = scope.inner()
        inner.incomplete = any(isinstance(node, n.Broken) for node in body)
        found = (self.statement(node, inner, place) for node in body)
        return tuple(each for each in found if each is not None)

    def statement(self, node: n.Node, scope: Scope, place: Place) -> m.Statement | None:
        """Resolve one statement; None when nothing can be made of it."""
        if wrong := misplaced(node, place):
            name, message, help = wrong
            self.problems.report(name, node.span, message, help=help)
        match node:
            case n.Fault():
                return self.troubles.trouble(node, scope)
            case n.FaultCall():
                return self.fault_use(node, scope, place)
            case n.Let():
                return self.let(node, scope)
            case n.CallStatement(call=call):
                made = self.calls.call(call, scope)
                return m.Invoke(span=node.span, call=made) if made else None
            case n.Expect(expectation=expectation):
                wanted = self.expectations.expectation(expectation, scope)
                return m.Expect(span=node.span, expectation=wanted)
            case n.Run() | n.Over() | n.At():
                return self.timed(node, scope, place)
            case n.Wait() | n.WaitUntil() | n.Eventually() | n.Always() | n.Never() | n.Stays():
                return self.observed(node, scope)
        return self.composed(node, scope, place)

    def fault_use(self, node: n.FaultCall, scope: Scope, place: Place) -> m.FaultUse | None:
        made = self.troubles.use(node, scope, place)
        if made is not None and not place.ends and self.troubles.repeats(made):
            name, message, help = ENDLESS
            self.problems.report(name, node.span, message, help=help)
        return made

    # --- steps ----------------------------------------------------------------------------------

    def let(self, node: n.Let, scope: Scope) -> m.Bind | None:
        name, value = node.name, node.value
        earlier = scope.names.get(name.id)
        if earlier is not None:
            self.problems.report(
                "duplicate-name",
                name.span,
                f"`{name.id}` has a value already",
                first=earlier.span,
                help="a name keeps its value: take another one",
            )
        if isinstance(value, n.ClientCall | n.HttpCall | n.ExecCall | n.PythonCall):
            call = self.calls.call(value, scope)
            scope.names[name.id] = self.calls.result(value)
            return m.Bind(span=node.span, name=name.id, call=call) if call else None
        found = self.of.analyse(value, scope)
        scope.names[name.id] = Local("variable", found.type, name.span)
        return m.Bind(span=node.span, name=name.id, value=found)

    def observed(self, node: n.Node, scope: Scope) -> m.Statement:
        """What waits and watches."""
        span = node.span
        match node:
            case n.Wait(duration=duration):
                return m.Wait(span=span, duration=self.lasting(duration, scope, "how long to wait"))
            case n.WaitUntil(condition=test, within=within):
                limit = self.lasting(within, scope, "`within`")
                return m.WaitUntil(span=span, condition=self.holds(test, scope), within=limit)
            case n.Eventually(within=within, condition=test):
                limit = self.lasting(within, scope, "`within`")
                return m.Eventually(span=span, within=limit, condition=self.holds(test, scope))
            case n.Always(condition=test):
                return m.Always(span=span, condition=self.holds(test, scope))
            case n.Never(condition=test):
                return m.Never(span=span, condition=self.holds(test, scope))
            case n.Stays(duration=duration, condition=test):
                limit = self.lasting(duration, scope, "how long it stays")
                return m.Stays(span=span, duration=limit, condition=self.holds(test, scope))
        raise TypeError(f"not a statement: {type(node).__name__}")

    def holds(self, node: n.Expr, scope: Scope) -> m.Expression:
        return condition(self.of, node, scope, "what is watched")

    def lasting(self, node: n.Expr, scope: Scope, what: str) -> m.Expression:
        return self.of.amount(node, scope, "duration", what, positive=True)

    # --- timelines ------------------------------------------------------------------------------

    def timed(self, node: n.Run | n.Over | n.At, scope: Scope, place: Place) -> m.Statement:
        match node:
            case n.Run():
                return self.run(node, scope)
            case n.Over(duration=duration, body=body):
                length = self.lasting(duration, scope, "how long it goes on")
                timeline = Place("timeline", True, numbers.number_of(length), "over")
                return m.Over(
                    span=node.span, duration=length, body=self.block(body, scope, timeline)
                )
            case n.At(when=when, body=body):
                start = self.of.amount(when, scope, "duration", "a time", least=0)
                self.check_time(node, start, place)
                inside = self.block(body, scope, place.action("at"))
                return m.At(span=node.span, when=start, body=inside)

    def run(self, node: n.Run, scope: Scope) -> m.Run:
        workloads = [self.of.names.declared(name, scope, "workload") for name in node.workloads]
        found = tuple(workload for workload in workloads if workload)
        length = (
            self.lasting(node.duration, scope, "how long a run goes on") if node.duration else None
        )
        if length is None:
            self.check_end(node, found)
        rate = node.rate
        timeline = Place("timeline", True, numbers.number_of(length), "run")
        return m.Run(
            span=node.span,
            workloads=found,
            duration=length,
            rate=self.of.amount(rate, scope, "rate", "the rate", positive=True) if rate else None,
            body=self.block(node.body, scope, timeline),
        )

    def check_end(self, node: n.Run, workloads: tuple[m.Reference, ...]) -> None:
        """Without a duration every workload must know by itself when it is done."""
        for reference in workloads:
            model = self.of.names.model(reference.key)
            if isinstance(model, m.Workload) and model.operations is None:
                self.problems.report(
                    "endless-run",
                    node.span,
                    f"nothing ends this run: `{reference.name}` has no number of operations",
                    help=f"write `run {reference.name} for 30s`, or `operations N` in the workload",
                )

    def check_time(self, node: n.At, start: m.Expression, place: Place) -> None:
        when = numbers.number_of(start)
        if when is not None and place.length is not None and when >= place.length:
            self.problems.report(
                "at-after-end",
                node.when.span,
                f"this comes {when:g}s after the start, the {place.block} ends after "
                f"{place.length:g}s",
                help=f"let it come earlier, or the {place.block} last longer than {when:g}s",
            )

    # --- blocks ---------------------------------------------------------------------------------

    def composed(self, node: n.Node, scope: Scope, place: Place) -> m.Statement | None:
        span = node.span
        match node:
            case n.RepeatTimes(times=times, body=body):
                count = self.of.amount(times, scope, "number", "how often", least=1)
                inside = self.block(body, scope, place.same())
                return m.RepeatTimes(span=span, times=count, body=inside)
            case n.RepeatEvery(every=every, body=body):
                period = self.lasting(every, scope, "the period")
                inside = self.block(body, scope, place.action("repeat every"))
                return m.RepeatEvery(span=span, every=period, body=inside)
            case n.Pick():
                return self.pick(node, scope, place)
            case n.For(name=name, values=values, body=body):
                return self.loop(node, name, values, body, scope, place)
            case n.When(condition=test, body=body, otherwise=otherwise):
                return m.When(
                    span=span,
                    condition=condition(self.of, test, scope, "what follows `when`"),
                    body=self.block(body, scope, place.same()),
                    otherwise=self.block(otherwise or (), scope, place.same()),
                )
            case n.Together(body=body):
                inside = self.block(body, scope, place.action("together"))
                return m.Together(span=span, body=inside)
            case n.Mark(name=name):
                return m.Mark(span=span, name=self.of.text(name, scope, "the name of a mark"))
            case n.Explore():
                return self.explore(node, scope)
            case n.Heal(target=target):
                who = self.of.functions.nodes(target, scope) if target else None
                return m.Heal(span=span, target=who)
        return None

    def pick(self, node: n.Pick, scope: Scope, place: Place) -> m.Pick:
        count = (
            self.of.amount(node.count, scope, "number", "how many to pick", least=1)
            if node.count
            else None
        )
        wanted = numbers.number_of(count)
        if wanted is not None and wanted > len(node.choices):
            self.problems.report(
                "too-many-picked",
                node.span,
                f"there are {len(node.choices)} choices, {wanted:g} cannot be picked",
            )
        choices = tuple(
            m.Weighted(
                span=choice.span,
                weight=self.of.amount(choice.weight, scope, "number", "a weight", positive=True),
                body=self.block(choice.body, scope, place.action("pick")),
            )
            for choice in node.choices
        )
        return m.Pick(span=node.span, count=count, choices=choices)

    def loop(
        self,
        node: n.For,
        name: n.Name,
        values: n.Expr,
        body: tuple[n.Statement, ...],
        scope: Scope,
        place: Place,
    ) -> m.For:
        found = self.of.typed(values, scope, "list", "what a loop goes through")
        inner = scope.inner({name.id: Local("loop", element_type(found), name.span)})
        return m.For(
            span=node.span,
            name=name.id,
            values=found,
            body=self.block(body, inner, place.same()),
        )

    def explore(self, node: n.Explore, scope: Scope) -> m.Explore | None:
        machine = self.of.names.declared(node.machine, scope, "machine")
        steps = self.of.amount(node.steps, scope, "number", "the number of steps", least=1)
        return m.Explore(span=node.span, machine=machine, steps=steps) if machine else None


def element_type(values: m.Expression) -> str:
    """Return the type that all elements share, `any` when they differ."""
    if values.type in ("nodes", "cluster"):
        return "nodes"
    if isinstance(values, m.ListOf):
        kinds = {item.type for item in values.items}
        if len(kinds) == 1 and (kind := kinds.pop()) in (*_SIMPLE_TYPES, "nodes"):
            return kind
    return "any"
