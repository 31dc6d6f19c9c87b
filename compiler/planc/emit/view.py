"""A plan as the template sees it: flat, decided, and laid out; nothing is left to choose."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace

from planc import model as m
from planc.emit import literals
from planc.emit.actions import Actions
from planc.emit.code import (
    Argument,
    Call,
    Code,
    Constant,
    Dict,
    List,
    Tuple,
    Variable,
    entry,
    keyword,
    planc,
    positional,
    strings,
)
from planc.emit.declarations import Declarations, constants
from planc.emit.expressions import Expressions
from planc.emit.layout import Statement, fits, lay_out
from planc.emit.names import Names, identifier, name_all
from planc.emit.places import Places
from planc.emit.steps import Steps


@dataclass(frozen=True, slots=True)
class Block:
    """A top-level statement of the module."""

    lines: tuple[str, ...]
    function: bool = False
    space: int = 1
    """Blank lines above it: two around functions."""


@dataclass(frozen=True, slots=True)
class ModuleView:
    source: str
    command: str
    docstring: str
    plan: tuple[str, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Emitted:
    """What is known of a module beside its text: the names of the tests, in the plan's order."""

    view: ModuleView
    tests: tuple[str, ...]


def view(plan: m.Plan) -> Emitted:
    """Lower a plan."""
    return _Module(plan).view()


class _Module:
    def __init__(self, plan: m.Plan) -> None:
        self.plan = plan
        self.places = Places(plan.path)
        self.names, self.tests = name_all(plan)
        self.of = Expressions(self.names)

    def view(self) -> Emitted:
        path = self.plan.path
        blocks = [self.declaration(each) for each in self.plan.declarations]
        blocks += [
            self.scenario(each, test)
            for each, test in zip(self.plan.scenarios, self.tests, strict=True)
        ]
        made = ModuleView(
            source=literals.comment(path),
            command=literals.comment(f"planc compile {shlex.quote(path)}"),
            docstring=literals.docstring(self.plan.title),
            plan=tuple(self.header()),
            blocks=tuple(spaced(blocks)),
        )
        return Emitted(made, self.tests)

    def header(self) -> list[str]:
        plan = self.plan
        arguments = [Argument(Constant(plan.title)), keyword("source", Constant(plan.path))]
        arguments += constants({"owner": plan.owner or None})
        arguments += [keyword("tags", strings(plan.tags))] if plan.tags else []
        arguments += constants({"severity": plan.severity})
        arguments += constants({"about": plan.about or None, "seed": plan.seed})
        comment = self.places.at(plan.path, plan.line)
        return lay_out(Statement(planc("plan", *arguments), "PLAN = ", comment=comment))

    # --- declarations ---------------------------------------------------------------------------

    def declaration(self, node: m.AnyDeclaration) -> Block:
        if isinstance(node, m.Fault):
            return Block(tuple(self.fault(node)), function=True)
        name = self.names.give(node.key, identifier(node.name))
        code = Declarations(self.of).lower(node)
        comment = self.places.comment(node)
        return Block(tuple(lay_out(Statement(code, f"{name} = ", comment=comment))))

    def fault(self, node: m.Fault) -> list[str]:
        local = self.names.inside(m.references(node))
        parameters = [local.give(each, identifier(each)) for each in node.parameters]
        typed = [f"{each}: planc.Expr" for each in parameters]
        name = self.names.give(node.key, identifier(node.name))
        comment = self.places.comment(node)
        actions = Actions(Expressions(self.names, local), self.places)
        made = planc("fault", Constant(node.name), *actions.arguments(node.body, node))
        body = lay_out(Statement(made, "return ", comment=comment), 1)
        return [*signature(f"def {name}", typed, "planc.Action", comment), *body]

    # --- scenarios ------------------------------------------------------------------------------

    def scenario(self, node: m.Scenario, test: str) -> Block:
        local = self.names.inside(m.references(node))
        columns = [*(loop.name for loop in node.loops), *(node.cases.columns if node.cases else ())]
        parameters = {each: local.give(each, identifier(each)) for each in columns}
        comment = self.places.comment(node)
        lines = lay_out(Statement(self.decorator(node, parameters), "@", comment=comment))
        for table in self.tables(node, parameters):
            lines += lay_out(Statement(table, "@", comment=comment))
        typed = ["s: planc.Scenario", *(f"{each}: planc.Expr" for each in parameters.values())]
        lines += signature(f"async def {test}", typed, "None", None)
        lines += Steps(self.names, local, self.places).body(node)
        return Block(tuple(lines), function=True)

    def decorator(self, node: m.Scenario, parameters: dict[str, str]) -> Call:
        title = _TitleExpressions(self.names, parameters).lower(node.title)
        arguments = [Argument(Variable("PLAN")), Argument(title)]
        for name, keys in (("clusters", node.clusters), ("mocks", node.mocks)):
            things = [Variable(self.names.give(key, "x")) for key in keys]
            arguments += [keyword(name, List(positional(*things)))] if things else []
        for name, words in (
            ("covers", node.covers),
            ("catches", node.catches),
            ("tags", node.tags),
        ):
            arguments += [keyword(name, strings(words))] if words else []
        arguments += constants(
            {"severity": node.severity, "timeout": node.timeout, "seed": node.seed}
        )
        arguments += [keyword("only_on", strings(node.only_on))] if node.only_on else []
        if node.skip_on:
            skipped = {name: entry(name, Constant(reason)) for name, reason in node.skip_on}
            arguments.append(keyword("skip_on", Dict(tuple(skipped.values()))))
        return planc("scenario", *arguments)

    def tables(self, node: m.Scenario, parameters: dict[str, str]) -> list[Call]:
        found = []
        for loop in node.loops:
            name = Constant(parameters[loop.name])
            found.append(planc("for_values", name, self.of.lower(loop.values)))
        if node.cases is not None:
            names = strings(tuple(parameters[each] for each in node.cases.columns))
            rows = [row_of(positional(*map(self.of.lower, row))) for row in node.cases.rows]
            found.append(planc("cases", names, List(positional(*rows))))
        return found


class _TitleExpressions(Expressions):
    """In a title the columns are looked up when the test runs, under their Python names."""

    def __init__(self, module: Names, parameters: dict[str, str]) -> None:
        super().__init__(module)
        self.parameters = parameters

    def reference(self, reference: m.Reference) -> Code:
        if reference.name in self.parameters and not reference.key:
            return planc("var", Constant(self.parameters[reference.name]))
        return super().reference(reference)


def row_of(cells: tuple[Argument, ...]) -> Code:
    """Print a row of a table; a single cell in a list, which can be laid out on several lines."""
    return Tuple(cells) if len(cells) > 1 else List(cells)


def spaced(blocks: list[Block]) -> list[Block]:
    """Set functions apart."""
    before = [False, *(block.function for block in blocks)]
    return [
        replace(block, space=2 if block.function or above else 1)
        for block, above in zip(blocks, before, strict=False)
    ]


def signature(head: str, parameters: list[str], returns: str, comment: str | None) -> list[str]:
    """Lay out the first line or lines of a function."""
    tail = f"  # {comment}" if comment else ""
    line = f"{head}({', '.join(parameters)}) -> {returns}:{tail}"
    if fits(line) or not parameters:
        return [line]
    return [f"{head}(", *(f"    {each}," for each in parameters), f") -> {returns}:{tail}"]
