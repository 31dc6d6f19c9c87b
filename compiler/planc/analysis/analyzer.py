"""The analysis on one page: from the trees of a project to its resolved plans.

    symbols of every file -> every declaration, each when it is first needed -> scenarios -> plan

All mistakes of all files are collected in one pass; a plan is made even when there are some, but it
is of use only without errors.
"""

from __future__ import annotations

from planc import model as m
from planc.analysis.bodies import Body
from planc.analysis.clients import client
from planc.analysis.clusters import cluster
from planc.analysis.expressions import Expressions
from planc.analysis.places import Place
from planc.analysis.project import Project, SourceTree
from planc.analysis.scenarios import allowed, scenario, seed, severity, stands, written
from planc.analysis.scope import Local, Scope
from planc.analysis.services import service
from planc.analysis.stand_ins import machine, mock
from planc.analysis.statements import Statements
from planc.analysis.symbols import Declared, FileSymbols, Symbol
from planc.analysis.usage import mentioned, needed
from planc.analysis.workloads import workload
from planc.diagnostics import Severity
from planc.source.span import Span
from planc.syntax import nodes as n

_WRITTEN = (
    m.Let, m.Service, m.Cluster, m.Client, m.Workload, m.Fault, m.Mock, m.Machine,
)  # fmt: skip


class Analyzer:
    """Analyse the plans of a project; what is found wrong is in `project.problems`."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.problems = project.problems
        self.registry: dict[str, Symbol] = {}
        self.of = Expressions(self.problems, self.registry)
        self.files: dict[str, FileSymbols] = {}

    def plan(self, path: str) -> m.Plan | None:
        """Analyse the plan at `path` and every library it uses; None for what is no plan."""
        file = self.project.load(path)
        symbols = self.symbols(file)
        for each in file.reach():
            self.declarations(each)
        self.check_header(file)
        header = file.tree.header
        if header is not None and header.kind == "plan":
            return self.assemble(file, header, symbols)
        if header is None:
            # It may be half-written; what is wrong with the scenarios is told all the same.
            self.scenarios(file, symbols)
        return None

    # --- names ----------------------------------------------------------------------------------

    def symbols(self, file: SourceTree) -> FileSymbols:
        """Collect the names of a file and of what it uses."""
        if file.path in self.files:
            return self.files[file.path]
        found = FileSymbols(file.path)
        self.files[file.path] = found
        broken = any(isinstance(node, n.Broken) for node in file.tree.declarations)
        found.incomplete = broken or file.incomplete or file.tree.header is None
        for node in file.tree.declarations:
            if isinstance(node, Declared):
                self.declare(found, node)
        for used in file.uses:
            library = self.symbols(used.file)
            if used.node.alias:
                self.name_library(found, used.node.alias, library)
            else:
                self.bring(found, used.node, library)
        return found

    def declare(self, file: FileSymbols, node: Declared) -> None:
        symbol = Symbol(node.name.id, node, file, self.problems, self.declaration)
        if (earlier := file.symbols.get(symbol.name)) is not None:
            self.problems.report(
                "duplicate-name",
                symbol.span,
                f"`{symbol.name}` is already the name of a {earlier.kind}",
                first=earlier.span,
            )
            return
        file.symbols[symbol.name] = symbol
        self.registry[symbol.key] = symbol

    def name_library(self, file: FileSymbols, alias: n.Name, library: FileSymbols) -> None:
        if alias.id in file.aliases or alias.id in file.symbols:
            self.problems.report(
                "duplicate-name", alias.span, f"`{alias.id}` names something already"
            )
        file.aliases[alias.id] = library

    def bring(self, file: FileSymbols, node: n.Use, library: FileSymbols) -> None:
        """Bring a library's names; one that is taken already would be ambiguous."""
        for name, symbol in library.symbols.items():
            earlier = file.find(name)
            if earlier is not None and earlier is not symbol:
                self.problems.report(
                    "name-clash",
                    node.span,
                    f"`{library.path}` brings a {symbol.kind} `{name}`, a name that is taken",
                    help=f'write `use "..." as NAME` and say NAME.{name}',
                    first=earlier.span,
                )
        file.used.append(library)
        file.incomplete = file.incomplete or library.incomplete

    # --- declarations ---------------------------------------------------------------------------

    def declarations(self, file: SourceTree) -> None:
        """Analyse every declaration of a file, also those that nobody needs."""
        symbols = self.symbols(file)
        for symbol in list(symbols.symbols.values()):
            _ = symbol.model

    def declaration(self, symbol: Symbol) -> m.Declaration | None:
        """Analyse one declaration."""
        of, node = self.of, symbol.node
        match node:
            case n.Let():
                return self.let(symbol, node)
            case n.Service():
                return service(of, symbol)
            case n.Cluster():
                return cluster(of, node, symbol.key, Scope(symbol.file), own=False)
            case n.Client():
                return client(of, symbol)
            case n.Workload():
                return workload(of, symbol)
            case n.FaultDeclaration():
                return self.fault(symbol, node)
            case n.Mock():
                return mock(of, symbol)
            case n.Machine():
                return machine(of, symbol)

    def let(self, symbol: Symbol, node: n.Let) -> m.Let | None:
        if isinstance(node.value, n.ClientCall | n.HttpCall | n.ExecCall | n.PythonCall):
            self.problems.report(
                "call-outside-scenario",
                node.value.span,
                "nothing is called when a plan is compiled",
                help="call it inside a scenario",
            )
            return None
        value = self.of.analyse(node.value, Scope(symbol.file))
        return m.Let(span=node.span, key=symbol.key, name=symbol.name, value=value)

    def fault(self, symbol: Symbol, node: n.FaultDeclaration) -> m.Fault:
        body = Body(self.of, f"the fault `{symbol.name}`", ())
        body.unique(node.parameters, f"{body.what} has the parameter")
        names = {each.id: Local("parameter", "any", each.span) for each in node.parameters}
        scope = Scope(symbol.file, dict(names))
        for key in mentioned(node, symbol.file):
            model = self.of.names.model(key)
            for name in model.node_names if isinstance(model, m.Cluster) else ():
                scope.nodes = {**scope.nodes, name: [*scope.nodes.get(name, []), key]}
        place = Place("action", timed=True, block=body.what)
        made = Statements(self.of).block(node.body, scope, place)
        if not node.body:
            self.problems.report("empty-fault", node.name.span, f"{body.what} does nothing")
        return m.Fault(
            span=node.span,
            key=symbol.key,
            name=symbol.name,
            parameters=tuple(each.id for each in node.parameters),
            body=made,
        )

    # --- the plan -------------------------------------------------------------------------------

    def check_header(self, file: SourceTree) -> None:
        scenarios = [node for node in file.tree.declarations if isinstance(node, n.Scenario)]
        header = file.tree.header
        if header is None:
            return
        if header.kind == "library":
            for node in scenarios:
                self.problems.report(
                    "scenario-in-library",
                    node.title.span,
                    "a library holds no scenarios",
                    help='begin the file with `plan "..."`, or move the scenario into a plan',
                )
        elif not scenarios and not self.files[file.path].incomplete:
            self.problems.report(
                "no-scenarios",
                header.title.span,
                "the plan has no scenario: nothing would be tested",
                severity=Severity.WARNING,
            )

    def assemble(self, file: SourceTree, header: n.Header, symbols: FileSymbols) -> m.Plan:
        body = Body(self.of, "the plan", header.body)
        owner, about = body.setting("owner"), body.setting("about")
        title = self.of.plain(header.title, "the title of a plan")
        if not title.strip() and stands(header.title):
            self.problems.report("empty-title", header.title.span, "the title is empty")
        scenarios = self.scenarios(file, symbols)
        allows = [node for node in file.tree.declarations if isinstance(node, n.Allow)]
        return m.Plan(
            path=file.path,
            line=header.span.line,
            title=title,
            owner=self.of.plain(owner, "the owner") if owner else "",
            tags=tuple(name.id for name in body.ids("tags")),
            severity=severity(self.of, body) or "medium",
            about=self.of.plain(about, "`about`") if about else "",
            seed=seed(self.of, body),
            allows=allowed(self.of, allows),
            uses=tuple(sorted(each.path for each in file.reach() if each is not file)),
            declarations=self.written_out(symbols, scenarios),
            scenarios=scenarios,
        )

    def scenarios(self, file: SourceTree, symbols: FileSymbols) -> tuple[m.Scenario, ...]:
        nodes = [node for node in file.tree.declarations if isinstance(node, n.Scenario)]
        self.check_titles(nodes)
        return tuple(
            scenario(self.of, node, symbols, position) for position, node in enumerate(nodes)
        )

    def check_titles(self, nodes: list[n.Scenario]) -> None:
        seen: dict[str, Span] = {}
        for node in nodes:
            title = written(node.title)
            if not title.strip():
                if stands(node.title):
                    self.problems.report("empty-title", node.title.span, "the title is empty")
            elif title in seen:
                self.problems.report(
                    "duplicate-title",
                    node.title.span,
                    "another scenario has the same title",
                    first=seen[title],
                    help="a title says what is shown: what is different here?",
                )
            seen.setdefault(title, node.title.span)

    def written_out(
        self, symbols: FileSymbols, scenarios: tuple[m.Scenario, ...]
    ) -> tuple[m.AnyDeclaration, ...]:
        """Return the plan's own declarations and what it uses of others, in order of need."""
        keys = [symbol.key for symbol in symbols.symbols.values()]
        for each in scenarios:
            keys += [*m.references(each), *each.clusters, *each.mocks]
        own = {each.key for scene in scenarios for each in scene.own_clusters}
        order = needed(keys, self.registry)
        return tuple(each for each in order if isinstance(each, _WRITTEN) and each.key not in own)
