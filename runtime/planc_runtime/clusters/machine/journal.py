"""What a power cut would take from a node's disk: every change since it was last synced.

The model is the simulator's (clusters.sim.disk), close to ext4 but without its luck: content is
durable up to the last sync of the file, which makes its name durable, too; other names are durable
after a sync of their folder; folders are durable as soon as they are made. Changes are told before
the kernel carries them out, and a change that then fails does no harm.

A journal outlives incarnations, and the keeper that writes it: it is saved when its node has ended,
and read by the next keeper or by whoever cuts the power (`cut.py`).
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from planc_runtime.clusters.machine.contents import Before, Contents
from planc_runtime.clusters.machine.names import Names

_LARGEST_MAP = 64 << 20
"""Bytes of a file that is copied at every sync, because it is written through memory."""


class Journal:
    """Use `Journal.open`; `data` is the node's folder, `store` one beside it for ourselves."""

    def __init__(self, data: Path, store: Path) -> None:
        self.data, self.store = data, store
        self.contents = Contents(store)
        self.names = Names(store)
        self.unseen: list[str] = []
        """What was written in ways that pass unseen: after a cut, it may be there or not."""
        self.seen = 0
        """How many changes and syncs there have been."""
        self._mapped: set[int] = set()

    @classmethod
    def open(cls, data: str, store: str) -> Journal:
        """Begin one, or go on with the one that the last keeper has saved there."""
        journal = cls(Path(os.path.realpath(data)), Path(store))
        journal.store.mkdir(parents=True, exist_ok=True)
        if (file := saved(journal.store)).exists():
            journal._load(json.loads(file.read_text()))
            # What is there is of a keeper that has ended as it should.
            file.unlink()
        return journal

    def holds(self, path: str) -> bool:
        return path.startswith(f"{self.data}/")

    def mapping(self, file: str, now: os.stat_result) -> None:
        """A file is about to be written through memory: from now on it is known by its copies."""
        if now.st_size > _LARGEST_MAP:
            self.pass_unseen(f"{now.st_size >> 20} MiB mapped into memory")
            return
        self._mapped.add(now.st_ino)
        self.contents.changing(file, now, 0, now.st_size)

    def pass_unseen(self, what: str) -> None:
        if what not in self.unseen:
            self.unseen.append(what)

    def synced_file(self, file: str, path: str) -> None:
        """A file, or a folder, is about to be synced; `file` is a way to open it."""
        now = os.stat(file)
        self.names.synced_folder(now.st_ino)
        self.contents.synced(now.st_ino)
        self.names.synced_file(path, now.st_ino)
        if now.st_ino in self._mapped:
            self.contents.changing(file, now, 0, now.st_size)

    def synced(self) -> None:
        """All there is has been synced."""
        self.names.synced()
        for inode in list(self.contents.changed):
            self.contents.synced(inode)
        if self._mapped:
            self.pass_unseen("changed through memory after a sync of the whole disk")

    def save(self) -> None:
        names = self.names
        state = {
            "changed": [[i, b.size, b.saved] for i, b in self.contents.changed.items()],
            "folders": list(names.folders.items()),
            "numbers": names.numbers,
            "durable": [[*entry, names.paths[entry], one] for entry, one in names.durable.items()],
            "unseen": self.unseen,
            "seen": self.seen,
        }
        new = self.store / "new"
        new.write_text(json.dumps(state))
        new.rename(saved(self.store))

    def _load(self, state: dict[str, Any]) -> None:
        for inode, size, pieces in state["changed"]:
            self.contents.changed[inode] = Before(size, [(low, high) for low, high in pieces])
        for folder, name, path, identity in state["durable"]:
            self.names.durable[folder, name] = identity
            self.names.paths[folder, name] = path
        self.names.folders = dict(state["folders"])
        self.names.numbers = state["numbers"]
        self.unseen, self.seen = state["unseen"], state["seen"]


def saved(store: Path) -> Path:
    """Return where the journal is between two incarnations."""
    return store / "journal.json"
