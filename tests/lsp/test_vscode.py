"""The extension for VS Code can be packaged."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "grammar" / "editors" / "vscode"
INSTALLED = (FOLDER / "node_modules" / "@vscode" / "vsce").is_dir()


@pytest.mark.skipif(
    shutil.which("npx") is None or not INSTALLED,
    reason=f"needs npm, and: npm ci --prefix {FOLDER.relative_to(FOLDER.parents[2])}",
)
def test_the_extension_packages(tmp_path: Path) -> None:
    package = tmp_path / "planc.vsix"
    command = ["npx", "vsce", "package", "--allow-missing-repository", "--out", str(package)]
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    names = set(zipfile.ZipFile(package).namelist())
    assert {"extension/extension.js", "extension/syntaxes/plan.tmLanguage.json"} <= names
    assert "extension/node_modules/vscode-languageclient/package.json" in names
