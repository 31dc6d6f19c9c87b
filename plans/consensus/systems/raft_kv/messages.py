"""What the nodes say to each other: three requests, each with its answer.

Everything is plain data that survives JSON. The names of the fields follow figure 2 of the paper.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Command = dict[str, Any]
"""What an entry asks of the state machine; `op` is one of put, cas, noop, config."""


class Entry(NamedTuple):
    index: int  # type: ignore[assignment]
    term: int
    command: Command


@dataclass(frozen=True)
class Snapshot:
    """The state machine after `index`, in the place of all entries up to there."""

    index: int = 0
    term: int = 0
    members: list[str] | None = None
    """None before the first configuration entry: the members the node was started with."""
    state: Any = None


@dataclass(frozen=True)
class Vote:
    term: int
    candidate: str
    last_index: int
    last_term: int
    pre: bool = False
    """A pre-vote asks whether an election could be won, and changes nothing (thesis 9.6)."""


@dataclass(frozen=True)
class VoteReply:
    term: int
    granted: bool


@dataclass(frozen=True)
class Append:
    term: int
    leader: str
    prev_index: int
    prev_term: int
    commit: int
    round: int
    """Counts what the leader sends: an answer to round n proves leadership after n began."""
    sent: float
    """The leader's own clock; of no use to anybody else."""
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True)
class AppendReply:
    term: int
    success: bool
    hint: int = 0
    """After a refusal: the entry that the leader should try next."""


@dataclass(frozen=True)
class Install:
    term: int
    leader: str
    round: int
    sent: float
    snapshot: Snapshot


@dataclass(frozen=True)
class InstallReply:
    term: int


Request = Vote | Append | Install
Reply = VoteReply | AppendReply | InstallReply

_KINDS = {kind.__name__: kind for kind in (Vote, Append, Install)}
_REPLIES = {Vote: VoteReply, Append: AppendReply, Install: InstallReply}


def encode(message: Request | Reply) -> bytes:
    fields = dict(message.__dict__)
    if isinstance(message, Install):
        fields["snapshot"] = message.snapshot.__dict__
    return json.dumps({"kind": type(message).__name__, **fields}).encode()


def decode_request(raw: bytes) -> Request:
    """Read a request; raises KeyError, TypeError or ValueError for anything else."""
    fields = json.loads(raw)
    kind = _KINDS[fields.pop("kind")]
    if kind is Append:
        fields["entries"] = [Entry(*entry) for entry in fields["entries"]]
    if kind is Install:
        fields["snapshot"] = Snapshot(**fields["snapshot"])
    message: Request = kind(**fields)
    return message


def decode_reply(request: Request, raw: bytes) -> Reply:
    fields = json.loads(raw)
    del fields["kind"]
    reply: Reply = _REPLIES[type(request)](**fields)
    return reply
