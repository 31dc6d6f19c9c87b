"""Whether somebody listens at an address, by the kernel's own list.

A connection to a port where nobody listens must be refused as it would be without us; led to the
exchange it would be accepted first and broken off later, which a health check would take for life.
"""

from __future__ import annotations

import socket

_LISTEN = "0A"
_MAPPED_WILDCARD = "0" * 32
_MAPPED = "0000000000000000FFFF0000"


def is_listening(address: str, port: int) -> bool:
    """Tell whether a TCP connection to it would be answered; true when that cannot be known."""
    number = int.from_bytes(socket.inet_aton(address), "little")
    wanted = {f"{number:08X}:{port:04X}", f"00000000:{port:04X}"}
    wanted6 = {f"{_MAPPED}{number:08X}:{port:04X}", f"{_MAPPED_WILDCARD}:{port:04X}"}
    try:
        return _in("/proc/net/tcp", wanted) or _in("/proc/net/tcp6", wanted6)
    except OSError:
        return True


def _in(path: str, wanted: set[str]) -> bool:
    """Look through the head of the list: who listens stands before all others."""
    try:
        with open(path) as lines:
            next(lines)
            for line in lines:
                _, local, _, state, _ = line.split(None, 4)
                if state != _LISTEN:
                    return False
                if local in wanted:
                    return True
    except FileNotFoundError:
        return False
    return False
