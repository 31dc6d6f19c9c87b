"""Recording, writing, reading back."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planc_runtime.history import History, Operation, Outcome
from support.histories import op, unknown

HALVES = st.characters(min_codepoint=0xDC00, max_codepoint=0xDFFF, categories=["Cs"])
"""What is left of bytes that are no text, as the client of Redis hands them on."""
TEXTS = st.text(st.characters(codec="utf-8") | HALVES)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
OPERATIONS = st.builds(
    Operation,
    index=st.integers(0, 100),
    process=st.integers(0, 9),
    f=st.text(max_size=8),
    args=st.lists(JSON, max_size=3).map(tuple),
    intended=st.floats(0, 1e6),
    invoked=st.floats(0, 1e6),
    completed=st.none() | st.floats(0, 1e6),
    outcome=st.sampled_from(Outcome),
    value=JSON,
    error=st.none() | st.text(),
    workload=st.text(max_size=8),
    node=st.none() | st.text(max_size=8),
    began=st.integers(-1, 9),
    ended=st.integers(-1, 9),
)


def test_recording_numbers_operations_and_events() -> None:
    history = History()
    first = history.begin(unknown(1, "write", "x", 1, at=0))
    second = history.begin(unknown(2, "read", "x", at=0))
    history.end(second)
    history.end(first)
    assert [(o.index, o.began, o.ended) for o in history] == [(0, 0, 3), (1, 1, 2)]


def test_an_operation_ends_once() -> None:
    history = History()
    operation = history.begin(unknown(1, "read", "x", at=0))
    history.end(operation)
    with pytest.raises(ValueError, match="operation 0 has ended before"):
        history.end(operation)


@given(operations=st.lists(OPERATIONS, max_size=5))
def test_what_is_written_is_read_back(
    operations: list[Operation], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("history") / "history.jsonl"
    History(operations).write_jsonl(path)
    read = History.read_jsonl(path)
    assert read.operations == operations
    before = path.read_bytes()
    read.write_jsonl(path)
    assert path.read_bytes() == before


def test_a_line_has_plain_keys_in_a_fixed_order(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    History([op(3, "write", "x", "ä", at=(1, 2.5), index=0, node="n1")]).write_jsonl(path)
    assert path.read_text(encoding="utf-8") == (
        '{"index":0,"process":3,"f":"write","args":["x","ä"],"intended":1,"invoked":1,'
        '"completed":2.5,"outcome":"ok","value":null,"error":null,"workload":"load","node":"n1",'
        '"began":-1,"ended":-1}\n'
    )


def test_values_without_a_form_in_json_are_written_without_addresses(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    value = [b"raw\xff", {2, 1}, object()]
    History([op(0, "read", "x", at=(0, 1), value=value)]).write_jsonl(path)
    assert History.read_jsonl(path)[0].value == ["raw\\xff", [1, 2], "<object>"]


@pytest.mark.parametrize("line", ["", "[]", "{}", "not json", '{"index": 1}'])
def test_a_broken_line_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="line 1 is not an operation"):
        History.from_lines([line])


def test_a_workloads_history_includes_the_final_reads_of_its_keys() -> None:
    mine = op(0, "write", "x", 1, at=(0, 1))
    other = op(0, "write", "y", 1, at=(0, 1), workload="other")
    final = [op(9, "final_read", key, at=(5, 6), workload="") for key in ("x", "y")]
    assert History([mine, other, *final]).of_workload("load").operations == [mine, final[0]]
