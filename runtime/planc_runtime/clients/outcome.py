"""What an answer, or the lack of one, means: ok, fail, unknown.

The rule is one-sided on purpose. `fail` is a promise that the operation did not and will not
happen, so only what never left the client, or what the server surely refused, may be called so;
whatever is not known to have failed is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planc_runtime.clients.spec import ClientSpec, OperationSpec
from planc_runtime.protocols.client import Reply
from planc_runtime.protocols.outcome import Outcome


class NotSent(Exception):
    """The request never left: the connection was refused, or nobody answered at all."""

    def __init__(self, reason: str, *, silence: bool = False) -> None:
        super().__init__(reason)
        self.word = "no connection" if silence else "connection refused"
        """What the history says of it; plans know both as `connection refused`."""


class NoAnswer(Exception):
    """The request may have arrived; what became of it is not known."""


def of_trouble(spec: ClientSpec, word: str, *, sent: bool) -> Reply:
    """Return the outcome of "timeout", "connection lost" or "connection refused".

    The plan's `fail on` may call a lost connection a failure (a protocol that answers before it
    acts); without a word of the plan it depends on whether the request can have arrived.
    """
    if word in spec.fail_on:
        return Reply(Outcome.FAIL, error=word)
    if word in spec.unknown_on or sent:
        return Reply(Outcome.UNKNOWN, error=word)
    return Reply(Outcome.FAIL, error=word)


def of_status(spec: ClientSpec, status: int) -> Outcome:
    """Return the outcome of an HTTP status; the plan's own words go before the defaults.

    By default 2xx is ok, 3xx and 4xx are refusals, 5xx is unknown: a server in trouble may have
    done what it was asked before it said so.
    """
    names = {str(status), f"{status // 100}xx"}
    if names & spec.unknown_on:
        return Outcome.UNKNOWN
    if names & spec.fail_on:
        return Outcome.FAIL
    if 200 <= status < 300:
        return Outcome.OK
    return Outcome.UNKNOWN if status >= 500 else Outcome.FAIL


def judged(
    operation: OperationSpec, outcome: Outcome, scope: Mapping[str, Any], fields: dict[str, Any]
) -> Reply:
    """Return the reply to an answer that came, by the operation's own conditions.

    An expression of the plan that cannot be evaluated over this answer (a field is missing) makes
    an ok answer unknown: the client cannot say what it was told.
    """
    try:
        if operation.unknown_when and operation.unknown_when(scope):
            return Reply(Outcome.UNKNOWN, error="the plan calls it unknown", fields=fields)
        if operation.fails_when and operation.fails_when(scope):
            return Reply(Outcome.FAIL, error="the plan calls it failed", fields=fields)
        if outcome is not Outcome.OK:
            return Reply(outcome, error=str(fields.get("status", "refused")), fields=fields)
        value = operation.returns(scope) if operation.returns else None
    except (KeyError, IndexError, TypeError, ValueError, LookupError) as problem:
        error = f"cannot read the answer: {problem}"
        worst = Outcome.UNKNOWN if outcome is Outcome.OK else outcome
        return Reply(worst, error=error, fields=fields)
    return Reply(Outcome.OK, value=value, fields=fields)
