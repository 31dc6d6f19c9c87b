"""One node: clock, peers and disk around the core.

Everything that happens to a node ends in `_settle`: what changed is stored, and only then do
answers and requests leave. A node whose disk fails cannot say what it holds, so it ends itself.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from . import messages
from .api import Api
from .core import Raft
from .http import Handler, Peer, Request, Response, Server, json_response
from .machine import Answer, Machine
from .messages import Command
from .state import Lost, Read, Timing
from .storage import Storage


class PeerInfo(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def ports(self) -> Mapping[str, int]: ...


class NodeInfo(Protocol):
    """What a node is told when it is started."""

    @property
    def name(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def ports(self) -> Mapping[str, int]: ...
    @property
    def data(self) -> Path: ...
    @property
    def peers(self) -> Sequence[PeerInfo]: ...
    @property
    def params(self) -> Mapping[str, Any]: ...
    @property
    def planted(self) -> frozenset[str]: ...


class KvNode:
    def __init__(self, info: NodeInfo) -> None:
        params = info.params
        self.info = info
        self.peers = {p.name: Peer(p.address, p.ports["http"]) for p in info.peers}
        self.storage = Storage(info.data, info.planted)
        self.machine = Machine(info.planted)
        self.snapshot_every = int(params.get("snapshot_every", 1000))
        self.request_timeout = float(params.get("request_timeout", 1.0))
        timing = Timing(
            election=float(params.get("election_timeout", 0.3)),
            heartbeat=float(params.get("heartbeat", 0.05)),
            batch=int(params.get("batch", 64)),
        )
        self.peer_timeout = 4 * timing.election
        self.raft = Raft(
            info.name,
            _initial_members(info),
            self.storage.load(),
            random=random.random,
            timing=timing,
            planted=info.planted,
        )
        self.applied = 0
        self._server = Server(self._handler(Api(self)))
        self._writes: dict[int, tuple[int, asyncio.Future[Answer]]] = {}
        self._reads: list[tuple[Read, asyncio.Future[None]]] = []
        self._changes: list[tuple[Callable[[], bool], asyncio.Future[None]]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._calls: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Serve until cancelled, or until the disk fails."""
        self._loop = asyncio.get_running_loop()
        self._failed: asyncio.Future[None] = self._loop.create_future()
        await self._server.listen(self.info.address, self.info.ports["http"])
        try:
            self.raft.start(self.now())
            self._settle()
            await self._failed
        finally:
            self._close()

    def now(self) -> float:
        return self._loop.time()

    # --- what clients ask -----------------------------------------------------------------------

    async def write(self, command: Command) -> Answer:
        """Carry out a command on a majority; raises Lost, or TimeoutError: it may have happened."""
        entry = self.raft.propose(command, self.now())
        if entry is None:
            raise Lost
        done: asyncio.Future[Answer] = self._loop.create_future()
        self._writes[entry.index] = (entry.term, done)
        self._settle()
        async with asyncio.timeout(self.request_timeout):
            return await done

    async def read(self, key: str) -> Answer:
        """Read what every write acknowledged before has left; raises Lost or TimeoutError."""
        read = self.raft.begin_read(self.now())
        if read is None:
            raise Lost
        done: asyncio.Future[None] = self._loop.create_future()
        self._reads.append((read, done))
        self._settle()
        async with asyncio.timeout(self.request_timeout):
            await done
        return self.machine.read(key)

    async def change_members(self, add: str | None, remove: str | None) -> str | None:
        """Add or remove a node, and wait until that is committed; return why it cannot begin."""
        refused = self.raft.change_members(add, remove, self.now())
        self._settle()
        if refused is not None:
            return refused
        done: asyncio.Future[None] = self._loop.create_future()

        def committed() -> bool:
            members = self.raft.members
            there = (add is None or add in members) and (remove is None or remove not in members)
            return there and self.raft.members_settled

        self._changes.append((committed, done))
        self._settle()
        async with asyncio.timeout(self.request_timeout):
            await done
        return None

    def snapshot(self) -> int:
        """Replace the log by a snapshot of what is applied; return its last index."""
        self.raft.take_snapshot(self.applied, self.machine.dump())
        self._settle()
        return self.raft.log.snapshot.index

    # --- after everything that happens ----------------------------------------------------------

    def _settle(self) -> None:
        try:
            self.storage.save(self.raft.term, self.raft.voted_for, self.raft.log)
        except OSError as error:
            if not self._failed.done():
                self._failed.set_exception(error)
            raise
        self._apply()
        self._answer_waiting()
        self._send()
        self._set_timer()

    def _apply(self) -> None:
        log = self.raft.log
        if log.snapshot.index > self.applied:
            self.machine.restore(log.snapshot.state)
            self.applied = log.snapshot.index
        while self.applied < self.raft.commit:
            self.applied += 1
            entry = log.get(self.applied)
            answer = self.machine.apply(entry.command)
            term, done = self._writes.pop(entry.index, (entry.term, None))
            if done is None or done.done():
                continue
            if term == entry.term:
                done.set_result(answer)
            else:
                done.set_exception(Lost())
        if self.applied - log.snapshot.index >= self.snapshot_every:
            self.raft.take_snapshot(self.applied, self.machine.dump())
            self.storage.save(self.raft.term, self.raft.voted_for, log)

    def _answer_waiting(self) -> None:
        waiting = self._reads
        self._reads = []
        for read, done in waiting:
            confirmed = self.raft.confirmed(read)
            if done.done():
                continue
            if confirmed is None:
                done.set_exception(Lost())
            elif confirmed and self.applied >= read.index:
                done.set_result(None)
            else:
                self._reads.append((read, done))
        for is_done, done in self._changes:
            if not done.done() and is_done():
                done.set_result(None)
        self._changes = [(is_done, done) for is_done, done in self._changes if not done.done()]

    def _send(self) -> None:
        outbox, self.raft.outbox = self.raft.outbox, []
        for name, ask in outbox:
            call = asyncio.create_task(self._call(name, ask))
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)

    def _set_timer(self) -> None:
        """Wake up when the core is due; a timer that is early costs less than one set anew."""
        if self._timer is None or self._timer.when() > self.raft.due:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_at(self.raft.due, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self.raft.tick(self.now())
        self._settle()

    # --- peers ----------------------------------------------------------------------------------

    async def _call(self, name: str, ask: messages.Request) -> None:
        body = messages.encode(ask)
        try:
            response = await self.peers[name].call("POST", "/raft", body, self.peer_timeout)
        except OSError:
            return
        if response.status == 200:
            reply = messages.decode_reply(ask, response.body)
            self.raft.handle_reply(name, ask, reply, self.now())
            self._settle()

    def _handler(self, api: Api) -> Handler:
        def handle(request: Request) -> Response | Awaitable[Response]:
            if request.path == ["raft"] and request.method == "POST":
                return self._answer_peer(request.body)
            return api.answer(request)

        return handle

    def _answer_peer(self, body: bytes) -> Response:
        try:
            ask = messages.decode_request(body)
        except (ValueError, TypeError, KeyError) as error:
            return json_response(400, {"error": f"not a message of Raft: {error}"})
        reply = self.raft.handle(ask, self.now())
        self._settle()
        return Response(200, messages.encode(reply))

    def _close(self) -> None:
        self._server.close()
        if self._timer is not None:
            self._timer.cancel()
        for call in self._calls:
            call.cancel()
        for peer in self.peers.values():
            peer.close()
        self.storage.close()


def _initial_members(info: NodeInfo) -> list[str]:
    """All nodes, or those that the parameter `members` names or counts; the others are spare."""
    names = [peer.name for peer in info.peers]
    members = info.params.get("members") or len(names)
    return names[:members] if isinstance(members, int) else list(members)


async def main(node: NodeInfo) -> None:
    """Run one node of the store."""
    await KvNode(node).run()
