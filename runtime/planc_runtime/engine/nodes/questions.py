"""Requests of the plan, with their expressions evaluated, ready to be sent."""

from __future__ import annotations

import json
from typing import Any

from planc_runtime.engine.nodes.ask import Question
from planc_runtime.engine.nodes.texts import filled, filled_all, plain
from planc_runtime.plan.requests import NOTHING, Http
from planc_runtime.plan.scope import Scope


def question_of(request: Http, scope: Scope) -> Question:
    """Return the bytes-to-be of a request: its path, headers and body."""
    headers = filled_all(request.headers, scope)
    body = b""
    if request.json is not NOTHING:
        body = json.dumps(plain(request.json, scope), ensure_ascii=False).encode()
        headers.setdefault("content-type", "application/json")
    elif request.body is not None:
        body = filled(request.body, scope).encode()
    method = filled(request.method, scope).upper()
    return Question(method, filled(request.path, scope), headers, body)


def value_or_none(thing: Any, scope: Scope) -> Any:
    """Return the JSON of a request, or None where it has none."""
    return None if thing is NOTHING else plain(thing, scope)
