"""What a Raft node is made of: its role, its timing, what it knows of followers and of members."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .log import Log


class Lost(Exception):
    """This node is not the leader, or not any more; the request certainly did nothing."""


class Role(StrEnum):
    FOLLOWER = "follower"
    CANDIDATE = "candidate"
    LEADER = "leader"


@dataclass(frozen=True)
class Timing:
    election: float = 0.3
    """Seconds without a leader until a follower asks for votes; up to twice that, by lot."""
    heartbeat: float = 0.05
    batch: int = 64
    """Entries in one message."""


@dataclass
class Progress:
    """What a leader knows of one follower."""

    next: int
    match: int = 0
    round: int = 0
    """The newest round that it answered."""
    heard: float = 0.0
    """When the newest request was sent that it answered: it followed us at that time at least."""
    busy_since: float | None = None
    """When entries were sent that are not answered yet."""


@dataclass(frozen=True)
class Read:
    """A read that waits until leadership is confirmed (ReadIndex, thesis 6.4)."""

    term: int
    round: int
    index: int
    """The state machine must have applied this much before it may answer."""


class Members:
    """Who belongs to the cluster: a configuration holds as soon as it is in the log (4.1)."""

    def __init__(self, initial: list[str], log: Log, planted: frozenset[str]) -> None:
        self._initial, self._log, self._planted = initial, log, planted
        self.names: list[str] = initial
        self._since = 0
        self.learn()

    def learn(self) -> None:
        """Read the log again, which has changed."""
        self._since, names = self._log.members()
        self.names = self._initial if names is None else names

    def settled(self, commit: int) -> bool:
        """Whether the newest configuration is committed."""
        return self._since <= commit

    def is_quorum(self, names: set[str]) -> bool:
        # Right: a majority of the members as they are now.
        if "membership_old_majority" in self._planted:
            return len(names) * 2 > len(self._initial)
        return len(names.intersection(self.names)) * 2 > len(self.names)
