"""What this machine lets backends do, by the runtime's word.

Only the runtime can try it, so a process of the runtime does (`planc doctor` shows the same). That
takes half a second, and what is there seldom goes away before the next boot: the answer is kept in
the project's `.planc` folder. Bad news is never told from memory: whoever has just followed our
advice would be told that it did not help.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

from planc.cli.errors import UsageError
from planc.files import write_whole
from planc.pipeline.complaints import Here

MODULE = "planc_runtime.doctor"
KEPT = Path(".planc", "machine.json")
_SETTINGS = ("PLANC_LOCAL_RUNG", "DOCKER_HOST")
"""Variables that change the answer."""
_WENT_WELL = (0, 1)


class ThisMachine:
    """Use `here()`; see pipeline.complaints.Machine."""

    def __init__(self, root: Path) -> None:
        self._kept = root / KEPT

    def here(self, backend: str, needed: Collection[str]) -> Here | None:
        known = self._remember()
        if known is None or not _can(known, backend, needed):
            known = self._ask()
        found = known["backends"].get(backend)
        if found is None:
            return None
        return Here(found["rung"], found["missing"], tuple(found["remedies"]))

    def _remember(self) -> dict[str, Any] | None:
        try:
            kept = json.loads(self._kept.read_text("utf-8"))
            found: dict[str, Any] = kept["found"]
            usable = kept["of"] == _identity() and _has_the_shape(found)
            return found if usable else None
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def _ask(self) -> dict[str, Any]:
        command = [sys.executable, "-m", MODULE, "--format", "json"]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        if ended.returncode not in _WENT_WELL:
            raise UsageError(
                _said(ended.stderr, "error: ") or "what this machine allows was not found out",
                _said(ended.stderr, "help: ") or "`planc doctor` may say more",
            )
        found: dict[str, Any] = json.loads(ended.stdout)
        self._keep(found)
        return found

    def _keep(self, found: dict[str, Any]) -> None:
        """Remember it; a folder that can't be written is no reason to fail."""
        with contextlib.suppress(OSError):
            self._kept.parent.mkdir(exist_ok=True)
            write_whole(self._kept, json.dumps({"of": _identity(), "found": found}))


def _has_the_shape(found: dict[str, Any]) -> bool:
    """Say whether this is the answer of a runtime like ours: an older one may say less."""
    return all(
        isinstance(each["rung"], str)
        and isinstance(each["missing"], dict)
        and isinstance(each["remedies"], list)
        for each in found["backends"].values()
    )


def _can(known: dict[str, Any], backend: str, needed: Collection[str]) -> bool:
    found = known["backends"].get(backend)
    return found is not None and not set(needed) & set(found["missing"])


def _identity() -> list[str]:
    """Return what the answer depends on and changes without our doing: boot, container, user."""
    return [
        _read("/proc/sys/kernel/random/boot_id"),
        _link("/proc/self/ns/user"),
        _link("/proc/self/ns/net"),
        str(os.getuid()),
        sys.executable,
        *(os.environ.get(name, "") for name in _SETTINGS),
    ]


def _read(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""


def _link(path: str) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""


def _said(text: str, beginning: str) -> str:
    lines = (line for line in text.splitlines() if line.startswith(beginning))
    return next(lines, "").removeprefix(beginning)
