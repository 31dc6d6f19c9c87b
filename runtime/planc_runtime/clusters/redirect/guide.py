"""The line of whoever leads connections to the exchange: where does this one go?

The exchange listens on a name among the abstract Unix sockets; whoever comes from the same user
gets the table of cuts, and then an answer to every question.
"""

from __future__ import annotations

import _thread  # threading would double what a keeper needs to start
import errno
import os
import socket
import struct

from planc_runtime.clusters.redirect.listening import is_listening
from planc_runtime.clusters.redirect.table import Table, number_of

QUESTION = struct.Struct("!BBH")
"""From which host, to which, to which port."""
ANSWER = struct.Struct("!H")
EXCHANGE = 255
"""The last number of the exchange's own address, which no host ever gets."""
_PATIENCE = 20.0


def name_of(prefix: str) -> str:
    """Return the name that the exchange of a range of addresses listens on."""
    return f"\0planc/{prefix}/exchange"


class Guide:
    def __init__(self, prefix: str, own: str) -> None:
        self.prefix = prefix
        self.own = own
        self.exchange = f"{prefix}.{EXCHANGE}"
        self._line: socket.socket | None = None
        self._table: Table | None = None
        self._ports: dict[tuple[str, int], int] = {}
        self._turn = _thread.allocate_lock()

    def is_peer(self, address: str) -> bool:
        """Tell whether an address belongs to another host of this world."""
        ours = address.rpartition(".")[0] == self.prefix
        return ours and address not in (self.own, self.exchange)

    def cuts(self, address: str) -> bool:
        """Tell whether packets to a host vanish."""
        return self._cut(self.own, address)

    def silences(self, address: str) -> bool:
        """Tell whether packets to a host or from it vanish: no connection comes about."""
        return self._cut(self.own, address) or self._cut(address, self.own)

    def leads(self, address: str, port: int) -> bool:
        """Tell whether a connection is to go through the exchange.

        Where nobody listens, the kernel itself says so; over a cut nobody says anything.
        """
        if not self.is_peer(address):
            return False
        return self.silences(address) or is_listening(address, port)

    def port(self, address: str, port: int) -> int:
        """Return the port of the exchange that leads there; raises OSError when it is gone."""
        key = (address, port)
        if key not in self._ports:
            line, _ = self._open()
            with self._turn:
                line.sendall(QUESTION.pack(number_of(self.own), number_of(address), port))
                answer = line.recv(ANSWER.size)
            if not answer:
                raise OSError(errno.EHOSTUNREACH, "the exchange is gone")
            self._ports[key] = ANSWER.unpack(answer)[0]
        return self._ports[key]

    def close(self) -> None:
        if self._line is not None:
            self._line.close()
        if self._table is not None:
            self._table.close()

    def _cut(self, source: str, target: str) -> bool:
        _, table = self._open()
        return table.is_cut(number_of(source), number_of(target))

    def _open(self) -> tuple[socket.socket, Table]:
        with self._turn:
            if self._line is None or self._table is None:
                line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                line.settimeout(_PATIENCE)
                line.connect(name_of(self.prefix))
                _, (descriptor,), _, _ = socket.recv_fds(line, 1, 1)
                self._table = Table(descriptor)
                os.close(descriptor)
                self._line = line
            return self._line, self._table
