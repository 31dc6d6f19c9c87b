"""What a node keeps on disk, and when it counts as kept.

Three files: `term.json` (term and vote), `snapshot.json`, and `log.wal`, one line an entry. Small
files are replaced whole: written beside, synced, renamed, and the folder synced, or the new name
may be lost with the power. The log is appended to and synced; a line for an index that is there
already overrules it and everything after it, so that the log is never cut in place.

A line begins with its checksum. A damaged last line is a write that was cut off, which nobody was
told of; damage anywhere else means that acknowledged entries are gone, and the node must not start.
"""

from __future__ import annotations

import json
import os
import zlib
from pathlib import Path
from typing import Any

from .log import Log
from .messages import Entry, Snapshot


class Damaged(Exception):
    """The disk does not hold what was stored on it."""


class Storage:
    def __init__(self, folder: Path, planted: frozenset[str] = frozenset()) -> None:
        self.folder = folder
        self.planted = planted
        self._wal = -1
        self._vote: tuple[int, str | None] = (0, None)
        self._snapshot = Snapshot()

    def load(self) -> tuple[int, str | None, Log]:
        """Return term, vote and log as they were stored, and be ready to store more."""
        self.folder.mkdir(parents=True, exist_ok=True)
        term = self._read("term.json", {"term": 0, "vote": None})
        self._vote = (term["term"], term["vote"])
        self._snapshot = Snapshot(**self._read("snapshot.json", {}))
        log = Log(self._snapshot, self._read_wal(self._snapshot.index))
        self._write_wal(log.entries)
        return *self._vote, log

    def save(self, term: int, vote: str | None, log: Log) -> None:
        """Store what changed; when it returns, it survives the loss of power."""
        if (term, vote) != self._vote:
            self._save_vote(term, vote)
        if log.snapshot is not self._snapshot:
            self._save_snapshot(log.snapshot)
        if log.rewritten:
            self._write_wal(log.entries)
        elif log.changed_from is not None:
            first = max(log.changed_from, log.snapshot.index + 1)
            self._append_wal(log.slice(first, len(log.entries)))
        log.stored()

    def close(self) -> None:
        if self._wal >= 0:
            os.close(self._wal)
            self._wal = -1

    def _save_vote(self, term: int, vote: str | None) -> None:
        self._vote = (term, vote)
        # Right: both survive a restart, or a node could vote twice in one term.
        stored_vote = None if "forget_vote" in self.planted else vote
        stored_term = 0 if "forget_term" in self.planted else term
        self._replace("term.json", {"term": stored_term, "vote": stored_vote})

    def _save_snapshot(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        # Right: synced before the log is cut; until then the log is all there is.
        self._replace(
            "snapshot.json", snapshot.__dict__, sync="snapshot_unsynced" not in self.planted
        )

    def _append_wal(self, entries: list[Entry]) -> None:
        if not entries:
            return
        _write(self._wal, b"".join(_line(entry) for entry in entries))
        # Right: an entry is acknowledged only after it is on the disk.
        if "skip_fsync" not in self.planted:
            os.fsync(self._wal)

    def _write_wal(self, entries: list[Entry]) -> None:
        self.close()
        path = self.folder / "log.wal"
        self._replace_bytes(path, b"".join(_line(entry) for entry in entries))
        self._wal = os.open(path, os.O_WRONLY | os.O_APPEND)

    def _read_wal(self, snapshot_index: int) -> list[Entry]:
        path = self.folder / "log.wal"
        lines = path.read_bytes().split(b"\n") if path.exists() else [b""]
        entries: list[Entry] = []
        for number, line in enumerate(lines, 1):
            entry = _entry(line)
            if entry is None:
                if any(lines[number:]):
                    raise Damaged(f"{path}: line {number} does not match its checksum")
                break
            if entry.index <= snapshot_index:
                continue
            at = entry.index - snapshot_index - 1
            if at > len(entries):
                raise Damaged(f"{path}: line {number}: entries before {entry.index} are missing")
            entries[at:] = [entry]
        return entries

    def _read(self, name: str, default: dict[str, Any]) -> dict[str, Any]:
        path = self.folder / name
        if not path.exists():
            return default
        try:
            value: dict[str, Any] = json.loads(path.read_bytes())
        except ValueError as error:
            raise Damaged(f"{path}: {error}") from None
        return value

    def _replace(self, name: str, value: object, *, sync: bool = True) -> None:
        self._replace_bytes(self.folder / name, json.dumps(value).encode(), sync=sync)

    def _replace_bytes(self, path: Path, data: bytes, *, sync: bool = True) -> None:
        beside = path.with_suffix(".new")
        file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        try:
            _write(file, data)
            if sync:
                os.fsync(file)
        finally:
            os.close(file)
        os.replace(beside, path)
        if sync:
            self._sync_folder()

    def _sync_folder(self) -> None:
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _write(file: int, data: bytes) -> None:
    while data:
        data = data[os.write(file, data) :]


def _line(entry: Entry) -> bytes:
    text = json.dumps(entry).encode()
    return b"%08x %s\n" % (zlib.crc32(text), text)


def _entry(line: bytes) -> Entry | None:
    checksum, _, text = line.partition(b" ")
    if len(checksum) != 8 or b"%08x" % zlib.crc32(text) != checksum:
        return None
    return Entry(*json.loads(text))
