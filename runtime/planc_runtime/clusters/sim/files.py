"""Open files of simulated nodes: they feed the disk model and suffer its troubles."""

from __future__ import annotations

import errno
import io
import os
from dataclasses import dataclass
from typing import Any

from planc_runtime.clusters.sim.disk import Disk, File
from planc_runtime.clusters.sim.process import Process

REAL_OPEN = io.open
_WRITING = frozenset("wax+")


@dataclass(eq=False)
class Descriptor:
    """What an open descriptor of a node stands for: a tracked file, or a folder."""

    process: Process
    disk: Disk
    file: File | None = None
    folder: str | None = None
    number: int | None = None
    """Of a descriptor that no file object closes."""

    def sync(self) -> None:
        """fsync and fdatasync: late on a slow disk, EIO on a failing one."""
        disk = self.disk
        if disk.delay:
            disk.counts["syncs delayed"] += 1
            self.process.occupy(disk.delay)
        if disk.fails_sync:
            disk.counts["syncs failed"] += 1
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        if self.process.dead:
            return
        disk.counts["syncs"] += 1
        if self.file is not None:
            disk.sync_file(self.file)
        elif self.folder is not None:
            disk.sync_folder(self.folder)

    def release(self) -> None:
        """The process is gone: the kernel closes."""
        # A file object may have taken the number over, and closed it long ago.
        if self.number is not None and descriptors.get(self.number) is self:
            del descriptors[self.number]
            os.close(self.number)

    def writing(self, offset: int, size: int, length: int) -> None:
        """About to write `length` bytes at an offset of a file of `size` bytes."""
        self.disk.need_room(offset + length, size)
        if self.file is not None:
            self.file.dirty(min(offset, size))

    def truncating(self, length: int, size: int) -> None:
        """About to change the size; a hole needs no room."""
        if self.file is not None:
            self.file.dirty(min(length, size))


descriptors: dict[int, Descriptor] = {}
"""By number, of all nodes of the running simulation."""


class NodeFile(io.FileIO):
    """An open file of a node. After the node's death it takes data and keeps nothing."""

    def __init__(
        self, path: Any, mode: str, descriptor: Descriptor, closefd: bool, opener: Any
    ) -> None:
        super().__init__(path, mode, closefd, opener)
        self._descriptor = descriptor
        self._appends = "a" in mode
        descriptors[self.fileno()] = descriptor
        descriptor.process.adopt(self)

    def write(self, data: Any) -> int:
        if self._descriptor.process.dead:
            return memoryview(data).nbytes
        size = os.fstat(self.fileno()).st_size
        offset = size if self._appends else self.tell()
        self._descriptor.writing(offset, size, memoryview(data).nbytes)
        return super().write(data)

    def truncate(self, size: int | None = None) -> int:
        if self._descriptor.process.dead:
            return 0
        end = self.tell() if size is None else size
        self._descriptor.truncating(end, os.fstat(self.fileno()).st_size)
        return super().truncate(end)

    def close(self) -> None:
        if not self.closed:
            descriptors.pop(self.fileno(), None)
            self._descriptor.process.disown(self)
        super().close()

    def release(self) -> None:
        """The process is gone: the kernel closes; what the buffers above still hold is lost."""
        self.close()

    def __hash__(self) -> int:
        return object.__hash__(self)


def open_as(
    process: Process,
    path: Any,
    mode: str,
    buffering: int,
    text: tuple[str | None, str | None, str | None],
    closefd: bool = True,
    opener: Any = None,
) -> Any:
    """`open()` for a node: the same layers as everywhere, on a base that knows its process."""
    disk = process.machine.disk
    descriptor = Descriptor(process, disk)
    on_disk = not isinstance(path, int) and disk.holds(path)
    writes = bool(_WRITING & set(mode))
    existed = disk.touch(path) if on_disk and writes else None
    before = descriptors.get(path) if isinstance(path, int) else None
    raw = NodeFile(path, mode.replace("t", "").replace("b", ""), descriptor, closefd, opener)
    if isinstance(path, int):
        descriptor.file = before.file if before else None
    elif on_disk and writes:
        # An opener may have opened something else than the path says.
        descriptor.file = existed or (disk.create(path) if os.path.isfile(path) else None)
        if existed is not None and "w" in mode:
            existed.dirty(0)
    elif on_disk:
        descriptor.file = disk.known(path)
    return _layers(raw, mode, buffering, text)


def _layers(
    raw: NodeFile, mode: str, buffering: int, text: tuple[str | None, str | None, str | None]
) -> Any:
    binary = "b" in mode
    if buffering == 0:
        if not binary:
            raise ValueError("can't have unbuffered text I/O")
        return raw
    size = buffering if buffering > 1 else io.DEFAULT_BUFFER_SIZE
    buffer: Any
    if "+" in mode:
        buffer = io.BufferedRandom(raw, size)
    else:
        buffer = (io.BufferedWriter if _WRITING & set(mode) else io.BufferedReader)(raw, size)
    if binary:
        return buffer
    encoding, errors, newline = text
    wrapper = io.TextIOWrapper(buffer, encoding, errors, newline, line_buffering=buffering == 1)
    wrapper.mode = mode  # type: ignore[misc]
    return wrapper
