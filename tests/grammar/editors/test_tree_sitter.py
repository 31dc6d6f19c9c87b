"""The tree-sitter grammar accepts what the compiler accepts, and makes the trees of its corpus."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from tests.support.plans import plan_texts

from planc.source.load import from_text
from planc.syntax import parse as parse_plan
from planc_grammar.editors.files import TREE_SITTER
from planc_grammar.reference import read_pages

from .conftest import Parse, wrong

ROOT = Path(__file__).parents[3]
SAMPLES = sorted((ROOT / "tests/syntax").glob("everything*.plan.txt"))
PLANS = sorted((ROOT / "plans").rglob("*.plan"))
EXAMPLES = [entry for page in read_pages() for entry in page.entries]
NOT_SYNTAX = {"PLC0002", "PLC0131", "PLC0138"}
"""An empty file, an unknown unit, a file without header: trees all the same."""


class Case(NamedTuple):
    name: str
    text: str
    tree: str


def corpus() -> list[Case]:
    found = []
    for file in sorted((TREE_SITTER / "test/corpus").glob("*.txt")):
        pattern = r"(?ms)^===+\n(.*?)\n===+\n(.*?)\n---+\n(.*?)(?=^===|\Z)"
        for name, text, tree in re.findall(pattern, file.read_text("utf-8")):
            found.append(Case(name, text + "\n", " ".join(tree.split())))
    return found


CORPUS = corpus()


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: case.name)
def test_corpus(case: Case, parse: Parse) -> None:
    assert _flat(str(parse(case.text))) == _flat(case.tree)


def _flat(tree: str) -> str:
    return re.sub(r"\s*([()])\s*", r"\1", tree)


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: case.name)
def test_the_compiler_reads_the_corpus(case: Case) -> None:
    _, found = parse_plan(from_text(case.text))
    assert [each.message for each in found if each.code not in NOT_SYNTAX] == []


@pytest.mark.parametrize("file", [*SAMPLES, *PLANS], ids=lambda file: file.name)
def test_plans(file: Path, parse: Parse) -> None:
    assert list(wrong(parse(file.read_text("utf-8")))) == []


@pytest.mark.parametrize("entry", EXAMPLES, ids=lambda entry: entry.title)
def test_examples_of_the_reference(entry: Any, parse: Parse) -> None:
    assert list(wrong(parse(entry.plan))) == []


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=plan_texts())
def test_any_plan(text: str, parse: Parse) -> None:
    assert list(wrong(parse(text))) == [], text


def test_a_broken_line_leaves_the_rest(parse: Parse) -> None:
    text = 'plan "x"\nscenario "s" {\n  wait 1s\n  crash n1 for )\n  heal\n  mark "later"\n}\n'
    text += 'scenario "t" {\n  wait 2s\n}\n'
    tree = parse(text)
    assert tree.has_error
    assert {"wait", "mark", "scenario"} <= Counter(_kinds(tree)).keys()


def _kinds(node: Any) -> list[str]:
    return [node.type, *(kind for child in node.children for kind in _kinds(child))]


def test_colours(language: Any, parse: Parse) -> None:
    import tree_sitter

    query = tree_sitter.Query(language, (TREE_SITTER / "queries/highlights.scm").read_text())
    tree = parse('plan "x {n1}"\nscenario "s" {\n  covers con-a\n  at 5s crash n1 for 2s # c\n}\n')
    found = tree_sitter.QueryCursor(query).captures(tree)
    texts = {name: {node.text.decode() for node in nodes} for name, nodes in found.items()}
    assert texts["keyword"] >= {"plan", "scenario", "at", "for"}
    assert texts["keyword.exception"] == {"crash"}
    assert texts["property"] == {"covers"}
    assert texts["number"] == {"5s", "2s"}
    assert texts["comment"] == {"# c"}
    assert "n1" in texts["variable"]
    assert "con-a" in texts["constant"]


def test_the_corpus_has_every_construct() -> None:
    kinds = json.loads((TREE_SITTER / "src/node-types.json").read_text("utf-8"))
    known = {kind["type"] for kind in kinds if kind["named"]}
    shown = {word for case in CORPUS for word in re.findall(r"\((\w+)", case.tree)}
    missing = known - shown - {"ERROR"}
    assert not missing, "add to test/corpus what has them; tree-sitter test --update writes trees"


QUERIED = """plan "x" {
  owner "a"
}
service s {
  param n = 1
}
fault f(who) {
  crash who
}
scenario "s" {
  let rows = [1,
    2]
  expect "abc" matches "a+"  # c
}
"""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("folds", {"fold": {"plan_header", "service", "block", "scenario", "list", "text"}}),
        ("indents", {"indent.begin": {"plan_header", "service", "block", "scenario", "list"}}),
        ("injections", {"injection.content": {"comment", "content"}}),
        ("locals", {"local.scope": {"file", "fault_declaration", "block", "scenario"}}),
    ],
)
def test_queries(name: str, expected: dict[str, set[str]], language: Any, parse: Parse) -> None:
    import tree_sitter

    query = tree_sitter.Query(language, (TREE_SITTER / f"queries/{name}.scm").read_text())
    found = tree_sitter.QueryCursor(query).captures(parse(QUERIED))
    kinds = {capture: {node.type for node in nodes} for capture, nodes in found.items()}
    assert expected.items() <= kinds.items()
    if name == "locals":
        texts = {capture: {node.text for node in nodes} for capture, nodes in found.items()}
        assert texts["local.definition.var"] == {b"rows"}
        assert texts["local.definition.parameter"] == {b"who"}
        assert texts["local.definition.function"] == {b"f"}
        assert texts["local.definition.type"] == {b"s"}
