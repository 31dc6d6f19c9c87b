"""Recorded histories judged again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planc_runtime.checkers import HISTORY_CHECKS
from planc_runtime.history import History, Operation, Outcome
from planc_runtime.recheck import main


def operation(index: int, f: str, args: tuple[object, ...], at: float, value: object = None):
    return Operation(
        index=index,
        process=index,
        f=f,
        args=args,
        intended=at,
        invoked=at,
        completed=at + 0.5,
        outcome=Outcome.OK,
        value=value,
        workload="registers",
    )


def record(path: Path, read: object) -> str:
    """Write 1, write 2, then read: only 2 is linearizable."""
    operations = [
        operation(0, "write", ("k", 1), 0.0),
        operation(1, "write", ("k", 2), 1.0),
        operation(2, "read", ("k",), 2.0, read),
    ]
    History(operations).write_jsonl(path)
    return str(path)


def test_a_good_history_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([record(tmp_path / "h.jsonl", 2)]) == 0
    assert capsys.readouterr().out.startswith("passed: ")


def test_a_stale_read_is_found_with_its_evidence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([record(tmp_path / "h.jsonl", 1)]) == 1
    first, *evidence = capsys.readouterr().out.splitlines()
    assert first.startswith("failed: ")
    assert evidence


def test_a_joined_history_is_judged_in_its_parts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = []
    for name, value in (("good", 2), ("bad", 1)):
        record(tmp_path / "part", value)
        part = (tmp_path / "part").read_text().splitlines()
        lines += ['{"scenario":"' + name + '",' + line[1:] for line in part]
    (tmp_path / "joined").write_text("\n".join(lines) + "\n")
    assert main([str(tmp_path / "joined")]) == 1
    verdicts = [line for line in capsys.readouterr().out.splitlines() if line[0] != " "]
    assert [line.split(":")[0] for line in verdicts] == ["passed", "failed"]


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("nonsense\n", []),
        ("[1]\n", []),
        ('{"a": 1}\n', []),
        ("", ["--property", "nice"]),
        ("", ["--model", "nice"]),
        ("", ["--model", "no_such_module:f"]),
        ("", ["--model", "json:no_such_function"]),
        ("", ["--option", "strict"]),
    ],
)
def test_what_cannot_be_read_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, arguments: list[str]
) -> None:
    (tmp_path / "h").write_text(text)
    assert main([str(tmp_path / "h"), *arguments]) == 2
    assert capsys.readouterr().err.startswith("error: ")


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"index": None}, "line 2 is not an operation: its `index` is no whole number"),
        ({"invoked": "soon"}, "its `invoked` is no moment in seconds"),
        ({"completed": float("nan")}, "its `completed` is no moment in seconds"),
        ({"completed": 0.5}, "it is `completed` before it was `invoked`"),
        ({"args": "k"}, "its `f` is no name, or its `args` no list"),
        ({"outcome": "maybe"}, "its `outcome` is none of ok, fail, unknown"),
        ({"node": 3}, "its `node` is no text"),
        ({"began": "x"}, "its `began` is no whole number"),
        ({"index": 0}, "line 2 has the index 0 a second time"),
    ],
)
def test_a_damaged_operation_is_named_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: dict[str, object], wrong: str
) -> None:
    lines = Path(record(tmp_path / "h", 2)).read_text().splitlines()
    lines[1] = json.dumps(json.loads(lines[1]) | change)
    (tmp_path / "h").write_text("\n".join(lines))
    assert main([str(tmp_path / "h")]) == 2
    assert wrong in capsys.readouterr().err


def test_a_history_without_operations_is_no_history(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for content in (b"", b"\n\n", b"\x1f\x8b\x08\x00"):
        (tmp_path / "h").write_bytes(content)
        assert main([str(tmp_path / "h")]) == 2
        assert "is not a history: " in capsys.readouterr().err


def test_a_mark_of_encoding_and_empty_lines_do_no_harm(tmp_path: Path) -> None:
    text = Path(record(tmp_path / "h", 2)).read_text()
    (tmp_path / "h").write_text("\ufeff" + text.replace("\n", "\n\n"))
    assert main([str(tmp_path / "h")]) == 0


def test_a_file_that_was_cut_names_the_line_where_it_ends(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "h").write_text(Path(record(tmp_path / "h", 2)).read_text()[:-40])
    assert main([str(tmp_path / "h")]) == 2
    assert "line 3 is not JSON: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--option", "ttl=5"], "no property asked for has an option 'ttl'"),
        (["--property", "mutually-exclusive", "--option", "ttl=soon"], "'soon' is no ttl"),
        (["--property", "bank-total", "--option", "overdraft=1"], "'1' is no overdraft"),
        (
            ["--workload", "nobody"],
            "there is no workload 'nobody' in it\nhelp: there are registers",
        ),
    ],
)
def test_what_would_be_ignored_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main([record(tmp_path / "h", 2), *arguments]) == 2
    assert said in capsys.readouterr().err


def test_no_history_at_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none")]) == 2
    assert "No such file" in capsys.readouterr().err


def test_every_property_can_be_asked_for_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([record(tmp_path / "h.jsonl", 2), "--property", "all"]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line[0] != " "]
    assert [line.split(":")[0] for line in lines] == list(HISTORY_CHECKS)
    assert main([record(tmp_path / "h.jsonl", 1), "--property", "all"]) == 1


def test_properties_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(HISTORY_CHECKS)
    assert all(" Judge " in line for line in lines)


def test_options_reach_the_checker(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = record(tmp_path / "h.jsonl", 1)
    assert main([path, "--property", "serializable"]) == 0
    assert main([path, "--property", "serializable", "--option", "strict=true"]) == 1
    assert "G-single-realtime" in capsys.readouterr().out


def test_a_verdict_as_json_carries_its_evidence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([record(tmp_path / "h.jsonl", 1), "--format", "json"]) == 1
    verdict = json.loads(capsys.readouterr().out)
    assert (verdict["property"], verdict["result"]) == ("linearizable", "failed")
    assert [bar["id"] for bar in verdict["data"]["evidence"]["operations"]] == [0, 1, 2]


def test_a_model_of_the_users_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "lenient.py").write_text("def anything(state, operation):\n    return state\n")
    monkeypatch.chdir(tmp_path)
    path = record(tmp_path / "h.jsonl", 1)
    assert main([path, "--model", "lenient:anything"]) == 0
    assert "custom" in capsys.readouterr().out
