"""The site is built without a warning: every link leads somewhere, nothing is foreign."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.documents.blocks import ROOT

LOADED = re.compile(
    r'<(?:script|img|iframe)[^>]* src="(https?:[^"]+)|<link[^>]* href="(https?:[^"]+)'
)
"""What a browser fetches without being asked."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    words = ["-q", "-W", "--keep-going", "-d", str(folder / ".doctrees")]
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *words, str(ROOT / "docs"), str(folder)],
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_every_page_is_on_the_site(site: Path) -> None:
    pages = {file.relative_to(ROOT / "docs").with_suffix("") for file in _sources()}
    built = {file.relative_to(site).with_suffix("") for file in site.rglob("*.html")}

    assert pages - built == set()


def _sources() -> list[Path]:
    return list((ROOT / "docs").rglob("*.md"))


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    foreign = {
        (file.name, found[0] or found[1])
        for file in site.rglob("*.html")
        for found in LOADED.findall(file.read_text("utf-8"))
    }

    assert foreign == set()


def test_styles_import_nothing_from_elsewhere(site: Path) -> None:
    styles = "".join(file.read_text("utf-8") for file in site.rglob("*.css"))

    assert re.findall(r"url\(['\"]?https?:[^)]*\)|@import[^;]*https?:[^;]*;", styles) == []
