"""Which names of a node's disk would be found after a power cut, as far as they differ from now.

A name is an entry of a folder, and both are known by identity, not by path: a folder that is
renamed takes its entries along. What a durable name belongs to is kept alive by a hard link.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

Entry = tuple[int, str]
"""Number of the folder, name in it."""
Identity = int
"""Of a file its inode, of a folder minus its number."""


class Names:
    def __init__(self, store: Path) -> None:
        self._store = store
        self.folders: dict[int, int] = {}
        """Inode -> number. A number is never used again, an inode soon is."""
        self.numbers = 0
        self.durable: dict[Entry, Identity | None] = {}
        """What was there when the folder was last synced; None: nothing."""
        self.paths: dict[Entry, str] = {}
        """Where the entry was when it was touched first."""

    def touch(self, path: str) -> None:
        """Take note that a name is about to be made, changed or removed."""
        entry, now = self._entry(path), self.identity(path)
        if entry not in self.durable:
            self.durable[entry] = now
            self.paths[entry] = path
        if now is not None and now > 0 and now in self.durable.values():
            with contextlib.suppress(FileExistsError):
                os.link(path, self.kept(now), follow_symlinks=False)

    def creating(self, path: str) -> None:
        """Take note that a file may be made; one that is there keeps its name."""
        if not os.path.lexists(path):
            self.touch(path)

    def removing_folder(self, path: str) -> None:
        """Take note that a folder may be removed; its inode may be another's soon."""
        if not os.listdir(path):
            self.touch(path)
            self.folders.pop(os.stat(path).st_ino, None)

    def synced_file(self, path: str, inode: int) -> None:
        """A sync of a file makes its name durable, and those that it had before are gone."""
        if self.identity(path) != inode:
            return
        here = self._entry(path)
        self._forget(here)
        for entry in [entry for entry, one in self.durable.items() if one == inode]:
            if self.identity(self.paths[entry]) == inode:
                self._forget(entry)
            else:
                self.durable[entry] = None
                self._release(inode)

    def synced_folder(self, inode: int) -> None:
        number = self.folders.get(inode)
        for entry in [entry for entry in self.durable if entry[0] == number]:
            self._forget(entry)

    def synced(self) -> None:
        for entry in list(self.durable):
            self._forget(entry)

    def identity(self, path: str) -> Identity | None:
        """Return what is at a path now, None for nothing."""
        try:
            found = os.lstat(path)
        except OSError:
            return None
        return -self._number(found.st_ino) if stat.S_ISDIR(found.st_mode) else found.st_ino

    def kept(self, inode: int) -> Path:
        """Return where the store keeps a file alive."""
        return self._store / f"{inode}.link"

    def _entry(self, path: str) -> Entry:
        folder, name = os.path.split(path)
        return self._number(os.stat(folder).st_ino), name

    def _number(self, inode: int) -> int:
        if inode not in self.folders:
            self.numbers += 1
            self.folders[inode] = self.numbers
        return self.folders[inode]

    def _forget(self, entry: Entry) -> None:
        """The name is durable as it is."""
        was = self.durable.pop(entry, None)
        self.paths.pop(entry, None)
        self._release(was)

    def _release(self, was: Identity | None) -> None:
        """Let go of a file unless some durable name still needs it."""
        if was is not None and was > 0 and was not in self.durable.values():
            with contextlib.suppress(FileNotFoundError):
                self.kept(was).unlink()
