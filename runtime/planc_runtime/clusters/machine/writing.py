"""Every change that a node makes to its disk passes here before the kernel carries it out.

So that a full disk can refuse it and a journal can take note of what a power cut would take back.
Costs some microseconds for each write, of sockets as well: it is done only in scenarios that
speak of such troubles. What is not below the node's data goes on without further ado.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from typing import NamedTuple

from planc_runtime.clusters.machine import calls
from planc_runtime.clusters.machine.callers import HERE, Caller, Cursor
from planc_runtime.clusters.machine.desk import Desk
from planc_runtime.clusters.machine.journal import Journal
from planc_runtime.clusters.machine.seccomp import Call

_REMOVE_FOLDER = 0x200
_ANONYMOUS = 0x20
_KEEP_SIZE, _PUNCH, _MOVES = 1, 2, 8 | 0x20
"""Modes of fallocate; those that move what is behind."""
_RWF_SYNCS, _RWF_APPEND = 2 | 4, 0x10
_ANYWHERE = (1 << 64) - 1
_END = 1 << 62


class Write(NamedTuple):
    """A change of a file's content: from `low` up to `high`."""

    descriptor: int
    low: int
    high: int
    needs_room: bool = True
    syncs: bool = False


class Writing:
    """Answers calls that change files, and tells a journal of them if there is one."""

    def __init__(self, desk: Desk, data: str, journal: Journal | None) -> None:
        self._desk = desk
        self._below = os.path.realpath(data) + "/"
        self._journal = journal
        self._names = calls.numbers(calls.FILES)
        self.full = False
        self.refused = 0
        desk.handle(calls.WRITES, self._on_write)
        desk.handle(calls.NAMES, self._on_name)
        desk.handle((calls.SYNC,), self._on_sync)

    def syncing(self, call: Call) -> None:
        """Take note of a call that syncs, which is about to be carried out."""
        if (journal := self._journal) is None:
            return
        journal.seen += 1
        caller = Caller(call.thread)
        match calls.numbers(calls.SYNCS)[call.number]:
            case "fsync" | "fdatasync":
                path, handle = caller.target(call.arguments[0]), call.arguments[0]
                if journal.holds(path) or path == str(journal.data):
                    journal.synced_file(caller.opened(handle), path)
            case "syncfs":
                journal.synced()
            case "msync":
                if journal.holds(path := caller.mapped(call.arguments[0])):
                    journal.synced_file(path, path)

    def _on_sync(self, call: Call) -> None:
        if self._journal is not None:
            self._journal.synced()
        self._desk.answer(call)

    def _on_write(self, call: Call) -> None:
        self._answer(call, self._judge_write)

    def _on_name(self, call: Call) -> None:
        self._answer(call, self._judge_name)

    def _answer(self, call: Call, judge: Callable[[Caller, str, tuple[int, ...]], int]) -> None:
        try:
            error = judge(Caller(call.thread), self._names[call.number], call.arguments)
        except OSError:
            # The caller is gone, or what it asks for is not there: the kernel will tell it.
            error = 0
        if self._desk.answer(call, error):
            self.refused += error == errno.ENOSPC

    # --- contents -----------------------------------------------------------------------------

    def _judge_write(self, caller: Caller, name: str, arguments: tuple[int, ...]) -> int:
        if name == "io_uring_setup":
            # Programs that know it do without, and what it writes could not be seen.
            return errno.ENOSYS
        if name == "truncate":
            return self._truncate(caller, arguments)
        if name == "io_submit":
            if self._journal is not None:
                self._journal.pass_unseen("written by io_submit")
            return 0
        descriptor = arguments[_DESCRIPTOR.get(name, 0)]
        path = caller.target(descriptor)
        if not path.startswith(self._below):
            return 0
        now = caller.stat(descriptor)
        if name == "mmap":
            if self._journal is not None and not arguments[3] & _ANONYMOUS:
                self._journal.mapping(caller.opened(descriptor), now)
            return 0
        write = _EXTENTS[name](caller, arguments, now.st_size)
        if self.full and write.needs_room and write.high > now.st_size:
            return errno.ENOSPC
        if self._journal is not None:
            self._journal.seen += 1
            if write.syncs:
                self._journal.synced_file(caller.opened(descriptor), path)
            else:
                self._journal.contents.changing(
                    caller.opened(descriptor), now, write.low, write.high
                )
        return 0

    def _truncate(self, caller: Caller, arguments: tuple[int, ...]) -> int:
        path = os.path.realpath(caller.path(HERE, arguments[0]))
        if self._journal is not None and path.startswith(self._below):
            self._journal.contents.changing(path, os.stat(path), arguments[1], _END)
        return 0

    # --- names --------------------------------------------------------------------------------

    def _judge_name(self, caller: Caller, name: str, arguments: tuple[int, ...]) -> int:
        if name in _MAKING:
            folder, place = _MAKING[name]
            path = caller.path(HERE if folder is None else arguments[folder], arguments[place])
            refused = self.full and path.startswith(self._below) and not os.path.lexists(path)
            return errno.ENOSPC if refused else 0
        if self._journal is None:
            return 0
        self._journal.seen += 1
        if name in _OPENING:
            self._open(caller, name, arguments)
            return 0
        for descriptor, place in _TOUCHED[name]:
            folder = HERE if descriptor is None else arguments[descriptor]
            path = caller.path(folder, arguments[place])
            if not path.startswith(self._below):
                continue
            if name == "rmdir" or (name == "unlinkat" and arguments[2] & _REMOVE_FOLDER):
                self._journal.names.removing_folder(path)
            else:
                self._journal.names.touch(path)
        return 0

    def _open(self, caller: Caller, name: str, arguments: tuple[int, ...]) -> None:
        assert self._journal is not None
        folder, place = _OPENING[name]
        path = caller.path(HERE if folder is None else arguments[folder], arguments[place])
        if not path.startswith(self._below):
            return
        match name:
            case "creat":
                flags = os.O_CREAT | os.O_TRUNC
            case "openat2":
                flags = caller.number(arguments[2]) or 0
            case _:
                flags = arguments[place + 1]
        if flags & os.O_CREAT:
            self._journal.names.creating(path)
        if flags & os.O_TRUNC and os.path.isfile(path):
            self._journal.contents.changing(path, os.stat(path), 0, _END)


# --- where a call has what -----------------------------------------------------------------------

_DESCRIPTOR = {"mmap": 4, "splice": 2, "copy_file_range": 2}
"""Which argument is the file that is written, if not the first."""

_OPENING: dict[str, tuple[int | None, int]] = {
    "open": (None, 0),
    "openat": (0, 1),
    "openat2": (0, 1),
    "creat": (None, 0),
}
"""Which arguments are the folder and the path."""

_MAKING: dict[str, tuple[int | None, int]] = {"mkdir": (None, 0), "mkdirat": (0, 1)}
"""Folders need room, and are durable as soon as they are made."""

_TOUCHED: dict[str, tuple[tuple[int | None, int], ...]] = {
    "rename": ((None, 0), (None, 1)),
    "renameat": ((0, 1), (2, 3)),
    "renameat2": ((0, 1), (2, 3)),
    "link": ((None, 1),),
    "linkat": ((2, 3),),
    "symlink": ((None, 1),),
    "symlinkat": ((1, 2),),
    "unlink": ((None, 0),),
    "unlinkat": ((0, 1),),
    "rmdir": ((None, 0),),
}


def _at_cursor(caller: Caller, descriptor: int, length: int, size: int) -> Write:
    return _write(descriptor, caller.cursor(descriptor), length, size)


def _write(descriptor: int, cursor: Cursor, length: int, size: int) -> Write:
    low = size if cursor.appends else cursor.offset
    return Write(descriptor, low, low + length, syncs=cursor.syncs)


def _at(caller: Caller, descriptor: int, offset: int, length: int, size: int) -> Write:
    return _write(descriptor, caller.cursor(descriptor)._replace(offset=offset), length, size)


def _pwritev2(caller: Caller, arguments: tuple[int, ...], size: int) -> Write:
    descriptor, address, count, offset, _, flags = arguments
    length = caller.vector_length(address, count)
    cursor = caller.cursor(descriptor)
    if offset != _ANYWHERE:
        cursor = cursor._replace(offset=offset)
    return _write(
        descriptor,
        Cursor(
            cursor.offset,
            cursor.appends or bool(flags & _RWF_APPEND),
            cursor.syncs or bool(flags & _RWF_SYNCS),
        ),
        length,
        size,
    )


def _at_pointer(caller: Caller, arguments: tuple[int, ...], size: int) -> Write:
    """splice and copy_file_range: at the number that a pointer points to, or at the cursor."""
    descriptor, pointer, length = arguments[2:5]
    offset = caller.number(pointer)
    if offset is None:
        return _at_cursor(caller, descriptor, length, size)
    return _at(caller, descriptor, offset, length, size)


def _ftruncate(caller: Caller, arguments: tuple[int, ...], size: int) -> Write:
    """A hole needs no room."""
    return Write(arguments[0], arguments[1], _END, needs_room=False)


def _fallocate(caller: Caller, arguments: tuple[int, ...], size: int) -> Write:
    descriptor, mode, low, length = arguments[:4]
    if mode & ~_KEEP_SIZE:
        return Write(descriptor, low, _END if mode & _MOVES else low + length, False)
    return Write(descriptor, size, max(size, low + length))


_EXTENTS: dict[str, Callable[[Caller, tuple[int, ...], int], Write]] = {
    "write": lambda c, a, size: _at_cursor(c, a[0], a[2], size),
    "pwrite64": lambda c, a, size: _at(c, a[0], a[3], a[2], size),
    "writev": lambda c, a, size: _at_cursor(c, a[0], c.vector_length(a[1], a[2]), size),
    "pwritev": lambda c, a, size: _at(c, a[0], a[3], c.vector_length(a[1], a[2]), size),
    "pwritev2": _pwritev2,
    "sendfile": lambda c, a, size: _at_cursor(c, a[0], a[3], size),
    "splice": _at_pointer,
    "copy_file_range": _at_pointer,
    "ftruncate": _ftruncate,
    "fallocate": _fallocate,
}
