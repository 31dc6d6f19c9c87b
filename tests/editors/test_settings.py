"""The settings that the documentation shows are the files that editors are driven with."""

from __future__ import annotations

import re
import tomllib

import pytest

from editors.project import SETTINGS

PAGE = (SETTINGS.parents[1] / "docs" / "editors.md").read_text("utf-8")
BLOCKS = {text for _, text in re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)}


@pytest.mark.parametrize("name", ["neovim/planc.lua", "emacs/planc.el", "helix/languages.toml"])
def test_the_documentation_shows_the_file(name: str) -> None:
    assert (SETTINGS / name).read_text("utf-8") in BLOCKS


def test_helix_can_read_its_settings() -> None:
    found = tomllib.loads((SETTINGS / "helix" / "languages.toml").read_text("utf-8"))
    (language,) = found["language"]
    assert set(language["language-servers"]) <= set(found["language-server"])
    assert language["file-types"] == ["plan"]
