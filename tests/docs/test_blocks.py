"""Every code block of the documentation is run: alone, or in the story of its page."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from support.documents.alone import RUNNERS
from support.documents.blocks import Block, pages
from support.documents.story import Story, missing

MOST_NOT_RUN = 20
"""Blocks that nothing runs; each says why. A new one is a reason to look for another way."""

IN_STORIES = {"console", "go", "text"}
"""Languages that only a story runs; all others are run alone as well."""

BLOCKS = [block for blocks in pages().values() for block in blocks]
ALONE = [block for block in BLOCKS if block.is_run and block.language in RUNNERS]
STORIES = {
    page: [block for block in blocks if block.is_run]
    for page, blocks in pages().items()
    if any(block.language == "console" and block.is_run for block in blocks)
}
SCHEMAS = {"workflow": "vendor.github-workflows", ".gitlab-ci.yml": "vendor.gitlab-ci"}
"""By a part of a file's name, the schema of its consumer, as check-jsonschema carries it."""


@pytest.mark.parametrize("block", ALONE, ids=lambda block: block.place)
def test_block(block: Block) -> None:
    RUNNERS[block.language](block)


@pytest.mark.parametrize("page", STORIES)
def test_story(page: str, tmp_path: Path) -> None:
    blocks = STORIES[page]
    if lacking := missing(blocks):
        pytest.skip(f"{page} needs {lacking}: pip install 'planc[test]'")
    story = Story(tmp_path)

    for block in blocks:
        story.tell(block)


@pytest.mark.parametrize(
    "block",
    [block for block in BLOCKS if any(part in block.title for part in SCHEMAS)],
    ids=lambda block: block.place,
)
def test_settings_of_ci_are_valid(block: Block, tmp_path: Path) -> None:
    file = tmp_path / "ci.yml"
    file.write_text(block.text, "utf-8")
    schema = next(schema for part, schema in SCHEMAS.items() if part in block.title)

    subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(file)],
        check=True,
        timeout=60,
    )


def test_readme_and_home_show_the_same_plan() -> None:
    readme, home = (
        next(block.text for block in pages()[page] if block.language == "plan")
        for page in ("README.md", "docs/index.md")
    )

    assert readme == home


def test_every_block_is_run_or_says_why_not() -> None:
    left = [
        block
        for page, blocks in pages().items()
        for block in blocks
        if block.is_run
        and not block.is_figure
        and block.language not in RUNNERS
        and not (page in STORIES and block.language in IN_STORIES and _in_story(block))
    ]

    assert [block.place for block in left] == []


def _in_story(block: Block) -> bool:
    return block.language == "console" or block.title != ""


def test_few_blocks_are_not_run() -> None:
    reasons = [f"{block.place}: {block.remarks['not run']}" for block in BLOCKS if not block.is_run]

    assert len(reasons) <= MOST_NOT_RUN, "\n".join(reasons)
