"""One list of keywords: whoever shows plans knows those of the grammar, and no other."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from planc.highlight import PlanLexer
from planc_grammar.editors.files import STAMP, TEXTMATE, TREE_SITTER, WORDS, digest, files
from planc_grammar.editors.lexicon import all_words, words
from planc_grammar.tables import load_tables
from planc_grammar.words import load_words

MADE_ANEW = "run `python -m planc_grammar.editors` and commit what it writes"
KEYWORDS = {word for word in load_tables().literals if word.isalpha()}
"""Those of the parser's own tables, which are made from the Lark grammar."""


@pytest.mark.parametrize("path", files(), ids=lambda path: path.name)
def test_what_is_made_from_the_grammar_is_up_to_date(path: Path) -> None:
    assert path.read_text("utf-8") == files()[path], MADE_ANEW


def test_the_parser_is_of_this_grammar() -> None:
    assert STAMP.read_text("utf-8").strip() == digest(), MADE_ANEW


def test_tree_sitter_makes_the_parser_that_is_committed(tmp_path: Path) -> None:
    if shutil.which("tree-sitter") is None:
        assert STAMP.exists()  # the stamp stands for it
        return
    shutil.copytree(TREE_SITTER, tmp_path / "plan")
    made = tmp_path / "plan/src/parser.c"
    made.unlink()
    subprocess.run(["tree-sitter", "generate", "--abi", "14"], cwd=tmp_path / "plan", check=True)
    assert made.read_text() == (TREE_SITTER / "src/parser.c").read_text(), MADE_ANEW


def test_every_keyword_has_one_role() -> None:
    listed = [word for role in load_words().values() for word in role]
    assert len(listed) == len(set(listed))
    assert set(listed) == KEYWORDS == all_words()
    assert json.loads(WORDS.read_text()) == words()


def test_tree_sitter_knows_the_keywords() -> None:
    grammar = (TREE_SITTER / "grammar.js").read_text()
    rules = grammar.partition("  rules: {")[2]
    assert set(re.findall(r"'([a-z]+)'", rules)) == KEYWORDS
    query = (TREE_SITTER / "queries/highlights.scm").read_text()
    alone = dict(re.findall(r"    (\w+): \$ => '([a-z]+)',", rules))
    coloured = set(re.findall(r'"([a-z]+)"', query))
    coloured |= {alone[name] for name in re.findall(r"\((\w+)\)", query) if name in alone}
    assert coloured == KEYWORDS


def test_textmate_knows_the_keywords() -> None:
    grammar = json.loads((TEXTMATE / "plan.tmLanguage.json").read_text())
    found: set[str] = set()
    _collect(grammar["repository"], found)
    assert found == KEYWORDS


def _collect(part: object, found: set[str]) -> None:
    """Gather the plain words that patterns list: `(?:a|b)`, `(a|b)`."""
    if isinstance(part, dict):
        for key in ("match", "begin"):
            for listed in re.findall(r"\((?:\?:)?([a-z|]+)\)", part.get(key, "")):
                found.update(listed.split("|"))
        for each in part.values():
            _collect(each, found)
    elif isinstance(part, list):
        for each in part:
            _collect(each, found)


@pytest.mark.parametrize("word", sorted(KEYWORDS))
def test_pygments_colours_every_keyword_somewhere(word: str) -> None:
    """At the beginning of a line, or between two other words."""
    kinds = {
        str(kind)
        for text in (f"  {word} x\n", f"expect a {word} b\n")
        for kind, value in PlanLexer().get_tokens(text)
        if value == word
    }
    assert kinds & {f"Token.{each}" for each in ("Keyword", "Keyword.Declaration", "Keyword.Pseudo",
                    "Keyword.Reserved", "Keyword.Constant", "Operator.Word")}, kinds  # fmt: skip


def test_pygments_knows_no_other_keyword() -> None:
    tokens = PlanLexer().get_tokens("  lead x\nexpect lead node2 orbit b\n")
    named = [value for kind, value in tokens if "Keyword" in str(kind)]
    assert named == ["expect"]
