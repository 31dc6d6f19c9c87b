"""Addresses as programs name them, and what is written over them."""

from __future__ import annotations

import socket
import struct

import pytest

from planc_runtime.clusters.redirect import sockaddr


def inet(address: str, port: int) -> bytes:
    return struct.pack("=H", socket.AF_INET) + struct.pack("!H", port) + socket.inet_aton(address)


def inet6(address: str, port: int) -> bytes:
    head = struct.pack("=H", socket.AF_INET6) + struct.pack("!HI", port, 7)
    return head + socket.inet_pton(socket.AF_INET6, address) + bytes(4)


@pytest.mark.parametrize(
    ("raw", "named"),
    [
        (inet("127.64.0.3", 2379), ("127.64.0.3", 2379, False)),
        (inet6("::ffff:127.64.0.3", 2379), ("127.64.0.3", 2379, True)),
        (inet6("::", 80), ("0.0.0.0", 80, True)),
        (inet6("::1", 80), None),
        (inet6("2001:db8::1", 80), None),
        (struct.pack("=H", socket.AF_UNIX) + b"/run/a socket", None),
        (b"", None),
        (inet("127.64.0.3", 2379)[:6], None),
    ],
)
def test_what_a_program_names(raw: bytes, named: tuple[str, int, bool] | None) -> None:
    assert sockaddr.read(raw) == named


@pytest.mark.parametrize("raw", [inet("127.64.0.3", 2379), inet6("::ffff:127.64.0.3", 2379)])
def test_it_names_something_else_when_written_over(raw: bytes) -> None:
    words = sockaddr.altered(raw, "127.64.0.255", 40000)
    over = bytearray(raw)
    over[sockaddr.CHANGED : sockaddr.CHANGED + len(words)] = words

    found = sockaddr.read(bytes(over))
    assert found is not None
    assert (found.address, found.port) == ("127.64.0.255", 40000)
    assert len(over) == len(raw)
