"""Make the pictures of the documentation anew, from the runs that its pages tell of.

    PYTHONPATH=tests python -m support.documents.pictures

Needs Chromium. The story of the tutorial is told up to the picture, and what its report looks like
then is the picture.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from support.documents.blocks import ROOT, pages
from support.documents.story import Story

PAGE = "docs/tutorial.md"
UNTIL = "grep -n"
"""The first command after the picture."""
REPORT = "reports/power/index.html"
PICTURE = ROOT / "docs" / "images" / "found-bug.png"
SIZE = (1100, 1180)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main() -> None:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.exit("no Chromium here: apt-get install chromium")
    with tempfile.TemporaryDirectory() as scratch:
        story = Story(Path(scratch))
        for block in pages()[PAGE]:
            if f"$ {UNTIL}" in block.text:
                break
            if block.is_run:
                story.tell(block)
        shoot(browser, story.folder / REPORT, PICTURE)


def shoot(browser: str, page: Path, picture: Path) -> None:
    """Show a page without a window and keep what is seen."""
    width, height = SIZE
    words = ["--headless", "--no-sandbox", "--hide-scrollbars", f"--window-size={width},{height}"]
    subprocess.run(
        [browser, *words, f"--screenshot={picture}", page.as_uri()],
        check=True,
        capture_output=True,
        timeout=60,
    )


if __name__ == "__main__":
    main()
