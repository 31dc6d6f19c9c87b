"""What every part of the model shares: it is frozen, it is JSON, and it knows where it stands."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, PlainSerializer, PlainValidator

from planc.source.span import Span


def _read(value: Any) -> Span:
    return value if isinstance(value, Span) else Span(*value)


Place = Annotated[Span, PlainValidator(_read), PlainSerializer(list, return_type=list[Any])]
"""A span; in JSON the list of its fields, because the model holds thousands."""


class Item(BaseModel):
    """A part of a plan that somebody wrote at `span`, in the plan or in a library."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    span: Place
