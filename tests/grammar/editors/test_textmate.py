"""The TextMate grammar in the tokenizer of VS Code, on real plans."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

import pytest

from planc.source.load import from_text
from planc.syntax.words import read_words
from planc_grammar.editors.files import TEXTMATE
from planc_grammar.tables import SOFT_NAMES, load_tables

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "tests/grammar/textmate"
INSTALL = "npm install --prefix tests/grammar/textmate --no-package-lock"
PLANS = sorted((ROOT / "plans").rglob("*.plan"))
KEYWORDS = {kind for word, kind in load_tables().literals.items() if word.isalpha()}
COLOURED = ("keyword", "constant.language")

PLAN = """plan "The {n1.name} of \\"it\\" {{x}}" { # why
  tags a-b, c
}
workload registers on store {
  client  kv
  rate    100/s to 1Mbit/s
}
scenario "s" for size in [3, 5] {
  let rate = rate + 2.5 * size
  run registers for 5s { at 5s crash leader(store) for 5s }
  expect p99 latency of write outside faults < 100ms
  http GET \"""{url}/"x"
    # no comment\""" header Accept "a"
  stop n1
  when stop == 1 and not others in [true] {
    kv.crash(stop)
  }
}
"""
Line = list[tuple[str, list[str]]]


def tokenize(*texts: str) -> list[list[Line]]:
    """Return for each text its lines as words with their scopes."""
    if not (FOLDER / "node_modules/vscode-textmate").is_dir() or shutil.which("node") is None:
        if os.environ.get("PLANC_REQUIRE_SYSTEMS"):
            pytest.fail(f"vscode-textmate is missing: {INSTALL}")
        pytest.skip(f"needs node, and: {INSTALL}")
    grammar = json.loads((TEXTMATE / "plan.tmLanguage.json").read_text("utf-8"))
    done = subprocess.run(
        ["node", "tokenize.mjs"],
        cwd=FOLDER,
        input=json.dumps({"grammar": grammar, "texts": texts}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[list[Line]] = json.loads(done.stdout)
    return found


def test_scopes() -> None:
    (lines,) = tokenize(PLAN)
    assert scopes(lines[0], "plan") == "keyword.declaration.plan"
    assert scopes(lines[0], "# why") == "comment.line.number-sign.plan"
    assert scopes(lines[0], '\\"') == "constant.character.escape.plan"
    assert scopes(lines[0], "{{") == "constant.character.escape.plan"
    assert scopes(lines[0], "name") == "variable.other.property.plan"
    assert scopes(lines[1], "a-b") == "constant.other.id.plan"
    assert scopes(lines[3], "registers") == "entity.name.type.plan"
    assert scopes(lines[5], "rate") == "keyword.other.setting.plan"
    assert scopes(lines[5], "/s") == "keyword.other.unit.plan"
    assert scopes(lines[7], "size") == "variable.other.definition.plan"
    assert scopes(lines[8], "rate") == "variable.other.definition.plan"
    assert scopes(lines[9], "crash") == "keyword.other.fault.plan"
    assert scopes(lines[9], "leader") == "entity.name.function.plan"
    assert scopes(lines[10], "p99") == "constant.numeric.percentile.plan"
    assert scopes(lines[11], "GET") == "support.constant.method.plan"
    assert scopes(lines[12], "    # no comment") == "string.quoted.triple.plan"
    assert scopes(lines[12], "header") == "keyword.other.plan"
    assert scopes(lines[13], "stop") == "keyword.other.fault.plan"
    assert scopes(lines[14], "stop") == "variable.other.plan"
    assert scopes(lines[14], "others") == "constant.language.plan"
    assert scopes(lines[15], "crash") == "entity.name.function.plan"
    assert scopes(lines[15], "stop") == "variable.other.plan"


def scopes(line: Line, word: str) -> str:
    """Return the innermost scope of a word of a line."""
    for text, found in line:
        if text == word:
            return found[-1] if found else ""
    raise AssertionError(f"no {word!r} in {[text for text, _ in line]}")


def test_plans_are_coloured_as_they_are_read() -> None:
    """Keywords are contextual, so a pattern guesses; on real plans the guess is right."""
    texts = [path.read_text("utf-8") for path in PLANS]
    wrong: list[str] = []
    words = 0
    for path, text, lines in zip(PLANS, texts, tokenize(*texts), strict=True):
        coloured = dict(_coloured(lines))
        for word, is_keyword in _words(text):
            words += 1
            if (word in coloured) != is_keyword:
                wrong.append(f"{path.name}:{text.count(chr(10), 0, word[0]) + 1} {word[1]}")
    assert len(wrong) < 0.01 * words, wrong


def _words(text: str) -> Iterator[tuple[tuple[int, str], bool]]:
    """Yield the words of a plan, and whether the parser took each for a keyword."""
    for word in read_words(from_text(text))[0]:
        if word.text.isidentifier() and word.kind not in SOFT_NAMES:
            yield (word.start, word.text), word.kind in KEYWORDS


def _coloured(lines: list[Line]) -> Iterator[tuple[tuple[int, str], bool]]:
    starts = accumulate((sum(len(text) for text, _ in line) + 1 for line in lines), initial=0)
    for start, line in zip(starts, lines, strict=False):
        for text, found in line:
            if found and found[-1].startswith(COLOURED) and "operator.comparison" not in found[-1]:
                yield (start, text), True
            start += len(text)
