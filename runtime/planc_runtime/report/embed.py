"""What makes a page self-contained and safe: its style, its script, and its data, all inside it.

The data is JSON in base64, so that whatever a node or a plan said, no character of it can end the
element it stands in or begin another. Much data is deflated, to a third of its size or less; little
is not, because a browser inflates only while other things go on, and a printer does not wait for
that. The page's policy allows the one script whose digest it names, and nothing else.
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


LITTLE = 256 * 1024
"""Bytes of JSON that are not worth deflating."""


def packed(data: Any) -> str:
    """Return data as one word of letters, digits, "+", "/" and "="."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    plain = text.encode("utf-8", "replace")
    return base64.b64encode(plain if len(plain) <= LITTLE else zlib.compress(plain, 6)).decode()


def unpacked(word: str) -> Any:
    found = base64.b64decode(word)
    return json.loads(found if found.startswith((b"{", b"[")) else zlib.decompress(found))


def _asset(name: str) -> str:
    return (files("planc_runtime.report") / "assets" / name).read_text(encoding="utf-8").strip()
