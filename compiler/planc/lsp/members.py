"""What can follow a dot: fields of nodes, ports, operations of a client, names of a library."""

from __future__ import annotations

from collections.abc import Iterator

from planc.analysis.calls import EXEC_RESULT, HTTP_RESULT
from planc.analysis.members import MOCK_FIELDS, NODE_FIELDS
from planc.analysis.services import NODE_WORDS
from planc.lsp.cursor import Cursor
from planc.lsp.names import LocalName
from planc.lsp.project import Project
from planc.lsp.sources import Named, node_names, operations_of
from planc.lsp.view import Placed, View
from planc.syntax import nodes as n
from planc.syntax.words import Word
from planc.vocabulary import FUNCTIONS

_SETS = n.AnyOf | n.EachOf | n.AllOf | n.ZoneOf


def fields_of(project: Project, view: View, placed: Placed, cursor: Cursor) -> Iterator[Named]:
    """Yield what can be said after the dot at the cursor."""
    words = cursor.statement[:-1]
    name = _name_before(words)
    if name is None:
        yield from _fields(NODE_FIELDS, "a node")
        return
    if _is_call(words):
        function = FUNCTIONS.get(name)
        if function is not None and function.returns == "nodes":
            yield from _fields(NODE_FIELDS, "a node")
        return
    if len(words) > 1 and words[-2].kind == "CALL":
        yield from operations_of(project, view, name)
    local = _visible(placed, cursor, name)
    if local is not None:
        yield from _of_local(local)
        return
    in_service = any(isinstance(item, n.Service) for item in placed.piece.items)
    if in_service and name in ("node", "port", "param"):
        yield from _of_service(placed, name)
        return
    yield from _of_declared(project, view, name)


def _fields(names: tuple[str, ...], what: str) -> Iterator[Named]:
    yield from ((name, "field", f"of {what}") for name in names)


def _name_before(words: list[Word]) -> str | None:
    """Return the name that the dot belongs to; None where there is something else."""
    if _is_call(words):
        depth = 0
        for index in range(len(words) - 1, 0, -1):
            depth += (words[index].kind == "RPAR") - (words[index].kind == "LPAR")
            if depth == 0:
                return words[index - 1].text
        return None
    if len(words) > 1 and words[-2].kind == "DOT":
        return ""
    return words[-1].text if words and words[-1].text.isidentifier() else None


def _is_call(words: list[Word]) -> bool:
    return bool(words) and words[-1].kind == "RPAR"


def _visible(placed: Placed, cursor: Cursor, name: str) -> LocalName | None:
    found = [each for each in placed.piece.names.visible(cursor.end) if each.name == name]
    return found[-1] if found else None


def _of_local(local: LocalName) -> Iterator[Named]:
    value = getattr(local.node, "value", None)
    if local.kind == "cluster":
        yield from _of_cluster(local.node)
    elif isinstance(value, n.HttpCall):
        yield from _fields(HTTP_RESULT, "a reply")
    elif isinstance(value, n.ExecCall):
        yield from _fields(EXEC_RESULT, "a command")
    elif local.kind in ("variable", "loop", "parameter"):
        yield from _fields(NODE_FIELDS, "a node")


def _of_cluster(cluster: n.Cluster) -> Iterator[Named]:
    yield from ((name, "node", f"node of {cluster.name.id}") for name in node_names(cluster))
    yield from _fields(NODE_FIELDS, "its nodes")


def _of_service(placed: Placed, word: str) -> Iterator[Named]:
    if word == "node":
        yield from _fields(NODE_WORDS, "the node")
        return
    for _, group, name in placed.piece.names.members:
        if group == word:
            yield name, "field", word


def _of_declared(project: Project, view: View, name: str) -> Iterator[Named]:
    for path, alias in project.used(view).items():
        if alias == name:
            for inner, found in project.view(path).symbols.items():
                yield inner, found.declaration.kind, found.declaration.kind
            return
    symbol = project.lookup(view, name)
    node = symbol[1].declaration.node if symbol else None
    if isinstance(node, n.Cluster):
        yield from _of_cluster(node)
    elif isinstance(node, n.Mock):
        yield from _fields(MOCK_FIELDS, "a mock")
    elif _may_be_nodes(node, name):
        yield from _fields(NODE_FIELDS, "a node")


def _may_be_nodes(node: n.Node | None, name: str) -> bool:
    if node is None:
        return bool(name) and name[-1].isdigit()
    return isinstance(node, n.Let) and isinstance(node.value, _SETS | n.Call)
