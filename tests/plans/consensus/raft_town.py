"""Nodes of the reference store without clock, network or process: a test plays the schedule.

`Town` holds the cores of a few nodes and every message that is under way. A test, or chance, says
which message arrives next, which is lost, who crashes and how time goes on.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from raft_kv.core import Raft
from raft_kv.machine import Machine
from raft_kv.messages import Reply, Request, decode_request, encode
from raft_kv.state import Role, Timing
from raft_kv.storage import Storage


class Town:
    def __init__(
        self, folder: Path, names: str, planted: frozenset[str], rng: random.Random, **timing: Any
    ) -> None:
        self.folder, self.planted, self.rng = folder, planted, rng
        self.names = list(names)
        self.members = self.names
        self.timing = Timing(**timing)
        self.now = 0.0
        self.rafts: dict[str, Raft] = {}
        self.storages: dict[str, Storage] = {}
        self.machines: dict[str, Machine] = {}
        self.applied: dict[str, int] = {}
        self.asks: list[tuple[str, str, Request]] = []
        self.replies: list[tuple[str, str, Request, Reply]] = []
        self.leaders: dict[int, set[str]] = {}
        """Term -> who led in it."""
        self.committed: dict[int, tuple[int, str]] = {}
        """Index -> term and text of what some node applied there first."""

    # --- nodes ---

    def start(self, *names: str) -> None:
        for name in names or self.names:
            storage = Storage(self.folder / name, self.planted)
            self.storages[name] = storage
            self.rafts[name] = Raft(
                name,
                self.members,
                storage.load(),
                random=self.rng.random,
                timing=self.timing,
                planted=self.planted,
            )
            self.machines[name] = Machine(self.planted)
            self.applied[name] = 0
            self.rafts[name].start(self.now)
            self.settle(name)

    def crash(self, *names: str) -> None:
        for name in names:
            del self.rafts[name]
            self.storages.pop(name).close()
            self.asks = [ask for ask in self.asks if ask[0] != name]
            self.replies = [reply for reply in self.replies if reply[0] != name]

    def settle(self, name: str) -> None:
        raft = self.rafts[name]
        self.storages[name].save(raft.term, raft.voted_for, raft.log)
        self.apply(name)
        self.asks += [(name, peer, decode_request(encode(ask))) for peer, ask in raft.outbox]
        raft.outbox.clear()
        if raft.role is Role.LEADER:
            self.leaders.setdefault(raft.term, set()).add(name)
            assert len(self.leaders[raft.term]) == 1, f"two leaders in term {raft.term}"

    def apply(self, name: str) -> None:
        raft, machine = self.rafts[name], self.machines[name]
        if raft.log.snapshot.index > self.applied[name]:
            machine.restore(raft.log.snapshot.state)
            self.applied[name] = raft.log.snapshot.index
        while self.applied[name] < raft.commit:
            self.applied[name] += 1
            entry = raft.log.get(self.applied[name])
            here = (entry.term, repr(entry.command))
            first = self.committed.setdefault(entry.index, here)
            assert first == here, f"{name} applied {here} at {entry.index}, others {first}"
            machine.apply(entry.command)

    # --- time and messages ---

    def tick(self, name: str) -> None:
        """Let time pass until this node has something to do."""
        self.now = max(self.now, self.rafts[name].due)
        self.rafts[name].tick(self.now)
        self.settle(name)

    def ask(self, at: int, *, keep: bool = False) -> None:
        """Deliver a request; `keep` leaves a duplicate under way."""
        source, target, ask = self.asks[at] if keep else self.asks.pop(at)
        if target in self.rafts:
            reply = self.rafts[target].handle(ask, self.now)
            self.settle(target)
            self.replies.append((source, target, ask, reply))

    def reply(self, at: int) -> None:
        source, target, ask, reply = self.replies.pop(at)
        if source in self.rafts:
            self.rafts[source].handle_reply(target, ask, reply, self.now)
            self.settle(source)

    def deliver(self, *between: str) -> None:
        """Deliver until these nodes are silent; what others sent or should get is lost."""
        among = set(between or self.names)
        for _ in range(5000):
            if not self.asks and not self.replies:
                return
            if self.replies:
                if {self.replies[0][0], self.replies[0][1]} <= among:
                    self.reply(0)
                else:
                    self.replies.pop(0)
            elif {self.asks[0][0], self.asks[0][1]} <= among:
                self.ask(0)
            else:
                self.asks.pop(0)
        raise AssertionError("the nodes never fall silent")

    def elect(self, name: str, *between: str) -> None:
        """Make one node leader of those that hear each other."""
        for _ in range(3):
            for raft in self.rafts.values():
                raft._heard_leader = float("-inf")
            self.now += 10
            self.rafts[name].tick(self.now)
            self.settle(name)
            self.deliver(*between)
            if self.rafts[name].role is Role.LEADER:
                return
        raise AssertionError(f"{name} is not elected")

    def propose(self, name: str, **command: Any) -> None:
        command = {"op": "put", "key": "k", "value": 0} | command
        assert self.rafts[name].propose(command, self.now) is not None
        self.settle(name)

    def snapshot(self, name: str) -> None:
        self.rafts[name].take_snapshot(self.applied[name], self.machines[name].dump())
        self.settle(name)

    def terms(self, name: str) -> list[int]:
        return [entry.term for entry in self.rafts[name].log.entries]

    def values(self, *names: str) -> list[Any]:
        return [self.machines[name].read("k")["value"] for name in names]

    def close(self) -> None:
        self.crash(*self.rafts)


Build = Callable[..., Town]
