"""nf_tables without the program `nft`: sets that rules look packets up in, changed in one batch.

A fault is an element of a set, so that installing and healing it is one atomic message whatever the
shape of the partition, and the counter of the element tells how many packets have met it.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable

from planc_runtime.clusters.lab.netlink import (
    ACK,
    APPEND,
    CREATE,
    DUMP,
    REQUEST,
    Netlink,
    attribute,
    attribute_list,
    attributes,
    failure,
    message,
    messages,
    nested,
    text,
)

INET, NETDEV, BRIDGE = 1, 5, 7
"""The families of tables that are used here."""
INGRESS, LOCAL_IN, FORWARD = 0, 1, 2
"""Hooks; their numbers depend on the family, these are what they are in NETDEV, INET and BRIDGE."""
LINK_HEADER, NETWORK_HEADER, TRANSPORT_HEADER = 0, 1, 2
IN_INTERFACE, OUT_INTERFACE, PROTOCOL = 4, 5, 16
"""What `meta` can load."""

_NETFILTER = 12
_SUBSYSTEM = 10
_BEGIN, _END = 16, 17
_NEW_TABLE, _NEW_CHAIN, _NEW_RULE, _NEW_SET = 0, 3, 6, 9
_NEW_ELEMENT, _GET_ELEMENT, _DEL_ELEMENT = 12, 13, 14
_CONCATENATED = (9 << 6) | 9
"""A type of keys that means something to the program `nft` only, when it lists them."""
_DROP = 0
_RESET = 1
_LAST = 0xFFF_FFFF
_ELEMENT_HEAD = 12
"""Bytes before the key of an element of a set: the heads of three attributes, one in the other."""


def big(kind: int, value: int) -> bytes:
    """Return a number as nf_tables wants it, in network order."""
    return attribute(kind, struct.pack(">I", value & 0xFFFF_FFFF))


def register(index: int) -> int:
    """Name the index-th 4-byte register; longer values go on in those that follow."""
    return 8 + index


def expression(name: str, *arguments: bytes) -> bytes:
    return nested(1, text(1, name), nested(2, *arguments))


def meta(what: int, into: int) -> bytes:
    return expression("meta", big(1, into), big(2, what))


def payload(base: int, offset: int, length: int, into: int) -> bytes:
    return expression("payload", big(1, into), big(2, base), big(3, offset), big(4, length))


def equals(source: int, data: bytes) -> bytes:
    return expression("cmp", big(1, source), big(2, 0), nested(3, attribute(1, data)))


def masked(source: int, mask: bytes) -> bytes:
    """Keep only some bits of a register."""
    return expression(
        "bitwise",
        big(1, source),
        big(2, source),
        big(3, len(mask)),
        nested(4, attribute(1, mask)),
        nested(5, attribute(1, bytes(len(mask)))),
    )


def lookup(name: str, source: int) -> bytes:
    return expression("lookup", text(1, name), big(2, source))


def load(data: bytes, into: int) -> bytes:
    return expression("immediate", big(1, into), nested(2, attribute(1, data)))


def drop() -> bytes:
    return expression("immediate", big(1, 0), nested(2, nested(2, big(1, _DROP))))


def to_a_group(into: int) -> tuple[bytes, ...]:
    """Go on with frames to many receivers only: multicast and broadcast."""
    return (
        payload(LINK_HEADER, 0, 1, into),
        masked(into, b"\x01"),
        equals(into, b"\x01"),
    )


def copy_to(source: int) -> bytes:
    """Send a copy of the packet out of the interface whose index a register holds."""
    return expression("dup", big(2, source))


def forward_to(source: int) -> bytes:
    """Send the packet out of the interface whose index a register holds."""
    return expression("fwd", big(1, source))


def reject_with_reset() -> bytes:
    return expression("reject", big(1, _RESET))


_COUNTER = nested(7, text(1, "counter"))


class Table(Netlink):
    """One table of one family, in the network namespace it is opened in."""

    def __init__(self, family: int, name: str = "planc") -> None:
        super().__init__(_NETFILTER)
        self._family = family
        self._named = text(1, name)
        self._ids = 0
        self.commit([self._message(_NEW_TABLE, CREATE, self._named)])

    def add_set(self, name: str, key_length: int) -> None:
        self._ids += 1
        body = text(2, name) + big(3, 0) + big(4, _CONCATENATED) + big(5, key_length)
        self.commit([self._message(_NEW_SET, CREATE, self._named + body + big(10, self._ids))])

    def add_chain(self, name: str, hook: int, *rule: bytes, device: str | None = None) -> None:
        """Make a chain at a hook, with a first rule."""
        place = [big(1, hook), big(2, 0)]
        if device is not None:
            place.append(text(3, device))
        chain = self._named + text(3, name) + nested(4, *place) + text(7, "filter")
        self.commit([self._message(_NEW_CHAIN, CREATE, chain), self._rule(name, rule)])

    def add_rule(self, chain: str, *rule: bytes) -> None:
        """Let a chain go on with another rule."""
        self.commit([self._rule(chain, rule)])

    def change(self, name: str, add: Iterable[bytes], remove: Iterable[bytes]) -> None:
        """Add keys to a set and take others out, all at once; new keys count from 0."""
        if batch := self.changes(name, add, remove):
            self.commit(batch)

    def changes(self, name: str, add: Iterable[bytes], remove: Iterable[bytes]) -> list[bytes]:
        """Return what changes a set, to be committed, perhaps with changes of other tables."""
        batch = []
        if out := _around(remove, b""):
            batch.append(self._elements(_DEL_ELEMENT, 0, name, out))
        if new := _around(add, _COUNTER):
            batch.append(self._elements(_NEW_ELEMENT, CREATE, name, new))
        return batch

    def counts(self, name: str) -> dict[bytes, int]:
        """Return how many packets have met each key of a set."""
        head = struct.pack(">BBH", self._family, 0, 0) + self._named + text(2, name)
        found: dict[bytes, int] = {}
        for answer in self.ask(_SUBSYSTEM << 8 | _GET_ELEMENT, DUMP, head, f"set {name}"):
            for _, element in attribute_list(attributes(answer.body[4:])[3]):
                fields = attributes(element)
                key = attributes(fields[1])[1]
                found[key] = _packets(fields.get(7, b""))
        return found

    def commit(self, batch: list[bytes]) -> None:
        """Send a batch, of which the kernel does everything or nothing."""
        edge = struct.pack(">BBH", 0, 0, _SUBSYSTEM)
        begin = message(_BEGIN, 0, edge, 0)
        end = message(_END, ACK, edge, _LAST)
        self.socket.send(begin + b"".join(batch) + end)
        code = 0
        while True:
            for _, sequence, body in messages(self.socket.recv(1 << 16)):
                code = code or failure(body)
                if sequence == _LAST or code:
                    if code:
                        raise OSError(code, os.strerror(code), "nf_tables")
                    return

    def _rule(self, chain: str, rule: tuple[bytes, ...]) -> bytes:
        body = self._named + text(2, chain) + nested(4, *rule)
        return self._message(_NEW_RULE, CREATE | APPEND, body)

    def _elements(self, kind: int, flags: int, name: str, elements: list[bytes]) -> bytes:
        return self._message(kind, flags, self._named + text(2, name) + nested(3, *elements))

    def _message(self, kind: int, flags: int, body: bytes) -> bytes:
        head = struct.pack(">BBH", self._family, 0, 0)
        return message(_SUBSYSTEM << 8 | kind, flags | REQUEST, head + body, 1)


def _around(keys: Iterable[bytes], more: bytes) -> list[bytes]:
    """Return set elements with these keys, all of one length: a partition may have hundreds."""
    found = list(keys)
    if not found:
        return []
    whole = nested(1, nested(1, attribute(1, found[0])), more)
    head, tail = whole[:_ELEMENT_HEAD], whole[_ELEMENT_HEAD + len(found[0]) :]
    return [head + key + tail for key in found]


def _packets(expression_of_element: bytes) -> int:
    fields = attributes(expression_of_element)
    if 2 not in fields:
        return 0
    return int.from_bytes(attributes(fields[2])[2], "big")
