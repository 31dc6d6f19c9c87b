"""How much room a simulated disk has: the same on every machine, and none when it is full."""

from __future__ import annotations

import os
from typing import Any

from planc_runtime.clusters.sim.files import descriptors
from planc_runtime.clusters.sim.patches.files import placed
from planc_runtime.clusters.sim.patches.patching import Patches, per_process
from planc_runtime.clusters.sim.process import Process

_BLOCK = 4096
_BLOCKS = 16 << 30 >> 12
_FILES = 1 << 20
_LONGEST_NAME = 255

_statvfs, _fstatvfs = os.statvfs, os.fstatvfs


def apply(patches: Patches) -> None:
    patches.function(os, "statvfs", per_process(os.statvfs, _of_path, nodes_only=True))
    patches.function(os, "fstatvfs", per_process(os.fstatvfs, _of_descriptor, nodes_only=True))


def _of_path(process: Process, path: Any) -> os.statvfs_result:
    if isinstance(path, int):
        return _of_descriptor(process, path)
    where = placed(process, path)
    true = _statvfs(where)
    return _room(process) if process.machine.disk.holds(where) else true


def _of_descriptor(process: Process, number: int) -> os.statvfs_result:
    true = _fstatvfs(number)
    known = descriptors.get(number)
    return true if known is None else _room(process)


def _room(process: Process) -> os.statvfs_result:
    """Return what a disk of 16 GiB says, with the node's own files on it."""
    disk = process.machine.disk
    sizes = _sizes(disk.root)
    left = 0 if disk.full else max(0, _BLOCKS - sum(-(-size // _BLOCK) for size in sizes))
    if disk.full:
        disk.counts["times told that there is no room"] += 1
    inodes = max(0, _FILES - len(sizes))
    return os.statvfs_result(
        (_BLOCK, _BLOCK, _BLOCKS, left, left, _FILES, inodes, inodes, 0, _LONGEST_NAME)
    )


def _sizes(root: str) -> list[int]:
    return [
        os.lstat(os.path.join(folder, name)).st_size
        for folder, _, names in os.walk(root)
        for name in names
    ]
