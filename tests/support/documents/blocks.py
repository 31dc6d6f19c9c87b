"""Code blocks of the documentation: where they stand, what they are, how they are to be run.

A page is plain Markdown. What its blocks need beyond their language stands around them:

    ```plan title="plans/first.plan"     the block is a file of the page's project
    <!-- status: 1 -->                   the commands of the next console block end with this
    <!-- needs: go -->                   the page's story is skipped where this program is missing
    <!-- digits: any -->                 what the next block shows is one run of a changing system
    <!-- brings: plans/x as y -->        a folder of the repository that the project has already
    <!-- not run: REASON -->             the next block is not run, and why
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[3]
GENERATED = re.compile("<!-- Made from |This page is made from")
"""What a page says that is made from data; the tests of its generator run its examples."""

_WITH_FIGURES = ("docs/internals/", "docs/decisions/")
_REMARK = re.compile(r"<!--\s*(status|needs|brings|digits|not run):\s*(.+?)\s*-->", re.DOTALL)
_TITLE = re.compile(r'title="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Block:
    page: str
    line: int
    language: str
    title: str
    """The file it is, relative to the page's project; empty when it is none."""
    text: str
    remarks: dict[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def is_figure(self) -> bool:
        """Say whether it is a drawing in words: indented, where the inside is explained."""
        return not self.language and self.page.startswith(_WITH_FIGURES)

    @property
    def is_run(self) -> bool:
        return "not run" not in self.remarks


@cache
def pages() -> dict[str, list[Block]]:
    """Return the blocks of every page that was written by hand, by the page's path."""
    files = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    texts = {str(file.relative_to(ROOT)): file.read_text("utf-8") for file in files}
    return {page: read(page, text) for page, text in texts.items() if not GENERATED.search(text)}


def read(page: str, text: str) -> list[Block]:
    """Return the code blocks of a page in their order, fenced and indented ones."""
    blocks = []
    remarks: dict[str, str] = {}
    for token in MarkdownIt().parse(text):
        if token.type == "html_block":
            remarks.update(_REMARK.findall(token.content))
        elif token.type in ("fence", "code_block"):
            blocks.append(_block(page, token, remarks))
            remarks = {}
    return blocks


def _block(page: str, token: Token, remarks: dict[str, str]) -> Block:
    language = (token.info.split() or [""])[0]
    title = _TITLE.search(token.info)
    line = (token.map or [0])[0] + 1
    return Block(page, line, language, title[1] if title else "", token.content, remarks)
