"""A node that behaves badly: `bad_node.py HOW ADDRESS PORT`."""

import os
import signal
import socket
import sys
import time

_HOW, _ADDRESS, _PORT = sys.argv[1], sys.argv[2], int(sys.argv[3])
_FORKING = 20.0
"""Seconds after which even a node that forks endlessly gives up."""


def serve(address: str = _ADDRESS) -> None:
    with socket.create_server((address, _PORT)) as server:
        print("listens at", *server.getsockname(), flush=True)
        while True:
            server.accept()[0].close()


def deaf() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    serve()


def daemon() -> None:
    for _ in range(2):
        if os.fork():
            os._exit(0)
        os.setsid()
    deaf()


def forking() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if os.fork():
        serve()
    end = time.monotonic() + _FORKING
    while time.monotonic() < end:
        if not os.fork():
            time.sleep(0.05)
            os._exit(0)
        os.waitpid(-1, os.WNOHANG)


def talkative() -> None:
    for _ in range(600):
        os.write(1, b"word " * 10_000 + b"\n")
    print("the last words", flush=True)
    serve()


def elsewhere() -> None:
    serve("127.0.0.1")


def silent() -> None:
    time.sleep(1000)


def broken() -> None:
    sys.exit("cannot find my configuration")


def greedy() -> None:
    with socket.create_server((_ADDRESS, _PORT)):
        kept = []
        # For long enough to be at it when the limit comes, and then beyond it in a few steps.
        while len(kept) < 500:
            kept.append(bytearray(8 << 20))
            time.sleep(0.02)
        time.sleep(1000)


print("begins", flush=True)
globals()[_HOW]()
