"""What every part of the model shares: it is frozen, it is JSON, and it knows where it stands.

Parts are made by the thousand on every compilation and read from JSON almost never. So they are
plain classes that store what they are given, held to their fields by the type checker, and pydantic
is asked only when a model is written as JSON or validated from it.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self, dataclass_transform

from planc.source.span import Span

_MISSING = object()
_KINDS: list[type[Part]] = []
_FIELDS: dict[type[Part], tuple[tuple[str, Any], ...]] = {}
_ADAPTERS: dict[type[Part], Any] = {}


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Part:
    """A frozen value; a missing or unknown field is refused, types are the type checker's business.

    In JSON a part is an object, a place the list of its numbers.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    def __init_subclass__(cls) -> None:
        _KINDS.append(cls)

    def __init__(self, **given: Any) -> None:
        values = self.__dict__
        for name, default in fields(type(self)):
            values[name] = given.pop(name, default)
            if values[name] is _MISSING:
                raise TypeError(f"{type(self).__name__} needs `{name}`")
        if given:
            raise TypeError(f"{type(self).__name__} has no {', '.join(given)}")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: `{name}` keeps its value")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return object.__hash__(self)

    def __repr__(self) -> str:
        inner = (f"{n}={value!r}" for n, value in self.__dict__.items() if n != "span")
        return f"{type(self).__name__}({', '.join(inner)})"

    def changed(self, **values: Any) -> Self:
        """Return a copy with other values."""
        return type(self)(**{**self.__dict__, **values})

    def to_json(self) -> str:
        """Write the part and all that it holds."""
        return str(_adapter(type(self)).dump_json(self), "utf-8")

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read what `to_json` wrote; raises pydantic's ValidationError for anything else."""
        found: Self = _adapter(cls).validate_json(text)
        return found


def fields(kind: type[Part]) -> tuple[tuple[str, Any], ...]:
    """Return the names of a class's fields with their defaults, all of which are immutable."""
    if kind not in _FIELDS:
        found: dict[str, Any] = {}
        for base in reversed(kind.__mro__):
            for name, annotation in getattr(base, "__annotations__", {}).items():
                if not annotation.startswith("ClassVar"):
                    found[name] = base.__dict__.get(name, found.get(name, _MISSING))
        _FIELDS[kind] = tuple(found.items())
    return _FIELDS[kind]


def _adapter(kind: type[Part]) -> Any:
    """Let pydantic know the parts, which it reads as dataclasses."""
    if kind not in _ADAPTERS:
        from dataclasses import dataclass

        from pydantic import TypeAdapter

        for each in _KINDS:
            if "__dataclass_fields__" not in each.__dict__:
                dataclass(init=False, repr=False, eq=False, kw_only=True)(each)
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


class Item(Part):
    """A part of a plan that somebody wrote at `span`, in the plan or in a library."""

    span: Span
