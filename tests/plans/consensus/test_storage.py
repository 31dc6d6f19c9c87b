"""What is on disk comes back, and what is damaged is noticed."""

from __future__ import annotations

from pathlib import Path

import pytest
from raft_kv.log import Log
from raft_kv.messages import Snapshot
from raft_kv.storage import Damaged, Storage


def stored(folder: Path, *values: int) -> Path:
    storage = Storage(folder)
    term, vote, log = storage.load()
    for value in values:
        log.append(1, {"op": "put", "key": "k", "value": value})
    storage.save(term, vote, log)
    storage.close()
    return folder / "log.wal"


def load(folder: Path) -> Log:
    storage = Storage(folder)
    log = storage.load()[2]
    storage.close()
    return log


def values(log: Log) -> list[int]:
    return [entry.command["value"] for entry in log.entries]


def test_term_vote_and_entries_come_back(tmp_path: Path) -> None:
    storage = Storage(tmp_path)
    _, _, log = storage.load()
    log.append(3, {"op": "noop"})
    storage.save(3, "b", log)
    storage.close()
    again = Storage(tmp_path)
    term, vote, log = again.load()
    again.close()
    assert (term, vote) == (3, "b")
    assert [entry.term for entry in log.entries] == [3]


def test_a_later_line_overrules_what_it_replaces(tmp_path: Path) -> None:
    storage = Storage(tmp_path)
    term, vote, log = storage.load()
    for value in (1, 2, 3):
        log.append(1, {"op": "put", "key": "k", "value": value})
    storage.save(term, vote, log)
    log.truncate(2)
    log.append(2, {"op": "put", "key": "k", "value": 9})
    storage.save(term, vote, log)
    storage.close()
    assert values(load(tmp_path)) == [1, 9]


@pytest.mark.parametrize("cut", [2, 5, 20])
def test_a_write_that_was_cut_off_is_forgotten(tmp_path: Path, cut: int) -> None:
    wal = stored(tmp_path, 1, 2)
    wal.write_bytes(wal.read_bytes()[:-cut])
    assert values(load(tmp_path)) == [1]
    assert values(load(tmp_path)) == [1]


def test_a_last_line_without_its_end_of_line_is_whole(tmp_path: Path) -> None:
    wal = stored(tmp_path, 1, 2)
    wal.write_bytes(wal.read_bytes()[:-1])
    assert values(load(tmp_path)) == [1, 2]
    assert wal.read_bytes().endswith(b"\n")


def test_damage_before_the_end_keeps_the_node_down(tmp_path: Path) -> None:
    wal = stored(tmp_path, 1, 2, 3)
    data = bytearray(wal.read_bytes())
    data[15] ^= 1
    wal.write_bytes(data)
    with pytest.raises(Damaged, match="line 1"):
        load(tmp_path)


def test_a_snapshot_replaces_the_entries_before_it(tmp_path: Path) -> None:
    storage = Storage(tmp_path)
    term, vote, log = storage.load()
    for value in (1, 2, 3):
        log.append(1, {"op": "put", "key": "k", "value": value})
    storage.save(term, vote, log)
    log.compact(Snapshot(2, 1, ["a"], {"data": {}, "sessions": {}}))
    storage.save(term, vote, log)
    storage.close()
    log = load(tmp_path)
    assert (log.snapshot.index, log.last_index, values(log)) == (2, 3, [3])


def test_a_crash_between_snapshot_and_log_loses_nothing(tmp_path: Path) -> None:
    wal = stored(tmp_path, 1, 2, 3)
    before = wal.read_bytes()
    storage = Storage(tmp_path)
    term, vote, log = storage.load()
    log.compact(Snapshot(2, 1, None, {"data": {}, "sessions": {}}))
    storage.save(term, vote, log)
    storage.close()
    wal.write_bytes(before)
    assert values(load(tmp_path)) == [3]
