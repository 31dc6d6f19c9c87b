"""The part of JSON Schema that plans need: type, properties, required, items, enum, bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from planc_runtime.errors import PlancError

_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list, tuple),
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}
_KNOWN = {
    "additionalProperties", "const", "enum", "items", "maximum", "minimum", "pattern",
    "properties", "required", "title", "description", "type",
}  # fmt: skip


def mismatches(value: Any, schema: Any, where: str = "it") -> Iterator[str]:
    """Yield a sentence for every place in which a value has not the shape wanted.

    A plain word stands for a type ("string"), a record of shapes without schema words for the
    properties that must be there. Raises PlancError for words that are not understood.
    """
    schema = _spelled_out(schema)
    if unknown := sorted(set(schema) - _KNOWN):
        raise PlancError(f"the schema uses {', '.join(unknown)}, which planc does not know")
    wanted = schema.get("type")
    if wanted is not None and not _is_a(value, wanted):
        yield f"{where} is {_type_of(value)}, not {wanted}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where} is {value!r}, not one of {schema['enum']!r}"
    if "const" in schema and value != schema["const"]:
        yield f"{where} is {value!r}, not {schema['const']!r}"
    yield from _bounds(value, schema, where)
    if isinstance(value, dict):
        yield from _in_object(value, schema, where)
    if isinstance(value, list | tuple) and "items" in schema:
        for position, item in enumerate(value):
            yield from mismatches(item, schema["items"], f"{where}[{position}]")


def _spelled_out(schema: Any) -> Mapping[str, Any]:
    if isinstance(schema, str):
        return {"type": schema}
    if isinstance(schema, Mapping) and not set(schema) & _KNOWN:
        return {"type": "object", "properties": schema, "required": list(schema)}
    if isinstance(schema, Mapping):
        return schema
    raise PlancError(f"{schema!r} is not a schema")


def _in_object(value: Mapping[str, Any], schema: Mapping[str, Any], where: str) -> Iterator[str]:
    properties = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{where} has no {name!r}"
    for name, inner in properties.items():
        if name in value:
            yield from mismatches(value[name], inner, f"{where}.{name}")
    if schema.get("additionalProperties", True) is False:
        for name in sorted(set(value) - set(properties)):
            yield f"{where} has {name!r}, which is not expected"


def _bounds(value: Any, schema: Mapping[str, Any], where: str) -> Iterator[str]:
    if "pattern" in schema and isinstance(value, str) and not re.search(schema["pattern"], value):
        yield f"{where} is {value!r}, which does not match {schema['pattern']!r}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        if "minimum" in schema and value < schema["minimum"]:
            yield f"{where} is {value!r}, less than {schema['minimum']!r}"
        if "maximum" in schema and value > schema["maximum"]:
            yield f"{where} is {value!r}, more than {schema['maximum']!r}"


def _is_a(value: Any, wanted: str | list[str]) -> bool:
    names = [wanted] if isinstance(wanted, str) else wanted
    if isinstance(value, bool):
        return "boolean" in names
    if isinstance(value, float) and value.is_integer() and "integer" in names:
        return True
    return any(isinstance(value, _TYPES.get(name, ())) for name in names)


def _type_of(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    return next((name for name, kinds in _TYPES.items() if isinstance(value, kinds)), "unknown")
