"""Resolve `service`: how one node runs, and how it is asked what it is doing."""

from __future__ import annotations

from pathlib import PurePosixPath

from planc import model as m
from planc.analysis.bodies import Body, key_of
from planc.analysis.calls import WORDS, Calls, with_words
from planc.analysis.expressions import Expressions
from planc.analysis.operators import condition
from planc.analysis.scope import Local, Scope
from planc.analysis.symbols import Symbol
from planc.syntax import nodes as n
from planc.vocabulary import HOOKS, SIGNALS

NODE_WORDS = ("name", "ip", "ip6", "data", "index", "zone", "cluster", "log")
Pairs = tuple[tuple[str, m.Expression], ...]


def service(of: Expressions, symbol: Symbol) -> m.Service | None:
    """Resolve a service; what is wrong with its parts is reported and left out."""
    assert isinstance(symbol.node, n.Service)
    return _Service(of, symbol, symbol.node).model()


class _Service:
    def __init__(self, of: Expressions, symbol: Symbol, node: n.Service) -> None:
        self.of = of
        self.problems = of.problems
        self.symbol = symbol
        self.node = node
        self.body = Body(of, f"the service `{symbol.name}`", node.body)
        self.calls = Calls(of)
        self.ports = self.read_ports()
        self.port_names = tuple(name for name, _ in self.ports)
        self.params = self.read_params()
        self.scope = self.words()

    def words(self) -> Scope:
        names = tuple(name for name, _ in self.params)
        found = {
            "node": Local("word", "any", fields=NODE_WORDS, what="field of a node"),
            "port": Local("word", "any", fields=self.port_names, what="port"),
            "param": Local("word", "any", fields=names, what="parameter"),
        }
        return Scope(self.symbol.file, dict(found), incomplete=self.body.broken)

    def model(self) -> m.Service:
        self.check_program()
        body, node = self.body, self.node
        python = body.setting("python")
        return m.Service(
            span=node.span,
            key=self.symbol.key,
            name=self.symbol.name,
            folder=self.symbol.file.folder,
            command=self.text("command"),
            python=body.python(python, "the program of a service") if python else None,
            cwd=self.text("cwd"),
            setup=self.text("setup"),
            env=self.pairs("env", body.settings("env")),
            files=self.files(),
            ports=self.ports,
            params=self.params,
            needs=tuple(self.need(each) for each in body.every(n.Needs)),
            ready=self.ready(),
            status=self.status(),
            metrics=self.metrics(),
            roles=self.roles(),
            stop=self.stop(),
            plants=self.plants(),
            hooks=self.hooks(),
        )

    # --- the program ----------------------------------------------------------------------------

    def check_program(self) -> None:
        command, python = self.body.settings("command"), self.body.settings("python")
        if command and python:
            self.problems.report(
                "two-programs",
                python[0].span,
                f"{self.body.what} has a command and a Python function: which is it?",
                first=command[0].span,
            )
        elif not command and not python:
            self.body.missing(
                "no-program",
                self.node.name.span,
                f"{self.body.what} does not say what a node runs",
                'add `command "..."` or `python "module:function"`',
            )

    def text(self, word: str) -> m.Expression | None:
        node = self.body.setting(word)
        return self.of.text(node, self.scope, f"`{word}`") if node else None

    def pairs(self, word: str, lines: list[n.Setting]) -> Pairs:
        """Read `env NAME = TEXT` and its like; a name given twice is reported."""
        names = [
            n.Name(line.arguments[0].span, key_of(line.arguments[0], self.of)) for line in lines
        ]
        self.body.unique(names, f"{self.body.what} sets `{word}`")
        return tuple(
            (name.id, self.of.text(line.arguments[1], self.scope, f"`{word} {name.id}`"))
            for name, line in zip(names, lines, strict=True)
        )

    def files(self) -> Pairs:
        found = self.pairs("file", self.body.settings("file"))
        for (path, _), line in zip(found, self.body.settings("file"), strict=True):
            pure = PurePosixPath(path)
            if pure.is_absolute() or ".." in pure.parts or not pure.parts:
                self.problems.report(
                    "file-outside-data",
                    line.arguments[0].span,
                    "a file of a service lies below the node's data directory",
                    help='write a relative path without "..": it begins at {node.data}',
                )
        return found

    def read_ports(self) -> tuple[tuple[str, int], ...]:
        ports = [pair for line in self.body.every(n.Ports) for pair in line.ports]
        self.body.unique([name for name, _ in ports], f"{self.body.what} has the port")
        taken: dict[float, n.Name] = {}
        for name, number in ports:
            if not 0 < number.value < 65536 or not isinstance(number.value, int):
                self.problems.report(
                    "bad-port", number.span, f"`{number.value}` is no port: 1 to 65535"
                )
            elif number.value in taken:
                self.problems.report(
                    "duplicate-port",
                    number.span,
                    f"`{name.id}` and `{taken[number.value].id}` are the same port",
                    first=taken[number.value].span,
                )
            taken.setdefault(number.value, name)
        return tuple((name.id, int(number.value)) for name, number in ports)

    def read_params(self) -> Pairs:
        lines = self.body.settings("param")
        names = [line.arguments[0] for line in lines if isinstance(line.arguments[0], n.Name)]
        self.body.unique(names, f"{self.body.what} has the parameter")
        outer = Scope(self.symbol.file, {})
        return tuple(
            (name.id, self.of.analyse(line.arguments[1], outer))
            for name, line in zip(names, lines, strict=True)
        )

    def need(self, node: n.Needs) -> m.Need:
        sources = tuple(
            m.Source(
                span=source.span, form=source.kind, name=self.of.plain(source.name, "a source")
            )
            for source in node.sources
        )
        return m.Need(span=node.span, form=node.kind, name=node.name, sources=sources)

    def stop(self) -> m.Stop | None:
        node = self.body.only(n.Stop)
        if node is None:
            return None
        if node.signal not in SIGNALS:
            self.problems.unknown(
                "unknown-choice",
                node.span,
                f"there is no signal `{node.signal}`",
                node.signal,
                SIGNALS,
            )
        after = node.kill_after
        seconds = (
            self.of.number(after, self.scope, "duration", "the time to stop", positive=True)
            if after
            else None
        )
        return m.Stop(span=node.span, signal=node.signal, kill_after=seconds)

    # --- what is asked of it --------------------------------------------------------------------

    def asked(self, node: n.Node) -> Scope:
        """Return the scope of what is computed from an answer."""
        words = WORDS["exec"] + ("json", "text") if isinstance(node, n.ExecCall) else WORDS["http"]
        return with_words(self.scope, words)

    def ready(self) -> m.Ready | None:
        node = self.body.only(n.Ready)
        if node is None:
            return None
        has = (
            condition(self.of, node.has, self.asked(node.probe), "what follows `has`")
            if node.has
            else None
        )
        within = self.of.number(
            node.within, self.scope, "duration", "the time to get ready", positive=True
        )
        probe = self.calls.probe(node.probe, self.scope, self.port_names)
        return m.Ready(span=node.span, probe=probe, has=has, within=within or 0.0)

    def status(self) -> m.Status | None:
        node = self.body.only(n.Status)
        if node is None:
            return None
        request = self.calls.request(node.request, self.scope, self.port_names)
        returns = self.of.analyse(node.returns, self.asked(node.request)) if node.returns else None
        return m.Status(span=node.span, request=request, returns=returns)

    def metrics(self) -> m.Metrics | None:
        node = self.body.only(n.Metrics)
        if node is None:
            return None
        request = self.calls.request(node.request, self.scope, self.port_names)
        every = (
            self.of.number(node.every, self.scope, "duration", "the time between two readings",
                           positive=True)
            if node.every
            else None
        )  # fmt: skip
        return m.Metrics(span=node.span, request=request, every=every)

    def roles(self) -> tuple[m.Role, ...]:
        lines = self.body.every(n.Role)
        self.body.unique([line.name for line in lines], f"{self.body.what} has the role")
        if lines and not self.body.every(n.Status):
            self.body.missing(
                "role-without-status",
                lines[0].span,
                f"{self.body.what} recognises roles by its status, but does not say where that is",
                'add `status GET "/status" on PORT`',
            )
        scope = self.scope.inner({"status": Local("word", "any")})
        return tuple(
            m.Role(
                span=line.span,
                name=line.name.id,
                when=condition(self.of, line.when, scope, "what follows `when`"),
            )
            for line in lines
        )

    # --- what can be made wrong with it ---------------------------------------------------------

    def plants(self) -> tuple[m.Plant, ...]:
        lines = self.body.every(n.Plant)
        self.body.unique([line.name for line in lines], f"{self.body.what} has the planted bug")
        return tuple(self.plant(line) for line in lines)

    def plant(self, node: n.Plant) -> m.Plant:
        body = Body(self.of, f"the planted bug `{node.name.id}`", node.settings)
        args = body.setting("args")
        changed = [
            (name.id, self.changed(name, line.arguments[1]))
            for line in body.settings("param")
            if isinstance(name := line.arguments[0], n.Name)
        ]
        return m.Plant(
            span=node.span,
            name=node.name.id,
            sentence=self.of.plain(node.sentence, "the sentence about a planted bug"),
            env=self.pairs("env", body.settings("env")),
            args=self.of.text(args, self.scope, "`args`") if args else None,
            params=tuple(changed),
        )

    def changed(self, name: n.Name, value: n.Expr) -> m.Expression:
        """Read what a planted bug makes of a parameter."""
        declared = dict(self.params)
        if name.id in declared:
            return self.of.like(value, self.scope, declared[name.id], f"the parameter `{name.id}`")
        if not self.body.broken:
            self.problems.unknown(
                "unknown-parameter",
                name.span,
                f"{self.body.what} has no parameter `{name.id}`",
                name.id,
                sorted(declared),
            )
        return self.of.analyse(value, self.scope)

    def hooks(self) -> tuple[m.Hook, ...]:
        lines = self.body.every(n.Hook)
        self.body.unique([line.name for line in lines], f"{self.body.what} has the hook")
        for line in lines:
            if line.name.id not in HOOKS:
                self.problems.unknown(
                    "unknown-hook",
                    line.name.span,
                    f"no fault uses a hook `{line.name.id}`",
                    line.name.id,
                    HOOKS,
                )
        return tuple(
            m.Hook(
                span=line.span,
                name=line.name.id,
                request=self.calls.request(line.request, self.scope, self.port_names),
            )
            for line in lines
        )
