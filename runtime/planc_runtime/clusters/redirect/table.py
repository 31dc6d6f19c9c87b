"""Which hosts are cut off from which, in memory that all processes of a world share.

A keeper is asked about every datagram and every connection of its node; with the table it knows the
answer without asking anybody. Only the exchange writes it.
"""

from __future__ import annotations

import mmap
import os

_SIDE = 256
"""Hosts are known by the last number of their addresses."""
SIZE = _SIDE * _SIDE


class Table:
    def __init__(self, descriptor: int, *, writable: bool = False) -> None:
        access = mmap.ACCESS_WRITE if writable else mmap.ACCESS_READ
        self._cells = mmap.mmap(descriptor, SIZE, access=access)

    def is_cut(self, source: int, target: int) -> bool:
        return bool(self._cells[source * _SIDE + target])

    def set(self, source: int, target: int, cut: bool) -> None:
        self._cells[source * _SIDE + target] = int(cut)

    def close(self) -> None:
        self._cells.close()


def make() -> int:
    """Return a descriptor of an empty table."""
    descriptor = os.memfd_create("planc-cuts", os.MFD_CLOEXEC)
    os.ftruncate(descriptor, SIZE)
    return descriptor


def number_of(address: str) -> int:
    """Return the number by which a host is known."""
    return int(address.rpartition(".")[2])
