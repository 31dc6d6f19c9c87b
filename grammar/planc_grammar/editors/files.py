"""The files that are made, and where they belong."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

from planc_grammar.editors.lexicon import words
from planc_grammar.editors.rules import FOLDER
from planc_grammar.editors.textmate import tm_language
from planc_grammar.editors.treesitter import grammar_js, highlights_scm

TREE_SITTER = FOLDER.parent / "tree-sitter"
TEXTMATE = FOLDER.parent / "textmate"
WORDS = FOLDER / "words.json"
STAMP = TREE_SITTER / "src" / "grammar.sha256"
"""Says which grammar.js the committed parser was made from."""
INSTALL = "cargo install tree-sitter-cli --version 0.25.10 --no-default-features"


def files() -> dict[Path, str]:
    """Return the text of every file but the parser, which tree-sitter makes of one of them."""
    return {
        WORDS: json.dumps(words(), indent=2) + "\n",
        TEXTMATE / "plan.tmLanguage.json": tm_language(),
        TREE_SITTER / "grammar.js": grammar_js(),
        TREE_SITTER / "queries" / "highlights.scm": highlights_scm(),
    }


def digest() -> str:
    """Return what the stamp must say."""
    return hashlib.sha256(grammar_js().encode()).hexdigest()


def make_parser() -> str:
    """Run tree-sitter if the grammar has changed; return what to do where it is not installed."""
    if STAMP.exists() and STAMP.read_text("utf-8").strip() == digest():
        return ""
    if shutil.which("tree-sitter") is None:
        return f"tree-sitter/src/parser.c is of an older grammar; what makes it: {INSTALL}"
    # Version 14 of the tables is what editors of some years' age read.
    subprocess.run(["tree-sitter", "generate", "--abi", "14"], cwd=TREE_SITTER, check=True)
    STAMP.write_text(digest() + "\n", "utf-8")
    return ""
