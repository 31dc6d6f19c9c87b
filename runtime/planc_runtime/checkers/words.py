"""Operations in words, for evidence that is read without a manual."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from planc_runtime.history.operation import Operation, Outcome
from planc_runtime.protocols.text import printable

_LONGEST_VALUE = 60
_LONGEST_LIST = 4


def seconds(moment: float) -> str:
    return f"{moment:.3f}"


def duration(length: float) -> str:
    """Return a length of time as people say it: "120 ms", "1.25 s", "35 µs"."""
    if length >= 1:
        return f"{length:.3g} s" if length < 100 else f"{length:.0f} s"
    if length >= 0.001:
        return f"{length * 1e3:.3g} ms"
    return f"{length * 1e6:.3g} µs" if length > 0 else "just"


def value_text(value: Any) -> str:
    """Return a value on one line, cut where it is long."""
    text = "nothing" if value is None else written(value)
    text = text.replace("\n", "\\n") or "''"
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def written(value: Any) -> str:
    """Return a text as it is and anything else as Python writes it, sets in one order always."""
    return printable(value if isinstance(value, str) else _inside(value))


def _inside(value: Any) -> str:
    text = repr(value)
    if "{" not in text:
        return text
    match value:
        case set() | frozenset():
            return "{" + ", ".join(sorted(map(_inside, value))) + "}"
        case dict():
            return "{" + ", ".join(f"{key!r}: {_inside(each)}" for key, each in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_inside, value)) + "]"
        case tuple():
            return "(" + ", ".join(map(_inside, value)) + (",)" if len(value) == 1 else ")")
        case _:
            return text


def action(operation: Operation) -> str:
    """Return what it did: `wrote x = 7`, `read x = 7`, `cas x 7 -> 9`."""
    if operation.f == "txn" and (steps := _steps(operation)):
        return "; ".join(steps)
    args = [value_text(argument) for argument in operation.args]
    answer = value_text(operation.value)
    match operation.f, args:
        case (("read" | "final_read" | "get"), [key]):
            return f"read {key} = {answer}" if operation.outcome is Outcome.OK else f"read {key}"
        case (("write" | "put" | "set"), [key, value]):
            return f"wrote {key} = {value}"
        case "cas", [key, old, new]:
            return f"cas {key} {old} -> {new}"
        case (("dequeue" | "pop"), _) if operation.outcome is Outcome.OK:
            return f"{operation.f}({', '.join(args)}) = {answer}"
        case _:
            call = f"{operation.f}({', '.join(args)})"
            return f"{call} = {answer}" if operation.value is not None else call


def _steps(operation: Operation) -> list[str]:
    """Return what a transaction did, step by step; nothing where it has another form."""
    found = operation.value if operation.outcome is Outcome.OK else None
    steps = found if isinstance(found, list) else next(iter(operation.args), None)
    if not isinstance(steps, list) or not all(_is_step(step) for step in steps):
        return []
    return [_step(*step, known=steps is found) for step in steps]


def _is_step(step: Any) -> bool:
    return isinstance(step, list | tuple) and len(step) == 3


def _step(f: Any, key: Any, value: Any, *, known: bool) -> str:
    name = value_text(key)
    match f:
        case "append":
            return f"append {name} {value_text(value)}"
        case "r":
            return f"read {name} = {_newest(value)}" if known else f"read {name}"
        case "w":
            return f"write {name} = {value_text(value)}"
        case _:
            return f"{f} {name} {value_text(value)}"


def _newest(value: Any) -> str:
    """Return a value; of a long list its end, which is what tells two versions apart."""
    if not isinstance(value, list) or len(value) <= _LONGEST_LIST:
        return value_text(value)
    end = ", ".join(value_text(each) for each in value[-_LONGEST_LIST + 1 :])
    return f"[… {end}]"


def describe(operation: Operation) -> str:
    """Return one line: who, what, when, on which node, and how it ended if not ok."""
    what = f"client {operation.process} {action(operation)}"
    if not operation.workload and operation.f == "final_read":
        what = _final_read(operation)
    began, where = seconds(operation.invoked), f" on {operation.node}" if operation.node else ""
    if operation.outcome is Outcome.OK and operation.completed is not None:
        when = f"from {began} to {seconds(operation.completed)} s"
        return f"{what} {when}{where}"
    ending = {
        Outcome.UNKNOWN: "its outcome was never known",
        Outcome.FAIL: "it certainly did not happen",
        Outcome.OK: "ok",
    }[operation.outcome]
    reason = f" ({operation.error})" if operation.error else ""
    return f"{what}, begun at {began} s{where}: {ending}{reason}"


def _final_read(operation: Operation) -> str:
    of = " ".join(value_text(argument) for argument in operation.args)
    if operation.outcome is not Outcome.OK:
        return f"the final read of {of}" if of else "the final read"
    answer = value_text(operation.value)
    return f"the final read found {of} = {answer}" if of else f"the final read found {answer}"


def describe_all(operations: Iterable[Operation]) -> list[str]:
    """Return a line each, without repetition, in the order of invocation."""
    unique = {operation.index: operation for operation in operations}
    ordered = sorted(unique.values(), key=lambda o: (o.invoked, o.index))
    return [describe(operation) for operation in ordered]


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
