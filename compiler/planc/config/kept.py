"""A planc.yaml that was found good, kept with its text: it is not validated twice.

Validating takes longer than checking an unchanged plan. An entry counts only for the very same
text and the very same rules; whatever else is wrong with it, it counts as absent.
"""

from __future__ import annotations

import json
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_KEPT = os.path.join(".planc", "config.json")
_RULES = ("__init__.py", "reading.py", "schema.py", "shares.py")
"""The files that decide what is good and what it means."""


def remembered(root: str | os.PathLike[str], text: str) -> dict[str, Any] | None:
    """Return the settings that this text stood for, or None when that is not known."""
    try:
        with open(os.path.join(root, _KEPT), encoding="utf-8") as file:
            kept = json.load(file)
        settings: dict[str, Any] = kept["settings"]
        same = kept["text"] == text and kept["rules"] == _rules()
        return settings if same and isinstance(settings, dict) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep(root: str | os.PathLike[str], text: str, settings: dict[str, Any]) -> None:
    """Remember it; a folder that can't be written is no reason to fail."""
    from planc.files import write_whole

    path = os.path.join(root, _KEPT)
    try:
        content = json.dumps({"text": text, "rules": _rules(), "settings": settings})
        os.makedirs(os.path.dirname(path), exist_ok=True)
        write_whole(path, content)
    except (OSError, TypeError):
        # Options of backends may be dates, which JSON does not know.
        return


def _rules() -> list[list[int]]:
    folder = os.path.dirname(__file__)
    found = (os.stat(os.path.join(folder, name)) for name in _RULES)
    return [[each.st_size, each.st_mtime_ns] for each in found]
