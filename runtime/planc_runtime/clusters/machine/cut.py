"""Cut the power of a machine whose node has ended: make its data what would have survived."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from planc_runtime.clusters.machine.contents import Before, copy
from planc_runtime.clusters.machine.journal import Journal, saved
from planc_runtime.clusters.machine.names import Entry, Identity, Names


class Loss(NamedTuple):
    files: int
    bytes: int
    """Written and not synced."""
    names: int
    seen: int
    """Changes and syncs that were seen since the machine began."""
    unseen: list[str]
    """What makes it uncertain."""


def cut(data: Path, store: Path) -> Loss | None:
    """Take back what was not synced, and forget about it; None when nothing is known of it."""
    if not saved(store).exists():
        return None
    journal = Journal.open(str(data), str(store))
    files, lost = _count(journal)
    names = _Restored(journal).restore()
    inodes = {os.lstat(path).st_ino: path for path in _files(journal.data)}
    for inode, before in journal.contents.changed.items():
        if inode in inodes:
            _restore(inodes[inode], journal.contents.saved(inode), before)
    shutil.rmtree(store)
    # What is left is durable: the next keeper begins with that, and so does the next cut.
    fresh = Journal.open(str(data), str(store))
    fresh.seen = journal.seen
    fresh.save()
    return Loss(files, lost, names, journal.seen, journal.unseen)


def _count(journal: Journal) -> tuple[int, int]:
    """Return how many files hold unsynced bytes, and how many those are."""
    changed = journal.contents.changed
    sizes = {found.st_ino: found.st_size for found in map(os.lstat, _files(journal.data))}
    losses = [
        max(0, sizes[inode] - before.size) + sum(high - low for low, high in before.saved)
        for inode, before in changed.items()
        if inode in sizes
    ]
    return sum(map(bool, losses)), sum(losses)


def _restore(path: str, old: Path, before: Before) -> None:
    mode = stat.S_IMODE(os.stat(path).st_mode)
    if not os.access(path, os.W_OK):
        os.chmod(path, mode | stat.S_IWUSR)
    if before.saved:
        copy(old, path, before.saved)
    os.truncate(path, before.size)
    os.chmod(path, mode)


class _Restored:
    """Puts names back: first what is in the way aside, then folders, then files."""

    def __init__(self, journal: Journal) -> None:
        self._names: Names = journal.names
        self._data = journal.data
        self._aside = journal.store / "aside"
        self._aside.mkdir()
        self._found: dict[int, str] = {}
        """Number of a folder -> where it is."""

    def restore(self) -> int:
        """Return how many names it took."""
        self._find()
        wanted = [entry for entry, one in self._names.durable.items() if self._at(entry) != one]
        for number, entry in enumerate(wanted):
            if (path := self._path(entry)) is not None and os.path.lexists(path):
                os.rename(path, self._aside / str(number))
        self._find()
        durable = self._names.durable
        self._place([(entry, one) for entry in wanted if (one := durable[entry]) is not None])
        return len(wanted)

    def _place(self, names: list[tuple[Entry, Identity]]) -> None:
        folders = [name for name in names if name[1] < 0]
        while ready := [name for name in folders if self._path(name[0])]:
            folders = [name for name in folders if name not in ready]
            for entry, identity in ready:
                self._place_folder(entry, -identity)
        for entry, identity in names:
            if identity > 0 and (path := self._path(entry)) is not None:
                with contextlib.suppress(FileNotFoundError):
                    os.link(self._names.kept(identity), path, follow_symlinks=False)

    def _place_folder(self, entry: Entry, number: int) -> None:
        path = self._path(entry)
        assert path is not None
        if number in self._found:
            os.rename(self._found[number], path)
        else:
            os.mkdir(path)
            self._names.folders[os.stat(path).st_ino] = number
        self._find()

    def _at(self, entry: Entry) -> Identity | None:
        path = self._path(entry)
        return None if path is None else self._names.identity(path)

    def _path(self, entry: Entry) -> str | None:
        folder = self._found.get(entry[0])
        return None if folder is None else os.path.join(folder, entry[1])

    def _find(self) -> None:
        self._found = {
            self._names.folders[inode]: path
            for root in (self._data, self._aside)
            for path in _folders(root)
            if (inode := os.stat(path).st_ino) in self._names.folders
        }


def _folders(root: Path) -> Iterator[str]:
    return (folder for folder, _, _ in os.walk(root))


def _files(root: Path) -> Iterator[str]:
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            if stat.S_ISREG(os.lstat(path).st_mode):
                yield path
