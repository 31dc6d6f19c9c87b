"""Sets that iterate in the order of insertion, for the code of simulated nodes.

A set iterates in the order of its members' hashes: those of strings differ between interpreters
(PYTHONHASHSEED), those of plain objects are addresses in memory. A node that loops over a set would
make the run depend on them. So node modules are compiled with these two in the place of `set` and
`frozenset` wherever a set is made; they are sets to everybody who looks.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

T = TypeVar("T")


class OrderedSet(set[T]):
    """A set that remembers in which order its members came."""

    __slots__ = ("_order",)

    def __init__(self, members: Iterable[T] = ()) -> None:
        self._order = dict.fromkeys(members)
        super().__init__(self._order)

    def _become(self, members: Iterable[T]) -> None:
        OrderedSet.__init__(self, list(members))

    def __iter__(self) -> Iterator[T]:
        return iter(self._order)

    def __reversed__(self) -> Iterator[T]:
        return reversed(self._order)

    def add(self, member: T) -> None:
        super().add(member)
        self._order[member] = None

    def discard(self, member: Any) -> None:
        super().discard(member)
        self._order.pop(member, None)

    def remove(self, member: T) -> None:
        super().remove(member)
        del self._order[member]

    def pop(self) -> T:
        """Remove the oldest member: a set promises an arbitrary one."""
        for member in self._order:
            self.remove(member)
            return member
        raise KeyError("pop from an empty set")

    def clear(self) -> None:
        super().clear()
        self._order.clear()

    def copy(self) -> OrderedSet[T]:
        return OrderedSet(self._order)

    def update(self, *others: Iterable[T]) -> None:
        for other in others:
            for member in other:
                self.add(member)

    def union(self, *others: Iterable[Any]) -> OrderedSet[Any]:
        made: OrderedSet[Any] = self.copy()
        made.update(*others)
        return made

    def difference(self, *others: Iterable[Any]) -> OrderedSet[T]:
        left = set(self._order).difference(*others)
        return OrderedSet(member for member in self._order if member in left)

    def intersection(self, *others: Iterable[Any]) -> OrderedSet[T]:
        left = set(self._order).intersection(*others)
        return OrderedSet(member for member in self._order if member in left)

    def symmetric_difference(self, other: Iterable[Any]) -> OrderedSet[Any]:
        others = dict.fromkeys(other)
        mine = [member for member in self._order if member not in others]
        return OrderedSet(mine + [member for member in others if member not in self._order])

    def difference_update(self, *others: Iterable[Any]) -> None:
        self._become(self.difference(*others))

    def intersection_update(self, *others: Iterable[Any]) -> None:
        self._become(self.intersection(*others))

    def symmetric_difference_update(self, other: Iterable[Any]) -> None:
        self._become(self.symmetric_difference(other))

    def __repr__(self) -> str:
        return f"{{{', '.join(map(repr, self._order))}}}" if self._order else "set()"

    def __reduce__(self) -> Any:
        return type(self), (list(self._order),)


class OrderedFrozenSet(frozenset[T]):
    """A frozenset that remembers in which order its members came."""

    __slots__ = ("_order",)
    _order: dict[T, None]

    def __new__(cls, members: Iterable[T] = ()) -> OrderedFrozenSet[T]:
        order = dict.fromkeys(members)
        made = super().__new__(cls, order)
        made._order = order
        return made

    def __iter__(self) -> Iterator[T]:
        return iter(self._order)

    def copy(self) -> OrderedFrozenSet[T]:
        return self

    def union(self, *others: Iterable[Any]) -> OrderedFrozenSet[Any]:
        return OrderedFrozenSet(OrderedSet(self._order).union(*others))

    def difference(self, *others: Iterable[Any]) -> OrderedFrozenSet[T]:
        return OrderedFrozenSet(OrderedSet(self._order).difference(*others))

    def intersection(self, *others: Iterable[Any]) -> OrderedFrozenSet[T]:
        return OrderedFrozenSet(OrderedSet(self._order).intersection(*others))

    def symmetric_difference(self, other: Iterable[Any]) -> OrderedFrozenSet[Any]:
        return OrderedFrozenSet(OrderedSet(self._order).symmetric_difference(other))

    def __repr__(self) -> str:
        return f"frozenset({{{', '.join(map(repr, self._order))}}})" if self._order else _EMPTY

    def __reduce__(self) -> Any:
        return type(self), (list(self._order),)


_EMPTY = "frozenset()"
_OPERATORS = {
    "or": "union",
    "and": "intersection",
    "sub": "difference",
    "xor": "symmetric_difference",
}


def _give_operators(type_: Any) -> None:
    """Make `|`, `&`, `-` and `^` what the methods are, from either side and in place."""

    def of(method: str, *, reflected: bool, in_place: bool) -> Any:
        def operate(self: Any, other: Any) -> Any:
            if not isinstance(other, (set, frozenset)):
                return NotImplemented
            if reflected:
                return getattr(type_(other), method)(self)
            if in_place:
                self._become(getattr(self, method)(other))
                return self
            return getattr(self, method)(other)

        return operate

    for name, method in _OPERATORS.items():
        setattr(type_, f"__{name}__", of(method, reflected=False, in_place=False))
        setattr(type_, f"__r{name}__", of(method, reflected=True, in_place=False))
        if type_ is OrderedSet:
            setattr(type_, f"__i{name}__", of(method, reflected=False, in_place=True))


_give_operators(OrderedSet)
_give_operators(OrderedFrozenSet)


# --- compiling ----------------------------------------------------------------------------------

_STAND_INS = {"set": "__planc_set__", "frozenset": "__planc_frozenset__"}
GLOBALS = {"__planc_set__": OrderedSet, "__planc_frozenset__": OrderedFrozenSet}
"""What a module compiled by `compile_ordered` must find among its globals."""
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_ABOUT_TYPES = frozenset({"isinstance", "issubclass", "cast", "TypeVar", "NewType"})


def compile_ordered(source: bytes | str, path: str) -> Any:
    """Compile a module so that the sets it makes are ordered; lines stay where they are."""
    tree = ast.parse(source, path)
    tree = ast.fix_missing_locations(_Ordering(_bound_names(tree)).visit(tree))
    return compile(tree, path, "exec", dont_inherit=True)


def _bound_names(tree: ast.AST) -> set[str]:
    """The names that a module gives a meaning of its own, methods of classes excepted."""
    bound: set[str] = set()
    methods: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            methods.update(map(id, node.body))
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Store):
                bound.add(node.id)
        elif isinstance(node, _DEFINITIONS):
            if id(node) not in methods:
                bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.alias):
            bound.add(node.asname or node.name)
    return bound


class _Ordering(ast.NodeTransformer):
    """Replaces what makes a set; leaves annotations, checks of types and `in {...}` alone."""

    def __init__(self, own: set[str]) -> None:
        self._own = own

    def visit_Set(self, node: ast.Set) -> ast.AST:
        self.generic_visit(node)
        return _made(node, ast.List(node.elts, ast.Load()))

    def visit_SetComp(self, node: ast.SetComp) -> ast.AST:
        self.generic_visit(node)
        return _made(node, ast.ListComp(node.elt, node.generators))

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        node.left = self.visit(node.left)
        node.comparators = [
            right if _only_looks_up(operator, right) else self.visit(right)
            for operator, right in zip(node.ops, node.comparators, strict=True)
        ]
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        called = node.func
        name = getattr(called, "id", getattr(called, "attr", ""))
        node.func = self._stand_in(node.func)
        if name not in _ABOUT_TYPES:
            node.args = [self._stand_in(one) for one in node.args]
            for keyword in node.keywords:
                keyword.value = self._stand_in(keyword.value)
        return node

    def _stand_in(self, node: ast.expr) -> ast.expr:
        if isinstance(node, ast.Name) and node.id in _STAND_INS and node.id not in self._own:
            return ast.copy_location(ast.Name(_STAND_INS[node.id], ast.Load()), node)
        return node


def _only_looks_up(operator: ast.cmpop, right: ast.expr) -> bool:
    """`x in {...}`: nobody sees the order, and the compiler makes it a constant."""
    return isinstance(operator, (ast.In, ast.NotIn)) and isinstance(right, ast.Set)


def _made(node: ast.AST, members: ast.expr) -> ast.AST:
    call = ast.Call(ast.Name(_STAND_INS["set"], ast.Load()), [members], [])
    return ast.copy_location(call, node)
