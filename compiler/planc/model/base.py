"""What every part of the model shares: it is frozen, it is JSON, and it knows where it stands."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, PlainSerializer, PlainValidator

from planc.source.span import Span


def _read(value: Any) -> Span:
    return value if isinstance(value, Span) else Span(*value)


Place = Annotated[Span, PlainValidator(_read), PlainSerializer(list, return_type=list[Any])]
"""A span; in JSON the list of its fields, because the model holds thousands."""

_MISSING = object()


@cache
def _fields(kind: type[BaseModel]) -> tuple[tuple[str, Any], ...]:
    """Return the names of a class's fields with their defaults, all of which are immutable."""
    return tuple(
        (name, _MISSING if field.is_required() else field.default)
        for name, field in kind.model_fields.items()
    )


class Part(BaseModel):
    """A frozen value whose constructor trusts its arguments' types, not their names.

    The analysis, which the type checker holds to the fields, makes parts without validating them
    again; what is read from JSON is validated. The schemas of dozens of kinds that hold each other
    take longer to build than a plan takes to compile, so that they are built when first needed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    if not TYPE_CHECKING:

        def __init__(self, /, **given):
            values = {}
            for name, default in _fields(type(self)):
                values[name] = given.pop(name, default)
                if values[name] is _MISSING:
                    raise TypeError(f"{type(self).__name__} needs `{name}`")
            if given:
                raise TypeError(f"{type(self).__name__} has no {', '.join(given)}")
            object.__setattr__(self, "__dict__", values)
            object.__setattr__(self, "__pydantic_fields_set__", set(values))
            object.__setattr__(self, "__pydantic_extra__", None)
            object.__setattr__(self, "__pydantic_private__", None)

        # Without this mark pydantic would call the constructor when it validates, and trust it.
        __init__.__pydantic_base_init__ = True


class Item(Part):
    """A part of a plan that somebody wrote at `span`, in the plan or in a library."""

    span: Place
