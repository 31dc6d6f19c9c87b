"""When lines of a log arrived, and what else a scenario's folder keeps for its report."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from planc_runtime.engine.watching.arrivals import Arrivals


def node_with(log: Path) -> Any:
    return SimpleNamespace(placement=SimpleNamespace(log=log))


def test_a_new_length_is_noted_once_with_the_time_of_the_look(tmp_path: Path) -> None:
    times = iter([1.0, 2.5])
    node = node_with(tmp_path / "n1.log")
    arrivals = Arrivals(tmp_path / "arrivals.jsonl", times.__next__)
    arrivals.look(node)
    for text in ("ready\n", "", "leader\n"):
        with node.placement.log.open("a") as log:
            log.write(text)
        arrivals.look(node)
    arrivals.close()
    rows = [json.loads(line) for line in (tmp_path / "arrivals.jsonl").read_text().splitlines()]
    assert rows == [
        {"log": "n1.log", "size": 6, "t": 1.0},
        {"log": "n1.log", "size": 13, "t": 2.5},
    ]


def test_without_a_word_there_is_no_file(tmp_path: Path) -> None:
    arrivals = Arrivals(tmp_path / "arrivals.jsonl", lambda: 0.0)
    arrivals.look(node_with(tmp_path / "n1.log"))
    arrivals.close()
    assert not (tmp_path / "arrivals.jsonl").exists()


def test_what_cannot_be_noted_does_not_end_a_scenario(tmp_path: Path) -> None:
    (tmp_path / "n1.log").write_text("ready\n")
    arrivals = Arrivals(tmp_path / "no such folder" / "arrivals.jsonl", lambda: 0.0)
    arrivals.look(node_with(tmp_path / "n1.log"))
    arrivals.close()
