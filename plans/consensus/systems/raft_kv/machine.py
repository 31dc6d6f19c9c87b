"""The state machine: keys with versioned values, and the sessions of their clients.

A client that heard nothing sends its request again, and another leader may have carried it out
already. Each client therefore numbers its requests, and the last answer to each client is part of
the replicated state (thesis 6.3): a repetition gets the old answer and changes nothing.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from .messages import Command

SESSIONS = 1000
"""Clients remembered; the one that was silent for longest is forgotten, on all nodes alike."""

Answer = dict[str, Any]


class Machine:
    def __init__(self, planted: frozenset[str] = frozenset()) -> None:
        self.planted = planted
        self.data: dict[str, tuple[Any, int]] = {}
        """Key -> value and version, which counts the writes of the key."""
        self.sessions: dict[str, tuple[int, Answer]] = {}

    def read(self, key: str) -> Answer:
        value, version = self.data.get(key, (None, 0))
        return {"value": value, "version": version}

    def apply(self, command: Command) -> Answer:
        """Carry out a command once, however often it is in the log."""
        client, number = command.get("client"), command.get("seq", 0)
        if client is None or "no_dedup" in self.planted:
            return self._carry_out(command)
        last, answer = self.sessions.pop(client, (None, {}))
        if last is None or number > last:
            last, answer = number, self._carry_out(command)
        elif number < last:
            answer_to_old: Answer = {"ok": False, "error": "superseded", "unknown": True}
            self.sessions[client] = (last, answer)
            return answer_to_old
        self.sessions[client] = (last, answer)
        if len(self.sessions) > SESSIONS:
            del self.sessions[next(iter(self.sessions))]
        return answer

    def dump(self) -> dict[str, Any]:
        # Right: the sessions belong to the state; without them a repetition counts again.
        forget = "lost_snapshot_dedup" in self.planted
        sessions = {} if forget else {c: list(s) for c, s in self.sessions.items()}
        return {"data": {k: list(v) for k, v in self.data.items()}, "sessions": sessions}

    def restore(self, state: dict[str, Any]) -> None:
        self.data = {key: (value, version) for key, (value, version) in state["data"].items()}
        self.sessions = {c: (seq, answer) for c, (seq, answer) in state["sessions"].items()}

    def digest(self) -> str:
        """Equal on two nodes that hold the same values; says nothing of sessions."""
        text = json.dumps(self.data, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def _carry_out(self, command: Command) -> Answer:
        match command["op"]:
            case "put":
                return {"ok": True, "version": self._set(command["key"], command["value"])}
            case "cas":
                return self._compare_and_set(command)
            case _:
                return {"ok": True}

    def _compare_and_set(self, command: Command) -> Answer:
        key = command["key"]
        current, version = self.data.get(key, (None, 0))
        # Right: nothing is set unless the current value is the one that the client expects.
        if current != command["old"] and "cas_ignores_old" not in self.planted:
            return {"ok": False, "value": current, "version": version}
        return {"ok": True, "value": command["new"], "version": self._set(key, command["new"])}

    def _set(self, key: str, value: Any) -> int:
        version = self.data.get(key, (None, 0))[1] + 1
        self.data[key] = (value, version)
        return version
