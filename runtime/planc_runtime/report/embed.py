"""What makes a page self-contained and safe: its style, its script, and its data, all inside it.

The data is JSON, deflated and written in base64: it is a third of its size, and whatever a node or
a plan said, no character of it can end the element it stands in or begin another. The page's
policy allows the one script whose digest it names, nothing from elsewhere, and no other script.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from functools import cache
from importlib.resources import files
from typing import Any

SCRIPTS = (
    "page.js",
    "data.js",
    "scale.js",
    "draw.js",
    "lanes.js",
    "operations.js",
    "timeline.js",
    "logs.js",
    "scenario.js",
    "main.js",
)
"""In the order in which they stand in the page; each knows only those before it."""
STYLES = ("page.css", "report.css", "timeline.css", "print.css")


@cache
def script() -> str:
    """Return the page's script: all parts in one scope of their own."""
    parts = "\n".join(_asset(name) for name in SCRIPTS)
    return f'(() => {{\n"use strict";\n{parts}\n}})();'


@cache
def style() -> str:
    return "\n".join(_asset(name) for name in STYLES)


@cache
def policy() -> str:
    """Return the page's Content-Security-Policy."""
    digest = base64.b64encode(hashlib.sha256(f"\n{script()}\n".encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline';"
        " base-uri 'none'; form-action 'none'"
    )


def packed(data: Any) -> str:
    """Return data as one word of letters, digits, "+", "/" and "="."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(zlib.compress(text.encode("utf-8", "replace"), 6)).decode()


def unpacked(word: str) -> Any:
    return json.loads(zlib.decompress(base64.b64decode(word)))


def _asset(name: str) -> str:
    return (files("planc_runtime.report") / "assets" / name).read_text(encoding="utf-8").strip()
