"""Lead the packets of troubled pairs, and no others, out of the bridge and through the switch.

At the port where a frame enters, a rule looks up (port, receiver) and forwards what it finds to the
switch's interface. Clean pairs never leave the kernel. A pair that is cut is not led away: its
packets have to meet the partition. Of a frame to many receivers the switch gets a copy, and takes
it to those whose links are troubled; the bridge takes it to the others, and to them alone.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
import struct
import sys
from collections.abc import Iterable
from typing import Any

from planc_runtime.clusters.lab import kernel, nft
from planc_runtime.clusters.lab.hub import INTERFACE, Host, Hub, Pair
from planc_runtime.clusters.lab.switch import Switch
from planc_runtime.clusters.local.warden import system

ENTRANCE, SWITCH = "steer", "switch"
"""The two ends of the cable to the switch."""

_SIOCETHTOOL = 0x8946
_SET_SEGMENTATION = (0x1F, 0x24)
"""What the sender's interface may leave to others: TCP segmentation, and any other."""

_PRIORITY = -15

Shape = dict[str, Any]


class Steering:
    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._shapes: dict[Pair, Shape] = {}
        self._cut: set[Pair] = set()
        self._led: set[Pair] = set()
        self._chains: set[str] = set()
        self._whole: set[str] = set()
        """Hosts that send several packets as one frame no longer."""
        self._table: nft.Table | None = None
        self._channel: socket.socket | None = None
        self._seed = ""
        self.process: int | None = None

    def shape(self, rules: Iterable[tuple[Pair, Shape | None]], seed: str) -> None:
        """Let links follow rules; None is a link without trouble."""
        if self._channel is None:
            self._open()
        rules = list(rules)
        for pair, rule in rules:
            self._shapes.pop(pair, None)
            if rule is not None:
                self._shapes[pair] = rule
        self._seed = seed
        self._tell([(pair, None if pair in self._cut else rule or {}) for pair, rule in rules])
        self._segment()
        self._lead()

    def cut(self, add: Iterable[Pair], remove: Iterable[Pair]) -> None:
        """Know which links are cut; what waits in the switch for one of them is lost."""
        new = set(add)
        again = set(remove)
        self._cut |= new
        self._cut -= again
        if self._channel is not None:
            self._tell([(pair, self._shapes[pair]) for pair in again & set(self._shapes)])
            self._lead()
            self._tell([(pair, None) for pair in new & set(self._shapes)])

    def counts(self) -> list[tuple[str, str, dict[str, int]]]:
        """Return what has happened to the frames of each link that was ever led away."""
        if self._channel is None:
            return []
        names = {host.mac: name for name, host in self._hub.hosts.items()}
        found = []
        for key, counts in self._ask({}):
            target, source = bytes.fromhex(key)[:6], bytes.fromhex(key)[6:]
            found.append((names[source], names[target], counts))
        return found

    def close(self) -> None:
        """End the switch and collect it."""
        if self._channel is not None and self.process:
            self._channel.close()
            os.waitpid(self.process, 0)

    # --- the kernel's part --------------------------------------------------------------------

    def _lead(self) -> None:
        wanted = set(self._shapes) - self._cut
        for source in {source for source, _ in wanted}:
            self._watch(self._hub.hosts[source])
        self._change(wanted - self._led, self._led - wanted)
        self._led = wanted

    def _change(self, new: set[Pair], gone: set[Pair]) -> None:
        """Lead pairs and lead others no longer, frames to one and to many alike, all at once."""
        assert self._table is not None
        hub, left = self._hub, self._led - gone
        before, after = ({source for source, _ in pairs} for pairs in (self._led, left | new))
        batch = self._table.changes("led", map(self._key, new), map(self._key, gone))
        batch += hub.links.changes("led", map(hub.key, new), map(hub.key, gone))
        batch += self._table.changes(
            "copied", map(self._port, after - before), map(self._port, before - after)
        )
        if batch:
            self._table.commit(batch)

    def _watch(self, host: Host) -> None:
        """Look at what enters by a host's port, from the first trouble on."""
        if host.name in self._chains:
            return
        assert self._table is not None
        self._table.add_chain(
            host.cable,
            nft.INGRESS,
            nft.meta(nft.IN_INTERFACE, nft.register(0)),
            nft.payload(nft.LINK_HEADER, 0, 6, nft.register(1)),
            nft.lookup("led", nft.register(0)),
            nft.load(struct.pack("=I", self._entrance), nft.register(0)),
            nft.forward_to(nft.register(0)),
            device=host.cable,
        )
        self._table.add_rule(
            host.cable,
            *nft.to_a_group(nft.register(0)),
            nft.meta(nft.IN_INTERFACE, nft.register(0)),
            nft.lookup("copied", nft.register(0)),
            nft.load(struct.pack("=I", self._entrance), nft.register(0)),
            nft.copy_to(nft.register(0)),
        )
        self._chains.add(host.name)

    def _key(self, pair: Pair) -> bytes:
        source, target = (self._hub.hosts[name] for name in pair)
        return struct.pack("=I", source.port) + target.mac + b"\0\0"

    def _port(self, name: str) -> bytes:
        return struct.pack("=I", self._hub.hosts[name].port)

    def _segment(self) -> None:
        """Have packets of links that lose or damage some come one by one, or they went in bulk."""
        wanted = {a for (a, _), rule in self._shapes.items() if set(rule) - {"delay", "jitter"}}
        for name in wanted ^ self._whole:
            _let_segment(self._hub.hosts[name], name not in wanted)
        self._whole = wanted

    # --- the switch ---------------------------------------------------------------------------

    def _open(self) -> None:
        self._entrance = self._hub.add_cable(ENTRANCE, SWITCH)
        self._table = nft.Table(nft.NETDEV)
        self._table.add_set("led", 12)
        self._table.add_set("copied", 4)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        warden = os.getpid()
        self.process = os.fork()
        if self.process == 0:
            _be_the_switch(theirs, warden)
        theirs.close()
        self._channel = ours

    def _tell(self, rules: list[tuple[Pair, Shape | None]]) -> None:
        links = []
        for (source, target), rule in rules:
            sender, receiver = self._hub.hosts[source], self._hub.hosts[target]
            key = (receiver.mac + sender.mac).hex()
            links.append(
                {"source": source, "target": target, "key": key, "port": receiver.cable,
                 "seed": self._seed, "rule": rule}
            )  # fmt: skip
        if links:
            self._ask({"links": links})

    def _ask(self, order: dict[str, Any]) -> Any:
        assert self._channel is not None
        try:
            self._channel.send(json.dumps(order).encode())
            answer = self._channel.recv(1 << 18)
        except ConnectionError:
            answer = b""
        if not answer:
            raise OSError(32, "the process has ended", "the switch")
        return json.loads(answer)


def _let_segment(host: Host, allowed: bool) -> None:
    """Let a host's interface send several packets as one frame, or not."""
    with kernel.inside(host.network):
        control = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with control:
        for command in _SET_SEGMENTATION:
            value = bytearray(struct.pack("=II", command, allowed))
            pointer = kernel.address_of(value)
            request = struct.pack("=16sQ16x", INTERFACE.encode(), pointer)
            fcntl.ioctl(control, _SIOCETHTOOL, request)


def _be_the_switch(channel: socket.socket, warden: int) -> None:
    status = 1
    try:
        system.die_with_parent()
        if os.getppid() != warden:
            os._exit(0)
        system.close_all_but(channel.fileno())
        system.name_process("planc switch")
        with contextlib.suppress(OSError):
            # Root's to give: a link must not become slower because a node keeps the processor busy.
            os.setpriority(os.PRIO_PROCESS, 0, _PRIORITY)
        Switch(SWITCH, channel).run()
        status = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(status)
