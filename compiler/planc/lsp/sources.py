"""Where the names come from that a place takes: one function for each kind of names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from planc.lsp.cursor import Cursor
from planc.lsp.names import Declaration
from planc.lsp.project import Project, said
from planc.lsp.view import Placed, View
from planc.syntax import nodes as n
from planc.vocabulary import (
    BACKENDS,
    CLIENT_PROTOCOLS,
    DISTRIBUTIONS,
    HISTORY_PROPERTIES,
    HTTP_METHODS,
    MODELS,
    OUTCOME_WORDS,
    ROUTES,
    SEVERITIES,
    SIGNALS,
)

Named = tuple[str, str, str]
"""A name, its kind, and a few words about it."""
_WORDS: Mapping[str, tuple[str, ...]] = {
    "protocol": CLIENT_PROTOCOLS,
    "distribution": DISTRIBUTIONS,
    "route": ROUTES,
    "outcome": (*OUTCOME_WORDS, "404", "409", "503"),
    "method": HTTP_METHODS,
    "signal": SIGNALS,
    "severity": SEVERITIES,
    "backend": tuple(BACKENDS),
    "property": tuple(HISTORY_PROPERTIES),
    "model": MODELS,
}
_DECLARED = ("cluster", "service", "client", "workload", "machine", "mock", "fault", "let")


def names_for(
    project: Project, view: View, placed: Placed, cursor: Cursor, what: str
) -> Iterator[Named]:
    """Yield the names of one kind that can be said at a place."""
    if what in _WORDS:
        yield from ((word, what, what) for word in _WORDS[what])
    elif what in _DECLARED:
        yield from _declared(project, view, what)
        if what == "cluster":
            names = placed.piece.names.visible(cursor.end)
            yield from ((each.name, "cluster", "cluster") for each in names
                        if each.kind == "cluster")  # fmt: skip
    elif found := _FINDERS.get(what):
        yield from found(project, view, placed, cursor)


def _declared(project: Project, view: View, kind: str) -> Iterator[Named]:
    for name, _, found in project.declared(view):
        if found.declaration.kind == kind:
            yield name, kind, kind


def _of_kind(project: Project, view: View, kind: str) -> Iterator[tuple[View, Declaration]]:
    for _, file, found in project.declared(view):
        if found.declaration.kind == kind:
            yield file, found.declaration


def operations_of(project: Project, view: View, client: str) -> Iterator[Named]:
    """Yield the operations of a client, with their parameters."""
    found = project.lookup(view, client)
    for each in found[1].declaration.node.body if found else ():
        if isinstance(each, n.Operation):
            listed = ", ".join(parameter.id for parameter in each.parameters)
            yield each.name.id, "operation", f"{each.name.id}({listed})"


def _operation_of_client(p: Project, view: View, placed: Placed, at: Cursor) -> Iterator[Named]:
    """Yield what the client of the workload or machine around can do."""
    name = at.blocks[-1][1].text if at.blocks and len(at.blocks[-1]) > 1 else ""
    found = view.symbols.get(name)
    for each in getattr(found.declaration.node, "body", ()) if found else ():
        if isinstance(each, n.Setting) and each.word == "client":
            yield from operations_of(p, view, said(each.arguments[0]))


def _operations(p: Project, view: View, placed: Placed, at: Cursor) -> Iterator[Named]:
    seen = set()
    for file, declaration in _of_kind(p, view, "client"):
        for found in operations_of(p, file, declaration.node.name.id):
            if found[0] not in seen:
                seen.add(found[0])
                yield found


def _parameters(p: Project, view: View, placed: Placed, at: Cursor) -> Iterator[Named]:
    """Yield the parameters of services that the file's clusters could set."""
    for _, declaration in _of_kind(p, view, "service"):
        for each in declaration.node.body:
            if isinstance(each, n.Setting) and each.word == "param":
                name = each.arguments[0]
                assert isinstance(name, n.Name)
                yield name.id, "field", f"parameter of {declaration.node.name.id}"


def _ports(p: Project, view: View, placed: Placed, at: Cursor) -> Iterator[Named]:
    for _, declaration in _of_kind(p, view, "service"):
        yield from _ports_of(declaration.node)


def _own_ports(p: Project, view: View, placed: Placed, at: Cursor) -> Iterator[Named]:
    for item in placed.piece.items:
        if isinstance(item, n.Service):
            yield from _ports_of(item)


def _ports_of(service: n.Service) -> Iterator[Named]:
    for each in service.body:
        if isinstance(each, n.Ports):
            for name, number in each.ports:
                yield name.id, "field", f"port {number.value} of {service.name.id}"


def _states(p: Project, view: View, placed: Placed, at: Cursor) -> Iterator[Named]:
    for _, group, name in placed.piece.names.members:
        if group == "state":
            yield name, "state", "state"


def _plants(p: Project, view: View, placed: Placed, at: Cursor) -> Iterator[Named]:
    for each in p.reach(view.path):
        for found in each.symbols.values():
            for line in getattr(found.declaration.node, "body", ()):
                if isinstance(line, n.Plant):
                    sentence = "".join(x for x in line.sentence.parts if isinstance(x, str))
                    yield line.name.id, "plant", sentence


def _said_elsewhere(group: str) -> Callable[..., Iterator[Named]]:
    def find(p: Project, view: View, placed: Placed, at: Cursor) -> Iterator[Named]:
        from planc.lsp.names import Word

        for path in p.paths():
            for _, each in p.view(path).occurrences():
                if isinstance(each.target, Word) and each.target.group == group:
                    yield each.name, group, group

    return find


def _zones(p: Project, view: View, placed: Placed, at: Cursor) -> Iterator[Named]:
    for _, declaration in _of_kind(p, view, "cluster"):
        for each in declaration.node.body:
            if isinstance(each, n.Nodes) and each.zone:
                yield each.zone, "zone", "zone"


def _nodes(p: Project, view: View, placed: Placed, at: Cursor) -> Iterator[Named]:
    for _, declaration in _of_kind(p, view, "cluster"):
        for name in node_names(declaration.node):
            yield name, "node", f"node of {declaration.node.name.id}"


def node_names(cluster: n.Cluster) -> list[str]:
    """Return the names of a cluster's nodes, where their numbers are written down."""
    found: list[str] = []
    plain = 0
    for each in cluster.body:
        if isinstance(each, n.Nodes) and isinstance(each.count, n.Number):
            count = int(min(each.count.value, 99))
            if each.label is None:
                found += [f"n{plain + index + 1}" for index in range(count)]
                plain += count
            elif count == 1:
                found.append(each.label.id)
            else:
                found += [f"{each.label.id}{index + 1}" for index in range(count)]
    return found


def _rules(p: Project, view: View, placed: Placed, at: Cursor) -> Iterator[Named]:
    from planc.lsp.linting import rules

    for name, title in rules():
        yield name, "rule", title


_FINDERS: Mapping[str, Callable[..., Iterator[Named]]] = {
    "operation of client": _operation_of_client,
    "operation": _operations,
    "parameter of services": _parameters,
    "any port": _ports,
    "own port": _own_ports,
    "state": _states,
    "plant": _plants,
    "cover": _said_elsewhere("cover"),
    "tag": _said_elsewhere("tag"),
    "zone": _zones,
    "node": _nodes,
    "rule": _rules,
}
