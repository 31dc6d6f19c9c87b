"""The near-linear method for each kind of object, where there is one."""

from __future__ import annotations

from collections.abc import Sequence

from planc_runtime.checkers.linearizable.answer import Answer
from planc_runtime.checkers.linearizable.call import Call
from planc_runtime.checkers.linearizable.containers import Element, List, Queue, Set, Stack
from planc_runtime.checkers.linearizable.models import Model, Register
from planc_runtime.checkers.linearizable.unique.elements import check_element
from planc_runtime.checkers.linearizable.unique.queue import check_unique_messages
from planc_runtime.checkers.linearizable.unique.register import check_unique_values, nowhere_written
from planc_runtime.checkers.linearizable.unique.stack import check_unique_pushes
from planc_runtime.checkers.linearizable.unique.whole import check_growing_set, check_unique_list


def judge_quickly(model: Model, calls: Sequence[Call]) -> Answer | None:
    """Judge one object without searching; None where its calls are outside what that can decide."""
    name = object_name(calls)
    match model:
        case Register():
            certain = [call for call in calls if call.certain]
            writers = [call for call in calls if call.f != "read"]
            return check_unique_values(name, calls) or nowhere_written(name, certain, writers)
        case Queue():
            return check_unique_messages(name, calls)
        case Stack():
            return check_unique_pushes(name, calls)
        case Element():
            return check_element(name, calls)
        case Set():
            return check_growing_set(name, calls)
        case List():
            return check_unique_list(name, calls)
        case _:
            return None


def object_name(calls: Sequence[Call]) -> str:
    """Return what to call an object in a sentence: the key as the operations named it."""
    operation = calls[0].operation
    return str(operation.args[0]) if len(operation.args) > len(calls[0].args) else "it"
