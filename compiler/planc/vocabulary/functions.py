"""The functions an expression may call, with their signatures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from planc.vocabulary.types import TypeName


@dataclass(frozen=True, slots=True)
class FunctionWord:
    name: str
    parameters: tuple[TypeName, ...]
    """`any` accepts every type."""
    returns: TypeName
    """`any` for min, max, first, ...: the type of what they are given."""
    variadic: bool = False
    """Whether the last parameter may be repeated."""
    needs: str = ""
    """`world` when it looks at running nodes: no place in a declaration's default."""
    by: bool = False
    """Whether `by FIELD` may follow: count(leaders(store) by term)."""


def _function(
    name: str,
    parameters: str,
    returns: TypeName,
    *,
    variadic: bool = False,
    needs: str = "",
    by: bool = False,
) -> FunctionWord:
    words = cast(tuple[TypeName, ...], tuple(parameters.split()))
    return FunctionWord(name, words, returns, variadic, needs, by)


FUNCTIONS: dict[str, FunctionWord] = {
    function.name: function
    for function in (
        *(
            _function(name, "nodes", "nodes", needs="world")
            for name in ("leader", "leaders", "followers", "minority", "majority", "running")
        ),
        _function("nodes", "nodes", "nodes"),
        _function("spares", "nodes", "nodes"),
        _function("count", "any", "number", by=True),
        _function("sum", "list", "any"),
        _function("min", "any", "any", variadic=True),
        _function("max", "any", "any", variadic=True),
        _function("len", "any", "number"),
        _function("distinct", "list", "list"),
        _function("same", "any", "bool", variadic=True),
        _function("first", "list", "any"),
        _function("last", "list", "any"),
        _function("sorted", "list", "list"),
        _function("any", "list", "bool"),
        _function("all", "list", "bool"),
        _function("base64", "text", "text"),
        _function("unbase64", "text", "text"),
        _function("decode", "text", "text"),
        _function("str", "any", "text"),
        _function("int", "any", "number"),
        _function("float", "any", "number"),
        _function("json", "text", "any"),
        _function("text", "any", "text"),
        _function("lower", "text", "text"),
        _function("upper", "text", "text"),
        _function("role", "nodes", "text", needs="world"),
        _function("status", "nodes", "any", needs="world"),
        _function("log", "nodes", "text", needs="world"),
        _function("file", "nodes text", "text", needs="world"),
        _function("files", "nodes text", "list", needs="world"),
        _function("metric", "nodes text", "number", needs="world"),
        _function("memory", "nodes", "size", needs="world"),
        _function("open_files", "nodes", "number", needs="world"),
        _function("endpoint", "nodes any", "text", needs="world"),
        _function("url", "nodes any", "text", needs="world"),
    )
}
"""`leader(C)` and the like take a cluster; `endpoint(T, PORT)` takes the name of a port."""
