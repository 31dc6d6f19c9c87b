"""Traffic between two hosts: how much, how soon, how late, how much of it lost."""

from __future__ import annotations

import socket
import struct
import time

from network.processes import in_network, started
from network.sides import PORT, Pair, until_listening

_BLOCK = bytes(1 << 17)
_STAMP = struct.Struct("=Id")
_RCVBUFFORCE = 33


def throughput(pair: Pair, seconds: float = 0.5) -> float:
    """Return bits per second that one TCP connection carries."""
    with started(pair.server, _swallow) as done:
        in_network(pair.client, lambda: _pour(pair, seconds))
        count, took = done()
    return float(count * 8 / took)


def round_trips(pair: Pair, count: int = 2000) -> list[float]:
    """Return the seconds of each exchange of a few bytes over one TCP connection."""
    with started(pair.server, _echo):
        return [float(one) for one in in_network(pair.client, lambda: _exchange(pair, count))]


def delays(pair: Pair, count: int, every: float) -> list[float]:
    """Return the seconds that each datagram was on its way; the lost are not in it."""
    with started(pair.server, lambda: _receive(count)) as arrived:
        in_network(pair.client, lambda: _send(pair, count, every))
        return [float(one) for one in arrived()]


def _listening() -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("", PORT))
    listener.listen()
    return listener


def _accepted() -> socket.socket:
    """Return the first connection over which anything is said: others only knock."""
    listener = _listening()
    while True:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if connection.recv(1):
            return connection


def _connected(pair: Pair) -> socket.socket:
    until_listening(pair.address, PORT)
    connection = socket.create_connection((pair.address, pair.port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.sendall(b".")
    return connection


def _swallow() -> tuple[int, float]:
    """Count what arrives, from the first bytes on."""
    connection = _accepted()
    buffer = bytearray(1 << 18)
    connection.recv_into(buffer)
    began, count = time.monotonic(), 0
    while length := connection.recv_into(buffer):
        count += length
    return count, time.monotonic() - began


def _pour(pair: Pair, seconds: float) -> None:
    with _connected(pair) as connection:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            connection.sendall(_BLOCK)


def _echo() -> None:
    connection = _accepted()
    while data := connection.recv(64):
        connection.sendall(data)


def _exchange(pair: Pair, count: int) -> list[float]:
    found = []
    with _connected(pair) as connection:
        for number in range(count + count // 10):
            began = time.perf_counter()
            connection.sendall(b"12345678")
            connection.recv(64)
            if number >= count // 10:
                found.append(time.perf_counter() - began)
    return found


def _send(pair: Pair, count: int, every: float) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        until_listening(pair.address, PORT)
        begin = time.monotonic() + 0.05
        for number in range(count):
            if (pause := begin + number * every - time.monotonic()) > 0:
                time.sleep(pause)
            sender.sendto(_STAMP.pack(number, time.monotonic()), (pair.address, PORT))


def _receive(count: int) -> list[float]:
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.setsockopt(socket.SOL_SOCKET, _RCVBUFFORCE, 1 << 24)
    receiver.bind(("", PORT))
    receiver.settimeout(2.0)
    listener = _listening()
    found = []
    for _ in range(count):
        try:
            data = receiver.recv(64)
        except TimeoutError:
            break
        found.append(time.monotonic() - _STAMP.unpack(data)[1])
    listener.close()
    return found
