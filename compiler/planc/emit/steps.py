"""Statements as the lines of a test: one statement of the plan, one call."""

from __future__ import annotations

from planc import model as m
from planc.emit.actions import Actions, expectation_arguments
from planc.emit.calls import in_scenario
from planc.emit.code import Argument, Call, Code, Constant, call, keyword
from planc.emit.declarations import Declarations
from planc.emit.expressions import Expressions
from planc.emit.layout import INDENT, Statement, lay_out
from planc.emit.names import Names, identifier
from planc.emit.places import Places


class Steps:
    """Write the body of one scenario's test."""

    def __init__(self, module: Names, local: Names, places: Places) -> None:
        self.module = module
        self.places = places
        self.lines: list[str] = []
        self.enter(local)

    def enter(self, local: Names) -> None:
        """Let names mean from here on what `local` says."""
        self.local = local
        self.of = Expressions(self.module, local)
        self.actions = Actions(self.of, self.places)

    def body(self, scenario: m.Scenario) -> list[str]:
        """Give the lines of the test's body."""
        for cluster in scenario.own_clusters:
            name = self.local.give(cluster.key, identifier(cluster.name))
            made = call("s.cluster", *Declarations(self.of).cluster(cluster))
            self.write(made, 1, cluster, before=f"{name} = await ")
        self.statements(scenario.body, 1)
        return self.lines

    def write(
        self, code: Code, depth: int, node: m.Item, before: str = "await ", after: str = ""
    ) -> None:
        comment = self.places.comment(node)
        self.lines += lay_out(Statement(code, before, after, comment), depth)

    def block(self, body: tuple[m.Statement, ...], depth: int) -> None:
        """Write a block, whose names end with it."""
        around = self.local
        self.enter(around.block())
        self.statements(body, depth)
        self.enter(around)

    def statements(self, body: tuple[m.Statement, ...], depth: int) -> None:
        for node in body:
            self.step(node, depth)
        if not body:
            self.lines.append(INDENT * depth + "pass")

    # --- one statement --------------------------------------------------------------------------

    def step(self, node: m.Statement, depth: int) -> None:
        """Write one statement of the scenario."""
        match node:
            case m.Bind():
                self.bind(node, depth)
            case m.Invoke(call=made):
                self.write(in_scenario(self.of, made), depth, node)
            case m.Run() | m.Over():
                self.timeline(node, depth)
            case m.RepeatTimes() | m.For() | m.When():
                self.branch(node, depth)
            case m.Mark() | m.Always() | m.Never():
                self.write(self.said(node), depth, node, before="")
            case _:
                self.write(self.awaited(node), depth, node)

    def bind(self, node: m.Bind, depth: int) -> None:
        if node.call is not None:
            made, waiting = in_scenario(self.of, node.call), "await "
        else:
            value = self.of.maybe(node.value)
            made, waiting = call("s.let", Constant(node.name), value), ""
        name = self.local.bind(node.name, identifier(node.name))
        self.write(made, depth, node, before=f"{name} = {waiting}")

    def said(self, node: m.Mark | m.Always | m.Never) -> Call:
        match node:
            case m.Mark(name=name):
                return call("s.mark", self.of.lower(name))
            case m.Always(condition=condition):
                return call("s.always", self.of.lower(condition))
            case m.Never(condition=condition):
                return call("s.never", self.of.lower(condition))

    def awaited(self, node: m.Statement) -> Call:
        of = self.of
        match node:
            case m.Wait(duration=duration):
                return call("s.wait", of.number(duration))
            case m.WaitUntil(condition=condition, within=within):
                limit = keyword("within", of.number(within))
                return call("s.wait_until", of.lower(condition), limit)
            case m.Eventually(condition=condition, within=within):
                limit = keyword("within", of.number(within))
                return call("s.eventually", of.lower(condition), limit)
            case m.Stays(condition=condition, duration=duration):
                limit = keyword("seconds", of.number(duration))
                return call("s.stays", of.lower(condition), limit)
            case m.Expect(expectation=expectation):
                return call("s.expect", *expectation_arguments(of, expectation))
            case m.Explore(machine=machine, steps=steps):
                return call("s.explore", of.lower(machine), keyword("steps", of.number(steps)))
        return call("s.do", self.actions.lower(node))

    # --- blocks ---------------------------------------------------------------------------------

    def timeline(self, node: m.Run | m.Over, depth: int) -> None:
        if isinstance(node, m.Run):
            arguments = [Argument(self.of.lower(workload)) for workload in node.workloads]
            arguments += self.given(seconds=node.duration) + self.given(rate=node.rate)
            made = call("s.run", *arguments)
        else:
            made = call("s.over", self.of.number(node.duration))
        after = " as run:" if node.body else ":"
        self.write(made, depth, node, before="async with ", after=after)
        for each in node.body:
            self.write(self.moment(each), depth + 1, each, before="")
        if not node.body:
            self.lines.append(INDENT * (depth + 1) + "pass")

    def given(self, **values: m.Expression | None) -> list[Argument]:
        return [keyword(name, self.of.number(value)) for name, value in values.items() if value]

    def moment(self, node: m.Statement) -> Call:
        """Lower a statement of a timeline."""
        match node:
            case m.At(when=when, body=body):
                done = self.actions.arguments(body, node)
                return call("run.at", self.of.number(when), *done)
            case m.Always(condition=condition):
                return call("run.always", self.of.lower(condition))
            case m.Never(condition=condition):
                return call("run.never", self.of.lower(condition))
        return call("run.do", self.actions.lower(node))

    def branch(self, node: m.RepeatTimes | m.For | m.When, depth: int) -> None:
        match node:
            case m.RepeatTimes(times=times):
                made = call("s.times", self.of.number(times))
                self.write(made, depth, node, before="for _ in ", after=":")
            case m.For():
                self.loop(node, depth)
                return
            case m.When(condition=condition):
                made = call("s.when", self.of.lower(condition))
                self.write(made, depth, node, before="if await ", after=":")
        self.block(node.body, depth + 1)
        if isinstance(node, m.When) and node.otherwise:
            self.lines.append(INDENT * depth + "else:")
            self.block(node.otherwise, depth + 1)

    def loop(self, node: m.For, depth: int) -> None:
        made = call("s.each", self.of.lower(node.values))
        around = self.local
        inner = around.block()
        name = inner.bind(node.name, identifier(node.name))
        self.write(made, depth, node, before=f"for {name} in await ", after=":")
        self.enter(inner)
        self.block(node.body, depth + 1)
        self.enter(around)
