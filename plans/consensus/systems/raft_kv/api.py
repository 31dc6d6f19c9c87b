"""What clients may ask of a node, and what they may conclude from the answer.

    GET  /kv/{key}          {"value", "version"}; ?mode=stale reads this node's own state
    PUT  /kv/{key}          {"value"} -> {"ok", "version"}
    POST /kv/{key}/cas      {"old", "new"} -> {"ok", "value", "version"}
    GET  /status            role, term, leader, indices, members, digest of the state
    POST /members           {"add": name} or {"remove": name}
    POST /snapshot          snapshot and compact this node's log now
    GET  /health            answers as soon as the node serves

Writes may carry `client` and `seq`, under which they take effect once however often they are sent.
421 means that nothing happened and names the leader; 503 with "unknown" that it may have happened.
With ?forward=true any node hands the request on to the leader, again and again until its time is
up, under one `client` and `seq`, so that it takes effect once.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from typing import TYPE_CHECKING, Any

from .http import Request, Response, json_response
from .state import Lost

if TYPE_CHECKING:
    from .server import KvNode

REST = 0.1
"""Seconds that a refusal takes when nobody leads: whoever asks all nodes in turn asks in vain."""
RETRY_AFTER = 0.02
"""Seconds between two tries to hand a request on."""


class Api:
    def __init__(self, node: KvNode) -> None:
        self.node = node

    async def answer(self, request: Request) -> Response:
        try:
            if request.query.get("forward") == "true" and request.path[:1] == ["kv"]:
                return await self._forward(request)
            return await self._route(request)
        except Lost:
            if self.node.raft.leader is None:
                await asyncio.sleep(REST)
            return self._misdirected()
        except TimeoutError:
            return json_response(503, {"error": "timeout", "unknown": True})
        except (KeyError, ValueError, TypeError) as error:
            return json_response(400, {"error": f"malformed request: {error!r}"})

    async def _route(self, request: Request) -> Response:
        match request.method, request.path:
            case "GET", ["kv", key]:
                return json_response(200, await self._read(key, request.query.get("mode")))
            case "PUT", ["kv", key]:
                return await self._write(request, "put", key, "value")
            case "POST", ["kv", key, "cas"]:
                return await self._write(request, "cas", key, "old", "new")
            case "GET", ["status"]:
                return json_response(200, self._status())
            case "POST", ["members"]:
                return await self._change_members(request.json())
            case "POST", ["snapshot"]:
                return json_response(200, {"index": self.node.snapshot()})
            case "GET", ["health"]:
                return json_response(200, {"ok": True, "leader": self.node.raft.leader})
        return json_response(404, {"error": f"nothing at {request.method} {request.target}"})

    async def _read(self, key: str, mode: str | None) -> dict[str, Any]:
        if mode == "stale":
            return self.node.machine.read(key)
        return await self.node.read(key)

    async def _write(self, request: Request, op: str, key: str, *fields: str) -> Response:
        body = request.json()
        command = {"op": op, "key": key, **{field: body[field] for field in fields}}
        if "client" in body:
            command |= {"client": str(body["client"]), "seq": int(body["seq"])}
        answer = await self.node.write(command)
        return json_response(503 if answer.get("unknown") else 200, answer)

    async def _change_members(self, body: dict[str, str]) -> Response:
        add, remove = body.get("add"), body.get("remove")
        if (add or remove) not in self.node.peers:
            return json_response(400, {"error": f"no node is called {add or remove!r}"})
        refused = await self.node.change_members(add, remove)
        if refused == "not leader":
            return self._misdirected()
        if refused is not None:
            return json_response(409, {"error": refused})
        return json_response(200, {"members": self.node.raft.members})

    def _status(self) -> dict[str, Any]:
        node, raft = self.node, self.node.raft
        return {
            "name": raft.name,
            "role": raft.role,
            "term": raft.term,
            "leader": raft.leader,
            "commit": raft.commit,
            "applied": node.applied,
            "last_index": raft.log.last_index,
            "snapshot_index": raft.log.snapshot.index,
            "members": raft.members,
            "digest": node.machine.digest(),
        }

    def _misdirected(self) -> Response:
        leader = next((p for p in self.node.info.peers if p.name == self.node.raft.leader), None)
        where = leader and {
            "name": leader.name,
            "address": leader.address,
            "port": leader.ports["http"],
        }
        return json_response(421, {"error": "not leader", "leader": where})

    async def _forward(self, request: Request) -> Response:
        """Hand the request to whoever leads, until it is answered or its time is up.

        A try that came to nothing for certain leaves the request as it was; one without an answer
        makes it doubtful, and a refusal after that no longer says that nothing happened.
        """
        body = self._numbered(request)
        doubtful = False
        until = self.node.now() + self.node.request_timeout
        while (left := until - self.node.now()) > 0:
            try:
                async with asyncio.timeout(min(left, self.node.peer_timeout / 2)):
                    response = await self._try_leader(request, body, left)
            except OSError:
                doubtful = True
            else:
                if response is not None and response.status not in (421, 503):
                    return response
                doubtful = doubtful or (response is not None and response.status == 503)
            await asyncio.sleep(RETRY_AFTER)
        if doubtful and request.method != "GET":
            raise TimeoutError
        return self._misdirected()

    async def _try_leader(self, request: Request, body: bytes, left: float) -> Response | None:
        leader = self.node.raft.leader
        if leader is None:
            return None
        target = request.target.partition("?")[0]
        if leader != self.node.raft.name:
            return await self.node.peers[leader].call(request.method, target, body, left)
        own = Request(request.method, request.path, {}, body, target)
        return await self.answer(own)

    def _numbered(self, request: Request) -> bytes:
        if request.method == "GET":
            return b""
        body = request.json()
        if "client" not in body:
            body |= {"client": uuid.uuid4().hex, "seq": 1}
        return json.dumps(body).encode()
