"""Emacs with Eglot, with the very settings that the documentation shows."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from editors.project import MENDED, SETTINGS, environment, make, needed

DRIVER = Path(__file__).with_name("drive.el")


def emacs_with_eglot() -> str | None:
    """Return an Emacs that knows Eglot: its own since 29, or Debian's package."""
    emacs = shutil.which("emacs")
    known = emacs is not None and run(emacs, "--eval", "(require 'eglot)").returncode == 0
    return emacs if known else None


def run(emacs: str, *arguments: str, **more: object) -> subprocess.CompletedProcess[str]:
    command = [emacs, "--batch", "--eval", "(package-initialize)", *arguments]
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600, **more
    )  # type: ignore[call-overload,no-any-return]


def test_a_plan_is_written(tmp_path: Path) -> None:
    emacs = needed(emacs_with_eglot(), "Eglot: apt-get install emacs-nox elpa-eglot")
    folder, home = make(tmp_path / "project"), tmp_path / "home"
    home.mkdir()
    seen = tmp_path / "seen.json"
    done = run(
        emacs,
        *("-l", str(SETTINGS / "emacs" / "planc.el"), "-l", str(DRIVER)),
        cwd=folder,
        env={**environment(home), "PLANC_SEEN": str(seen)},
    )
    assert seen.exists(), done.stderr
    found = json.loads(seen.read_text())
    assert "failed" not in found, (found, done.stderr)
    assert found["mode"] == "plan-mode"
    assert "= 2.5s (duration)" in found["hover"]
    assert "kw" in found["wrong"]
    assert "client kv" in found["definition"]
    assert found["text"] == MENDED
