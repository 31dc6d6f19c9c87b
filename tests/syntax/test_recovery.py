"""Whatever a file holds: the parser ends, never raises, and says all that is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planc.diagnostics import Diagnostic
from planc.source import Span
from planc.source.load import from_text
from planc.syntax import nodes as n
from planc.syntax import parse

SAMPLES = [file.read_text() for file in sorted(Path(__file__).parent.glob("everything*.plan.txt"))]
WORDS = [*"{}()[],=|#'\n\"", '"""', "for", "at", "5s", "x", "expect", "scenario"]


def parsed(text: str) -> tuple[n.File, list[Diagnostic]]:
    return parse(from_text(text, "a.plan"))


def nodes_of(value: Any) -> Iterator[n.Node]:
    if isinstance(value, n.Node):
        yield value
        for name in type(value).__slots__:
            yield from nodes_of(getattr(value, name))
    elif isinstance(value, tuple) and not isinstance(value, Span):
        for each in value:
            yield from nodes_of(each)


def test_all_errors_of_a_file_are_reported() -> None:
    tree, found = parsed(
        """plan "x"
clustr store {
  nodes 5 of raft_kv
}
workload w on store {
  clients 8 8
  keys 20 uniform
  rate 100 per second
}
scenario "one" {
  expect a = 1
  run w for 30 s {
    at 5s crsh n1
    at 6s crash n1
    slow n1 by 5ms
  }
  expect count(x == 1
  expect history is linearizable
}
scenario "two" {
  let r = { a: 1 b: 2 }
  wait 5s
}
"""
    )

    assert [each.span.line for each in found] == [2, 6, 8, 11, 12, 13, 15, 17, 21]
    one = next(each for each in tree.declarations if isinstance(each, n.Scenario))
    assert [type(each) for each in one.body] == [n.Broken, n.Run, n.Broken, n.Expect]
    run = one.body[1]
    assert isinstance(run, n.Run)
    assert [type(each) for each in run.body] == [n.At, n.At, n.Broken]


def test_unclosed_block_does_not_swallow_the_next_scenario() -> None:
    tree, found = parsed(
        'plan "x"\nscenario "a" {\n  over 5s {\n    crash n1\n}\nscenario "b" {\n  expet 1\n}\n'
    )

    assert [(each.code, each.span.line) for each in found] == [("PLC0103", 3), ("PLC0102", 7)]
    assert len(tree.declarations) == 2


def test_ten_thousand_nested_blocks_are_one_error() -> None:
    _, found = parsed('plan "x"\nscenario "s" {\n' + "over 5s {\n" * 10_000)

    assert [each.code for each in found] == ["PLC0152"]


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000,
        "[" * 10_000,
        "not " * 10_000 + "x",
        "- " * 10_000 + "1",
        "1" + " + 1" * 10_000,
        "x" + ".y" * 10_000,
        "x" + "[0]" * 10_000,
        "if a then b else " * 10_000 + "c",
        '"' + '{"' * 10_000,
        '"{1' + " + 1" * 10_000 + '}"',
        "{ a: " * 10_000,
        "f(" * 10_000,
    ],
    ids=lambda text: text[:8],
)
def test_deep_expressions_are_refused(text: str) -> None:
    tree, found = parsed(f'plan "x"\nlet a = {text}\n')

    assert found
    assert not any(isinstance(each, n.Let) for each in tree.declarations)


def test_statements_nested_without_braces_are_refused() -> None:
    _, found = parsed('plan "x"\nscenario "s" {\n over 5s {\n' + "at 1s " * 5000 + "heal\n}\n}")

    assert [each.code for each in found] == ["PLC0153"]


@pytest.mark.parametrize("sign", ["]", '"', "{", "$ ", "a ", "'", "1 "])
def test_megabytes_of_nonsense_end_soon(sign: str) -> None:
    for text in (sign * 300_000, f'plan "x"\n{sign}\n' * 50_000):
        _, found = parsed(text[:1_000_000])
        assert 0 < len(found) <= 102


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damage_makes_the_parser_fail(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(SAMPLES))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        length = data.draw(st.integers(0, 12))
        text = text[:start] + data.draw(st.sampled_from(["", *WORDS])) + text[start + length :]

    tree, found = parsed(text)

    for node in nodes_of(tree):
        assert 0 <= node.span.start <= node.span.end <= len(text)
    if any(isinstance(node, n.Broken) for node in nodes_of(tree)):
        assert found
    for each in found:
        assert 0 <= each.span.start <= each.span.end <= len(text)
        assert each.message


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([*WORDS, " ", "plan", "run", "crash n1", "-", "{{", "}}"])))
def test_no_soup_of_words_makes_the_parser_fail(words: list[str]) -> None:
    tree, found = parsed(" ".join(words))

    assert found or tree.header is not None


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_no_text_makes_the_parser_fail(text: str) -> None:
    parsed(text.encode("utf-8", "replace").decode())
