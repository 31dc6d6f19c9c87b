"""Make the pictures of the documentation anew, from the runs that its pages tell of.

    PYTHONPATH=tests python -m support.documents.pictures

Needs Chromium. The story of a page is told up to its picture, and what the report looks like then
is the picture.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from support.documents.blocks import ROOT, pages
from support.documents.story import Story

IMAGES = ROOT / "docs" / "images"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Picture:
    name: str
    page: str
    until: str
    """A text of the first block that is not told before the picture is taken."""
    report: str
    size: tuple[int, int]


PICTURES = (
    Picture("found-bug", "docs/tutorial.md", "$ grep -n", "reports/power/index.html", (1100, 1180)),
    Picture("lost-write", "docs/index.md", "", "reports/store/index.html", (1000, 1265)),
)


def main() -> None:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.exit("no Chromium here: apt-get install chromium")
    for picture in PICTURES:
        with tempfile.TemporaryDirectory() as scratch:
            story = Story(Path(scratch))
            for block in pages()[picture.page]:
                if picture.until and picture.until in block.text:
                    break
                if block.is_run:
                    story.tell(block)
            report = story.folder / picture.report
            shoot(browser, report, IMAGES / f"{picture.name}.png", picture.size)


def shoot(browser: str, page: Path, picture: Path, size: tuple[int, int]) -> None:
    """Show a page without a window and keep what is seen."""
    width, height = size
    words = ["--headless", "--no-sandbox", "--hide-scrollbars", f"--window-size={width},{height}"]
    subprocess.run(
        [browser, *words, f"--screenshot={picture}", page.as_uri()],
        check=True,
        capture_output=True,
        timeout=60,
    )


if __name__ == "__main__":
    main()
