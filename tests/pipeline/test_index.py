"""The index tells what tests there are without running or importing anything."""

from __future__ import annotations

from tests.pipeline.conftest import PLAN, Files

from planc.pipeline import compile

TABLE = """
scenario "a store of {size} gives {what}" for size in [3, 5] {
  tags  table
  cluster own {
    nodes size of raft_kv
  }
  cases
    | what  | number |
    | reads | 1      |
    | "w w" | size   |
  expect what == "reads"
  expect number == 1
  expect count(running(own)) == size
}
"""


def test_the_index_describes_plan_and_scenarios(project: Files) -> None:
    project.write("plans/store/first.plan", PLAN + TABLE)

    index = compile(root=project.root).plans[0].index

    assert index is not None
    assert (index["title"], index["line"]) == ("The store survives", 1)
    assert index["uses"] == ["plans/store/systems/store.plan"]
    first, second = index["scenarios"]
    assert first["test"] == "test_a_crash_is_survived"
    assert (first["title"], first["line"]) == ("a crash is survived", 14)
    assert (first["covers"], first["catches"]) == (["con-failover"], ["stale_read"])
    assert (first["clusters"], first["abilities"]) == (["store"], ["crash"])
    assert (first["severity"], first["cases"]) == ("medium", [])
    assert second["title"] == "a store of {size} gives {what}"
    assert (second["tags"], second["clusters"]) == (["table"], ["own"])
    assert second["cases"] == [
        {"size": 3, "what": "reads", "number": 1},
        {"size": 3, "what": "w w", "number": "size"},
        {"size": 5, "what": "reads", "number": 1},
        {"size": 5, "what": "w w", "number": "size"},
    ]


def test_a_library_and_a_wrong_plan_have_none(project: Files) -> None:
    project.write("plans/store/first.plan", PLAN.replace("raft_kv", "raft_kw"))

    first, library = compile(root=project.root).plans

    assert (first.index, first.text, first.is_library) == (None, None, False)
    assert (library.index, library.text, library.is_library) == (None, None, True)
