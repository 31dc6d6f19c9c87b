"""What is told of a measure at the cursor, by the words around it."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("pygls", reason="pip install -e '.[lsp]'")

from planc.lsp.hover import hover
from planc.lsp.project import Project

PLAN = """plan "x"
scenario "a" {
  expect availability >= 99%
  expect availability over time >= 99%
  expect increase of metric "x_total" of n1 <= 3
  expect max of metric "x" of n1 < 3
  expect max latency < 5ms
  expect open files growth of n1 < 3
  expect no log line matches "panic" ignoring case
}
"""


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("availability >=", "the share served of operations"),
        ("availability over", "the share of time that is no downtime"),
        ("increase of", "of a Prometheus metric"),
        ("max of", "of a Prometheus metric"),
        ("max latency", "**measures**"),
        ("latency <", "from when an operation was due"),
        ("files growth", "the open files of a node rose"),
        ("line matches", "What must hold"),
    ],
)
def test_hover_tells_what_is_measured(words: str, told: str, tmp_path: Path) -> None:
    project = Project(str(tmp_path))
    project.open("plans/x.plan", PLAN)
    found = hover(project, "plans/x.plan", PLAN.index(words) + 1)
    assert found is not None
    assert told in found[0]
