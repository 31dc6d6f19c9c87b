"""Resolve `scenario`: its table, its settings, its statements, and what it makes use of."""

from __future__ import annotations

import re
from collections.abc import Iterable

from planc import model as m
from planc.analysis import numbers
from planc.analysis.bodies import Body
from planc.analysis.clusters import cluster
from planc.analysis.expressions import Expressions
from planc.analysis.places import SCENARIO
from planc.analysis.scenario_checks import check_scenario
from planc.analysis.scope import Local, Means, Scope
from planc.analysis.statements import Statements, element_type
from planc.analysis.symbols import FileSymbols, Symbol
from planc.analysis.usage import mentioned
from planc.syntax import nodes as n
from planc.vocabulary import BACKENDS, LATER_BACKENDS, SEVERITIES
from planc.vocabulary.backends.brought import brought_backends

_COVERED = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+")
_SETTINGS = (n.Setting, n.Ids, n.Cases, n.Allow, n.Cluster)


def scenario(of: Expressions, node: n.Scenario, file: FileSymbols, position: int) -> m.Scenario:
    """Resolve a scenario; `position` is its place among those of the file."""
    return _Scenario(of, node, file, position).model()


class _Scenario:
    def __init__(self, of: Expressions, node: n.Scenario, file: FileSymbols, position: int) -> None:
        self.of = of
        self.problems = of.problems
        self.node = node
        self.position = position
        self.body = Body(of, "the scenario", node.body)
        self.file = self.with_own_clusters(file)
        self.scope = Scope(self.file, incomplete=self.body.broken)

    def with_own_clusters(self, file: FileSymbols) -> FileSymbols:
        """Put the scenario's own clusters before the file's."""
        own = FileSymbols(file.path, dict(file.symbols), file.used, file.aliases, file.incomplete)
        lines = self.body.every(n.Cluster)
        self.body.unique([line.name for line in lines], "the scenario has the cluster")
        for line in lines:
            key = f"{self.position}/{line.name.id}"
            symbol = Symbol(line.name.id, line, own, self.problems, self.own_cluster, label=key)
            own.symbols[line.name.id] = symbol
            self.of.names.registry[symbol.key] = symbol
        return own

    def own_cluster(self, symbol: Symbol) -> m.Cluster | None:
        assert isinstance(symbol.node, n.Cluster)
        return cluster(self.of, symbol.node, symbol.key, self.scope, own=True)

    # --- the whole ------------------------------------------------------------------------------

    def model(self) -> m.Scenario:
        loops, cases = self.loops(), self.cases()
        own = [self.file.symbols[line.name.id].model for line in self.body.every(n.Cluster)]
        self.scope.nodes = self.node_names()
        steps = tuple(line for line in self.node.body if not isinstance(line, _SETTINGS))
        made = m.Scenario(
            span=self.node.span,
            title=self.of.template(self.node.title, self.scope),
            name=written(self.node.title),
            loops=loops,
            cases=cases,
            covers=self.covers(),
            catches=tuple(name.id for name in self.body.ids("catches")),
            tags=tuple(name.id for name in self.body.ids("tags")),
            severity=severity(self.of, self.body),
            timeout=self.timeout(),
            seed=seed(self.of, self.body),
            only_on=tuple(name.id for name, _ in self.backends("only on")),
            skip_on=tuple((name.id, reason) for name, reason in self.backends("skip on")),
            allows=allowed(self.of, self.body.every(n.Allow)),
            own_clusters=tuple(each for each in own if isinstance(each, m.Cluster)),
            body=Statements(self.of).block(steps, self.scope, SCENARIO),
        )
        return check_scenario(self.of, self.node, made, self.file, self.body)

    def node_names(self) -> dict[str, list[str]]:
        """Return the nodes of the clusters that the scenario mentions, by their bare names."""
        found: dict[str, list[str]] = {}
        for key in mentioned(self.node, self.file):
            model = self.of.names.model(key)
            if isinstance(model, m.Cluster):
                for name in model.node_names:
                    found.setdefault(name, []).append(key)
        return found

    # --- the table ------------------------------------------------------------------------------

    def loops(self) -> tuple[m.Loop, ...]:
        found = []
        self.body.unique([loop.name for loop in self.node.loops], "the scenario has the loop")
        for loop in self.node.loops:
            values = self.of.typed(
                loop.values, self.scope, "list", "what a scenario is repeated for"
            )
            if isinstance(values, m.ListOf) and not values.items:
                self.problems.report("no-cases", loop.values.span, "the list is empty: no test")
            items = values.items if isinstance(values, m.ListOf) else ()
            kind = element_type(values)
            self.scope.names[loop.name.id] = self.local("loop", loop.name, kind, items)
            found.append(m.Loop(span=loop.span, name=loop.name.id, values=values))
        return tuple(found)

    def local(self, means: Means, name: n.Name, kind: str, items: Iterable[m.Expression]) -> Local:
        known = [number for item in items if (number := numbers.number_of(item)) is not None]
        return Local(means, kind, name.span, values=tuple(known))

    def cases(self) -> m.Cases | None:
        table = self.body.only(n.Cases)
        if table is None:
            return None
        self.body.unique(table.columns, "the table has the column")
        for column in table.columns:
            if column.id in self.scope.names:
                self.body.unique([n.Name(self.node.span, column.id), column], "the scenario has")
        if not table.rows:
            self.problems.report("no-cases", table.span, "the table has no rows: no test")
        rows = tuple(tuple(self.cell(cell) for cell in row) for row in table.rows)
        for index, column in enumerate(table.columns):
            cells = [row[index] for row in rows if len(row) > index]
            kinds = {cell.type for cell in cells}
            kind = kinds.pop() if len(kinds) == 1 else "any"
            self.scope.names[column.id] = self.local("column", column, kind, cells)
        return m.Cases(
            span=table.span, columns=tuple(column.id for column in table.columns), rows=rows
        )

    def cell(self, cell: n.Expr) -> m.Expression:
        """Read a cell, where a bare word that names nothing is a text."""
        if isinstance(cell, n.Name) and self.file.find(cell.id) is None:
            return m.Constant(span=cell.span, type="text", value=cell.id)
        return self.of.analyse(cell, self.scope)

    # --- settings -------------------------------------------------------------------------------

    def covers(self) -> tuple[str, ...]:
        names = self.body.ids("covers")
        for name in names:
            if not _COVERED.fullmatch(name.id):
                self.problems.report(
                    "bad-cover",
                    name.span,
                    f"`{name.id}` is no row of a catalogue",
                    help="its rows are words joined by dashes: con-failover",
                )
        return tuple(name.id for name in names)

    def timeout(self) -> float | None:
        node = self.body.setting("timeout")
        if node is None:
            return None
        return self.of.number(node, self.scope, "duration", "the timeout", positive=True)

    def backends(self, word: str) -> list[tuple[n.Name, str]]:
        """Read the names after `only on` or `skip on`, with the reason."""
        known = (*BACKENDS, *LATER_BACKENDS)
        found = []
        for line in self.body.every(n.Ids):
            if line.word != word:
                continue
            reason = self.of.plain(line.reason, "the reason") if line.reason else ""
            for name in line.ids:
                if name.id not in known and name.id not in (brought := brought_backends()):
                    message = f"there is no backend `{name.id}`"
                    there = (*known, *brought)
                    self.problems.unknown("unknown-backend", name.span, message, name.id, there)
                found.append((name, reason))
        return found


def written(title: n.Text) -> str:
    """Return a title as it was written, with the names that it interpolates."""
    return "".join(
        part
        if isinstance(part, str)
        else "{" + (part.id if isinstance(part, n.Name) else "…") + "}"
        for part in title.parts
    )


def stands(title: n.Text) -> bool:
    """Say whether a title was written, and not put there for one that could not be read."""
    return title.span.end > title.span.start


def severity(of: Expressions, body: Body) -> str | None:
    """Read `severity high`."""
    node = body.setting("severity")
    if not isinstance(node, n.Name):
        return None
    if node.id not in SEVERITIES:
        message = f"there is no severity `{node.id}`"
        of.problems.unknown("unknown-choice", node.span, message, node.id, SEVERITIES)
    return node.id


def seed(of: Expressions, body: Body) -> int | None:
    """Read `seed 7`."""
    node = body.setting("seed")
    if not isinstance(node, n.Number):
        return None
    if not isinstance(node.value, int) or not 0 <= node.value < 2**63:
        of.problems.report("bad-seed", node.span, "a seed is a whole number from 0 to 2^63 - 1")
        return None
    return node.value


def allowed(of: Expressions, lines: Iterable[n.Allow]) -> tuple[m.Allowed, ...]:
    """Read `allow RULE "reason"`."""
    return tuple(
        m.Allowed(span=line.span, rule=line.rule.id, reason=of.plain(line.reason, "the reason"))
        for line in lines
    )
