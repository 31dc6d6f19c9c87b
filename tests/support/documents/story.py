"""A page as a story: its files are written, its commands are run, in one project, in its order.

What a command prints is held against what the page shows. Spaces count once, times not at all; a
line `...` stands for any lines, and … for anything within a line.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from support.documents.blocks import ROOT, Block

SECONDS = 300
"""The longest that one command may take."""

PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
"""Where a story finds its programs: those of this environment first, activated or not."""

_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_TIME = re.compile(r"\b\d+(?:\.\d+)?\s?(?:us|ms|s|min)\b")


@dataclass
class Story:
    root: Path
    folder: Path = field(init=False)

    def __post_init__(self) -> None:
        self.folder = self.root

    def tell(self, block: Block) -> None:
        """Write the block's file, or run its commands."""
        if brought := block.remarks.get("brings"):
            source, _, target = brought.partition(" as ")
            shutil.copytree(ROOT / source, self.folder / target, dirs_exist_ok=True)
        if block.language == "console":
            for command, shown in commands(block):
                self._run(command, shown, block)
        elif block.title:
            file = self.folder / block.title
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, "utf-8")

    def _run(self, command: str, shown: list[str], block: Block) -> None:
        done = subprocess.run(
            ["bash", "-c", f'{command}\nstatus=$?\npwd >"$HERE"\nexit $status'],
            cwd=self.folder,
            env=_environment(self.root / ".here"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
        )
        what = f"{block.place}: $ {command}\n{done.stdout}"
        assert done.returncode == int(block.remarks.get("status", "0")), what
        printed = done.stdout.splitlines()
        if block.remarks.get("digits") == "any":
            shown, printed = ([_DIGITS.sub("0", line) for line in x] for x in (shown, printed))
        assert not shown or alike(shown, printed), what
        self.folder = Path((self.root / ".here").read_text("utf-8").strip())


def commands(block: Block) -> list[tuple[str, list[str]]]:
    """Return each command after a `$`, its comment included, and the lines shown below it."""
    found: list[tuple[str, list[str]]] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found and found[-1][0].endswith("\\"):
            found[-1] = (f"{found[-1][0]}\n{line}", [])
        else:
            assert found, f"{block.place}: a console block begins with a command"
            found[-1][1].append(line)
    return found


def alike(shown: list[str], printed: list[str]) -> bool:
    """Say whether the lines of the page could be what was printed."""
    wanted = [_pattern(line) for line in shown if line.strip()]
    text = "".join(f"{_plain(line)}\n" for line in printed if line.strip())
    return re.fullmatch("".join(wanted), text) is not None


def _pattern(line: str) -> str:
    plain = _plain(line)
    if plain in ("...", "…"):
        return r"(?:.*\n)*?"
    return ".*".join(re.escape(part) for part in plain.split("…")) + r"\n"


def _plain(line: str) -> str:
    return _TIME.sub("TIME", " ".join(line.split()))


def _environment(here: Path) -> dict[str, str]:
    """Return what a reader's shell would have, without what the tests say to their children."""
    ours = {
        name: text
        for name, text in os.environ.items()
        if not name.startswith(("COVERAGE_", "PYTEST_", "PLANC_", "COV_"))
    }
    more = {"PATH": PATH, "HERE": str(here), "REPOSITORY": str(ROOT)}
    return {**ours, **more, "COLUMNS": "110", "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}


def missing(blocks: list[Block]) -> str:
    """Return what is needed by the blocks and not on this machine; empty when nothing is."""
    needed = {name for block in blocks for name in block.remarks.get("needs", "").split()}
    return ", ".join(sorted(name for name in needed if shutil.which(name, path=PATH) is None))
