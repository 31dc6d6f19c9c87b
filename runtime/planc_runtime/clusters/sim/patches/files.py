"""Files of nodes: relative paths start in the data directory, writes go through the disk model."""

from __future__ import annotations

import builtins
import errno
import io
import os
import shutil
from collections.abc import Callable
from typing import Any

from planc_runtime.clusters.sim.files import REAL_OPEN, Descriptor, descriptors, open_as
from planc_runtime.clusters.sim.patches.patching import Patches, per_process
from planc_runtime.clusters.sim.process import Process

_BY_PATH = ("stat", "lstat", "access", "chmod", "utime", "readlink", "chown")
_BY_PATH_OR_NOTHING = ("listdir", "scandir")
_BY_TWO_PATHS = ("symlink", "link")
_WRITING = os.O_WRONLY | os.O_RDWR


def apply(patches: Patches) -> None:
    opened = per_process(REAL_OPEN, _open, nodes_only=True)
    patches.function(builtins, "open", opened)
    patches.set(io, "open", opened)
    replaced: dict[str, Callable[..., Any]] = {
        "open": _os_open,
        "close": _os_close,
        "write": _os_write,
        "pwrite": _os_pwrite,
        "ftruncate": _os_ftruncate,
        "truncate": _os_truncate,
        "sendfile": _os_sendfile,
        "fsync": _fsync,
        "fdatasync": _fsync,
        "rename": _rename(os.rename),
        "replace": _rename(os.replace),
        "unlink": _unlink(os.unlink),
        "remove": _unlink(os.remove),
        "mkdir": _mkdir,
        "rmdir": _rmdir,
        "getcwd": lambda process: process.machine.disk.root,
    }
    for name in _BY_PATH + _BY_PATH_OR_NOTHING:
        replaced[name] = _in_folder(getattr(os, name))
    for name in _BY_TWO_PATHS:
        replaced[name] = _in_folder_twice(getattr(os, name))
    for name, simulated in replaced.items():
        patches.function(os, name, per_process(getattr(os, name), simulated, nodes_only=True))
    # Removing a tree by descriptors of its folders would hide from the model what is removed.
    patches.set(shutil, "_use_fd_functions", False)
    patches.undo(descriptors.clear)


_real = {name: getattr(os, name) for name in dir(os)}


def placed(process: Process, path: Any) -> Any:
    """Resolve a relative path against the node's data directory; leave descriptors alone."""
    if isinstance(path, int):
        return path
    text = os.fsdecode(path)
    return os.path.normpath(text if os.path.isabs(text) else f"{process.machine.disk.root}/{text}")


def _open(
    process: Process,
    file: Any,
    mode: str = "r",
    buffering: int = -1,
    encoding: str | None = None,
    errors: str | None = None,
    newline: str | None = None,
    closefd: bool = True,
    opener: Any = None,
) -> Any:
    path = placed(process, file)
    _need_descriptor(process)
    text = (encoding, errors, newline)
    return open_as(process, path, mode, buffering, text, closefd, opener)


def _need_descriptor(process: Process) -> None:
    if process.machine.files_exhausted:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))


def _os_open(process: Process, path: Any, flags: int, mode: int = 0o777, **where: Any) -> int:
    _need_descriptor(process)
    disk = process.machine.disk
    if where.get("dir_fd") is not None:
        return int(_real["open"](path, flags, mode, **where))
    path = placed(process, path)
    existed = disk.touch(path) if disk.holds(path) and flags & _WRITING else None
    number = int(_real["open"](path, flags, mode))
    descriptor = descriptors[number] = Descriptor(process, disk, number=number)
    process.adopt(descriptor)
    if not disk.holds(path):
        return number
    if os.path.isdir(path):
        descriptor.folder = path
    elif flags & _WRITING:
        descriptor.file = existed or disk.create(path)
        if flags & os.O_TRUNC:
            descriptor.file.dirty(0)
    else:
        descriptor.file = disk.known(path)
    return number


def _os_close(process: Process, number: int) -> None:
    descriptor = descriptors.pop(number, None)
    if descriptor is not None:
        process.disown(descriptor)
    _real["close"](number)


def _os_write(process: Process, number: int, data: Any) -> int:
    descriptor = descriptors.get(number)
    if descriptor is not None:
        size = _real["fstat"](number).st_size
        descriptor.writing(os.lseek(number, 0, os.SEEK_CUR), size, memoryview(data).nbytes)
    return int(_real["write"](number, data))


def _os_pwrite(process: Process, number: int, data: Any, offset: int) -> int:
    descriptor = descriptors.get(number)
    if descriptor is not None:
        size = _real["fstat"](number).st_size
        descriptor.writing(offset, size, memoryview(data).nbytes)
    return int(_real["pwrite"](number, data, offset))


def _os_ftruncate(process: Process, number: int, length: int) -> None:
    descriptor = descriptors.get(number)
    if descriptor is not None:
        descriptor.truncating(length, _real["fstat"](number).st_size)
    _real["ftruncate"](number, length)


def _os_truncate(process: Process, path: Any, length: int) -> None:
    path = placed(process, path)
    if isinstance(path, int):
        _os_ftruncate(process, path, length)
        return
    file = process.machine.disk.touch(path) if process.machine.disk.holds(path) else None
    if file is not None:
        file.dirty(min(length, _real["stat"](path).st_size))
    _real["truncate"](path, length)


def _os_sendfile(process: Process, out: int, source: int, offset: int, count: int) -> int:
    descriptor = descriptors.get(out)
    if descriptor is not None:
        size = _real["fstat"](out).st_size
        descriptor.writing(os.lseek(out, 0, os.SEEK_CUR), size, 1)
    return int(_real["sendfile"](out, source, offset, count))


def _fsync(process: Process, fd: Any) -> None:
    number = fd if isinstance(fd, int) else fd.fileno()
    descriptor = descriptors.get(number)
    if descriptor is not None:
        descriptor.sync()
    else:
        _real["fstat"](number)


def _rename(real: Callable[..., Any]) -> Callable[..., Any]:
    def rename(process: Process, source: Any, target: Any, **where: Any) -> None:
        old, new = placed(process, source), placed(process, target)
        disk = process.machine.disk
        tracked = disk.holds(old) or disk.holds(new)
        if tracked:
            disk.touch_tree(old)
            disk.touch(new)
        real(old, new, **where)
        if tracked:
            disk.renamed(old, new)

    return rename


def _unlink(real: Callable[..., Any]) -> Callable[..., Any]:
    def unlink(process: Process, path: Any, *, dir_fd: int | None = None) -> None:
        if dir_fd is not None:
            real(path, dir_fd=dir_fd)
            return
        name = placed(process, path)
        disk = process.machine.disk
        if disk.holds(name):
            disk.touch(name)
        real(name)
        disk.unlinked(name)

    return unlink


def _mkdir(process: Process, path: Any, mode: int = 0o777, **where: Any) -> None:
    name = placed(process, path)
    if process.machine.disk.holds(name) and not os.path.exists(name):
        process.machine.disk.need_room(1, 0)
    _real["mkdir"](name, mode, **where)


def _rmdir(process: Process, path: Any, **where: Any) -> None:
    _real["rmdir"](placed(process, path), **where)


def _in_folder(real: Callable[..., Any]) -> Callable[..., Any]:
    def call(process: Process, path: Any = ".", *args: Any, **keywords: Any) -> Any:
        if keywords.get("dir_fd") is not None:
            return real(path, *args, **keywords)
        as_text = "." if path is None else path
        return real(placed(process, as_text) if _is_relative(as_text) else path, *args, **keywords)

    return call


def _in_folder_twice(real: Callable[..., Any]) -> Callable[..., Any]:
    def call(process: Process, source: Any, target: Any, *args: Any, **keywords: Any) -> Any:
        return real(placed(process, source), placed(process, target), *args, **keywords)

    return call


def _is_relative(path: Any) -> bool:
    return not isinstance(path, int) and not os.path.isabs(os.fsdecode(path))
