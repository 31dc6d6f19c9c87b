"""Netlink in a few lines: what the kernel's network is configured with, messages and attributes.

The warden speaks it itself, because it starts without site-packages, in milliseconds, and because
what it needs of it is little.
"""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterator
from typing import NamedTuple

REQUEST, ACK, DUMP = 0x1, 0x4, 0x300
EXCLUSIVE, CREATE, APPEND, REPLACE = 0x200, 0x400, 0x800, 0x100
_NESTED = 0x8000
_ERROR, _DONE = 2, 3
_HEADER = struct.Struct("=IHHII")
_PROTOCOLS = {0: "rtnetlink", 4: "inet_diag", 12: "nf_tables"}
_TOGETHER = 256
"""Requests that are sent at once, well below what a socket's buffer holds."""


class Answer(NamedTuple):
    kind: int
    body: bytes


def attribute(kind: int, value: bytes) -> bytes:
    length = 4 + len(value)
    return struct.pack("=HH", length, kind) + value + bytes(-length % 4)


def text(kind: int, value: str) -> bytes:
    return attribute(kind, value.encode() + b"\0")


def number(kind: int, value: int) -> bytes:
    """Return a number as rtnetlink wants it, in the machine's order."""
    return attribute(kind, struct.pack("=I", value))


def nested(kind: int, *attributes: bytes) -> bytes:
    return attribute(kind | _NESTED, b"".join(attributes))


def message(kind: int, flags: int, body: bytes, sequence: int) -> bytes:
    return _HEADER.pack(_HEADER.size + len(body), kind, flags | REQUEST, sequence, 0) + body


def messages(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Cut what was received into (kind, sequence, body)."""
    while data:
        length, kind, _, sequence, _ = _HEADER.unpack_from(data)
        yield kind, sequence, data[_HEADER.size : length]
        data = data[(length + 3) & ~3 :]


def attributes(data: bytes) -> dict[int, bytes]:
    """Read attributes, the last of each kind."""
    return dict(attribute_list(data))


def attribute_list(data: bytes) -> Iterator[tuple[int, bytes]]:
    while len(data) >= 4:
        length, kind = struct.unpack_from("=HH", data)
        yield kind & 0x3FFF, data[4:length]
        data = data[(length + 3) & ~3 :]


def failure(body: bytes) -> int:
    """Return the error number of an error message; 0 is an acknowledgement."""
    return -int(struct.unpack_from("=i", body)[0])


class Netlink:
    """A conversation with the kernel, about the network namespace it was opened in."""

    def __init__(self, protocol: int) -> None:
        try:
            self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol)
        except OSError as trouble:
            what = _PROTOCOLS.get(protocol, str(protocol))
            raise OSError(trouble.errno, trouble.strerror, f"netlink ({what})") from None
        self.socket.bind((0, 0))
        self._sequence = 0

    def ask(self, kind: int, flags: int, body: bytes, what: str) -> list[Answer]:
        """Send one request; return what came before its acknowledgement.

        Raises OSError naming `what` when the kernel refuses.
        """
        self._sequence += 1
        dump = flags & DUMP == DUMP
        self.socket.send(message(kind, flags if dump else flags | ACK, body, self._sequence))
        answers: list[Answer] = []
        while True:
            for answer, sequence, content in messages(self.socket.recv(1 << 18)):
                if sequence != self._sequence:
                    continue
                if answer == _ERROR and (code := failure(content)):
                    raise OSError(code, os.strerror(code), what)
                if answer in (_ERROR, _DONE):
                    return answers
                answers.append(Answer(answer, content))

    def ask_all(self, kind: int, flags: int, bodies: list[bytes], what: str) -> None:
        """Send requests of one kind together, as far as they fit; only refusals are answered."""
        for first in range(0, len(bodies), _TOGETHER):
            *rest, last = bodies[first : first + _TOGETHER]
            quiet = b"".join(message(kind, flags, body, 0) for body in rest)
            self._sequence += 1
            self.socket.send(quiet + message(kind, flags | ACK, last, self._sequence))
            code, answered = 0, False
            while not answered:
                for answer, sequence, content in messages(self.socket.recv(1 << 18)):
                    if answer == _ERROR:
                        code = code or failure(content)
                    answered = answered or sequence == self._sequence
            if code:
                raise OSError(code, os.strerror(code), what)

    def close(self) -> None:
        self.socket.close()
