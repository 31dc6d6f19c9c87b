"""What every node of the tree is: frozen, slotted, equal by content, wherever it stands.

Written out instead of a hundred `@dataclass(frozen=True, slots=True)`: those compile six functions
for each class when the module is imported, which took longer than parsing a plan. Here a class
costs what a class costs; its initialiser is compiled when the first node of its kind is made.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, dataclass_transform

from planc.source.span import Span


@dataclass_transform(frozen_default=True)
class NodeType(type):
    """Makes slots, `__match_args__` and defaults of a class's annotations."""

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> NodeType:
        own = tuple(
            word
            for word, kind in namespace.get("__annotations__", {}).items()
            if not str(kind).startswith("ClassVar")
        )
        defaults = {word: namespace.pop(word) for word in own if word in namespace}
        namespace["__slots__"] = own
        inherited = bases[0] if bases else None
        namespace["__match_args__"] = (*getattr(inherited, "__match_args__", ()), *own)
        namespace["_defaults"] = {**getattr(inherited, "_defaults", {}), **defaults}
        return super().__new__(mcs, name, bases, namespace)


class Node(metaclass=NodeType):
    """A node and the stretch of text it came from."""

    span: Span

    _unequal: ClassVar[frozenset[str]] = frozenset({"span"})
    """Fields that do not count when two nodes are compared."""

    if TYPE_CHECKING:
        __match_args__: ClassVar[tuple[str, ...]]
        __slots__: ClassVar[tuple[str, ...]]
        _defaults: ClassVar[dict[str, Any]]
    else:

        def __init__(self, *arguments: Any, **named: Any) -> None:
            kind = type(self)
            kind.__init__ = _initializer(kind)
            kind.__init__(self, *arguments, **named)

    def _content(self) -> tuple[Any, ...]:
        return tuple(
            getattr(self, word) for word in self.__match_args__ if word not in self._unequal
        )

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other) or not isinstance(other, Node):
            return NotImplemented
        return self._content() == other._content()

    def __hash__(self) -> int:
        return hash((type(self), self._content()))

    def __repr__(self) -> str:
        words = [word for word in self.__match_args__ if word not in self._unequal]
        inside = ", ".join(f"{word}={getattr(self, word)!r}" for word in words)
        return f"{type(self).__name__}({inside})"

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"a node cannot be changed: {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a node cannot be changed: {name}")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), tuple(getattr(self, word) for word in self.__match_args__)


def _initializer(kind: type[Node]) -> Callable[..., None]:
    """Compile `def __init__(self, span, value, unit): ...` for one kind of node."""
    scope: dict[str, Any] = {}
    parameters = ["self"]
    lines = []
    for word in kind.__match_args__:
        scope[f"_set_{word}"] = getattr(kind, word).__set__
        lines.append(f"    _set_{word}(self, {word})")
        if word in kind._defaults:
            scope[f"_default_{word}"] = kind._defaults[word]
            parameters.append(f"{word}=_default_{word}")
        else:
            parameters.append(word)
    exec(f"def __init__({', '.join(parameters)}):\n" + "\n".join(lines), scope)
    initializer: Callable[..., None] = scope["__init__"]
    return initializer
