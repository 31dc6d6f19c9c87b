"""What a simulated machine's disk holds, and what of it would survive a power cut.

The data directory shows what programs see: the page cache. Beside it the disk keeps what has
become durable, by a model close to ext4 but without its luck, so that a program that relies on luck
fails:

- content is durable up to the last fsync or fdatasync of the file;
- fsync of a file makes its name durable too (a new file, or one renamed before);
- other changes of names (rename, unlink) are durable after fsync of their directory; a name made
  durable that way belongs to an empty file when the content was never synced;
- directories themselves are durable as soon as they are made.

Files that no Python code has written since the world began are left alone.
"""

from __future__ import annotations

import errno
import fnmatch
import io
import itertools
import os
import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from planc_runtime.protocols.rules import DiskRule


@dataclass(eq=False)
class File:
    """A file whose content has been touched; survives renames, as an inode does."""

    path: str | None
    """Its name now, absolute; None once it is unlinked."""
    durable: bytearray
    dirty_from: int | None = None
    """The lowest offset written since the last sync."""

    def dirty(self, offset: int) -> None:
        if self.dirty_from is None or offset < self.dirty_from:
            self.dirty_from = offset


@dataclass(frozen=True)
class Loss:
    files: int
    bytes: int
    names: int


class Disk:
    """One machine's disk. Paths are absolute; `root` is the data directory."""

    def __init__(self) -> None:
        self.root = ""
        self.counts: Counter[str] = Counter()
        """Calls that met a trouble: syncs delayed, syncs failed, writes refused."""
        self.flips = 0
        self.full = self.fails_sync = False
        self.delay = 0.0
        self._rules: list[DiskRule] = []
        self._names: dict[str, File] = {}
        self._durable_names: dict[str, File] = {}

    def mount(self, root: Path) -> None:
        self.root = os.path.realpath(root)

    def holds(self, path: str) -> bool:
        return path.startswith(self.root + os.sep) or path == self.root

    # --- troubles -----------------------------------------------------------------------------

    def add(self, rule: DiskRule) -> None:
        self._rules.append(rule)
        self._merge()

    def remove(self, rule: DiskRule) -> None:
        self._rules = [one for one in self._rules if one is not rule]
        self._merge()

    def _merge(self) -> None:
        self.full = any(rule.full for rule in self._rules)
        self.fails_sync = any(rule.fail_sync for rule in self._rules)
        self.delay = sum(rule.delay for rule in self._rules)

    def need_room(self, end: int, size: int) -> None:
        """Raise ENOSPC when a write up to `end` would grow a file on a full disk."""
        if self.full and end > size:
            self.counts["writes refused"] += 1
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    # --- what programs do ---------------------------------------------------------------------

    def touch(self, path: str) -> File | None:
        """Know an existing file from now on, durable as it lies there; None when there is none."""
        file = self._names.get(path)
        if file is None and os.path.isfile(path):
            with _open(path, "rb") as stream:
                file = File(path, bytearray(stream.read()))
            self._names[path] = self._durable_names[path] = file
        return file

    def known(self, path: str) -> File | None:
        """A file that was touched before; any other is durable as it lies there."""
        return self._names.get(path)

    def create(self, path: str) -> File:
        file = self._names[path] = File(path, bytearray(), dirty_from=0)
        return file

    def renamed(self, old: str, new: str) -> None:
        """Follow a rename that has happened; both names were touched before."""
        if old == new:
            return
        for name in [name for name in self._names if _below(name, new)]:
            self._names.pop(name).path = None
        for name in [name for name in self._names if _below(name, old)]:
            file = self._names.pop(name)
            file.path = new + name[len(old) :]
            self._names[file.path] = file

    def unlinked(self, path: str) -> None:
        file = self._names.pop(path, None)
        if file is not None:
            file.path = None

    def touch_tree(self, path: str) -> None:
        """Touch a file, or all files below a folder."""
        self.touch(path)
        for folder, _, names in os.walk(path):
            for name in names:
                self.touch(os.path.join(folder, name))

    def sync_file(self, file: File) -> None:
        if file.path is None:
            return
        if file.dirty_from is not None:
            with _open(file.path, "rb") as stream:
                stream.seek(file.dirty_from)
                file.durable[file.dirty_from :] = stream.read()
            file.dirty_from = None
        if self._durable_names.get(file.path) is not file:
            for name in [name for name, one in self._durable_names.items() if one is file]:
                del self._durable_names[name]
            self._durable_names[file.path] = file

    def sync_folder(self, folder: str) -> None:
        for name in [name for name in self._durable_names if os.path.dirname(name) == folder]:
            if self._names.get(name) is not self._durable_names[name]:
                del self._durable_names[name]
        for name, file in self._names.items():
            if os.path.dirname(name) == folder:
                self._durable_names[name] = file

    # --- what befalls it ----------------------------------------------------------------------

    def lose_unsynced(self) -> Loss:
        """Make the data directory what a power cut would have left."""
        lost_bytes = lost_files = lost_names = 0
        for path, file in sorted(self._names.items()):
            if self._durable_names.get(path) is not file:
                lost_names += 1
            if file.dirty_from is not None:
                lost = _beyond_common(_content(path), bytes(file.durable))
                lost_bytes += lost
                lost_files += lost > 0
            if os.path.isfile(path) and path not in self._durable_names:
                os.unlink(path)
        lost_names += sum(path not in self._names for path in self._durable_names)
        for path, file in sorted(self._durable_names.items()):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with _open(path, "wb") as stream:
                stream.write(file.durable)
            file.path, file.dirty_from = path, None
        self._names = dict(self._durable_names)
        return Loss(lost_files, lost_bytes, lost_names)

    def flip_bits(self, glob: str, count: int, draw: random.Random) -> list[tuple[str, int]]:
        """Flip bits, in the page cache and on the medium alike; returns (relative name, bit)."""
        self.flips += 1
        root = Path(self.root)
        sizes = {
            path.relative_to(root).as_posix(): path.stat().st_size
            for path in sorted(root.rglob("*"))
            if path.is_file()
        }
        names = [name for name, size in sizes.items() if size and fnmatch.fnmatch(name, glob)]
        flipped = []
        for _ in range(count if names else 0):
            name = draw.choice(names)
            bit = draw.randrange(sizes[name] * 8)
            self._flip(os.path.join(self.root, name), bit)
            flipped.append((name, bit))
        return flipped

    def _flip(self, path: str, bit: int) -> None:
        with _open(path, "r+b") as stream:
            stream.seek(bit // 8)
            changed = stream.read(1)[0] ^ 1 << bit % 8
            stream.seek(bit // 8)
            stream.write(bytes([changed]))
        file = self._names.get(path)
        if file is not None and bit // 8 < len(file.durable):
            file.durable[bit // 8] ^= 1 << bit % 8


_open = io.open
"""The real one: what the model itself reads is no open file of a node."""


def _below(name: str, path: str) -> bool:
    return name == path or name.startswith(path + os.sep)


def _content(path: str) -> bytes:
    try:
        with _open(path, "rb") as stream:
            return stream.read()
    except OSError:
        return b""


def _beyond_common(now: bytes, durable: bytes) -> int:
    """Bytes of the page cache behind the part that agrees with the medium."""
    pairs = zip(now, durable, strict=False)
    agreed = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))
    return len(now) - agreed
