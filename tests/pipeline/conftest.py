"""A small project on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

LIBRARY = """\
library "store"

service raft_kv {
  python "raft_kv.server:main"
  ports  http 8000
  status GET "/status" on http returns json
  role   leader when status.role == "leader"
  plant  stale_read "serves reads without confirming leadership"
}

client kv over http on port http {
  read(k)     GET "/kv/{k}" returns json.value
  write(k, v) PUT "/kv/{k}" json { value: v }
}
"""

PLAN = """\
plan "The store survives"

use "systems/store.plan"

cluster store {
  nodes 3 of raft_kv
}

workload load on store {
  client kv
  rate   10/s
}

scenario "a crash is survived" {
  covers con-failover
  catches stale_read
  run load for 5s {
    at 1s crash leader(store) for 2s
  }
  expect history is linearizable
}
"""


class Files:
    """A project's folder, written and read in short words."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, path: str, text: str) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        return file

    def read(self, path: str) -> str:
        return (self.root / path).read_text("utf-8")

    def exists(self, path: str) -> bool:
        return (self.root / path).exists()


@pytest.fixture
def project(tmp_path: Path) -> Files:
    files = Files(tmp_path)
    files.write("planc.yaml", "")
    files.write("plans/store/first.plan", PLAN)
    files.write("plans/store/systems/store.plan", LIBRARY)
    return files
