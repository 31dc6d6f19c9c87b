"""Addresses of a world's own: 127.A.B.1, 127.A.B.2, ... with 127.A.B leased while it lives.

Every address in 127/8 is this machine, needs no set-up and no privilege, and has all 65,535 ports:
a node keeps the port numbers its plan names. What must not happen is that two worlds (a second
terminal, another worker of pytest-xdist, another user) use the same ones.

The lock is a name in the kernel's table of abstract Unix sockets. It goes away with the last
process that holds the socket, has no file that could be left behind, and is seen by exactly those
who share the loopback interface, because both belong to the network namespace.
"""

from __future__ import annotations

import errno
import random
import socket

from planc_runtime.errors import CannotRun

_FIRST, _LAST = 64, 127
"""The second number of the prefix: clear of 127.0.0.1, 127.0.1.1 and 127.0.0.53."""
_NODES = 254


class AddressLease:
    """Hold one prefix; `socket` is the lock, to be inherited by whoever must keep it alive."""

    def __init__(self, prefix: str, lock: socket.socket) -> None:
        self.prefix = prefix
        self.socket = lock
        self._given = 0

    @classmethod
    def take(cls) -> AddressLease:
        """Lease a free prefix; raises CannotRun when there is none.

        The search begins anywhere: a prefix that was just given back is unlikely to be next, so
        that a late packet or connection of the world before does not find the world after.
        """
        count = (_LAST - _FIRST + 1) * 256
        start = random.SystemRandom().randrange(count)
        for step in range(count):
            second, third = divmod((start + step) % count, 256)
            prefix = f"127.{_FIRST + second}.{third}"
            if (lock := _try(prefix)) is not None:
                return cls(prefix, lock)
        raise CannotRun(f"all {count} address ranges for local clusters are in use")

    def next_address(self) -> str:
        if self._given == _NODES:
            raise CannotRun(f"the backend 'local' has room for {_NODES} nodes")
        self._given += 1
        return f"{self.prefix}.{self._given}"

    def release(self) -> None:
        self.socket.close()


def _try(prefix: str) -> socket.socket | None:
    lock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        lock.bind(f"\0planc/{prefix}")
    except OSError as trouble:
        lock.close()
        if trouble.errno != errno.EADDRINUSE:
            raise
        return None
    return lock
