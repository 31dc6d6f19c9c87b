"""Text of a plan as Python literals, so that nothing of a plan can become code.

Every string, path and name that a plan holds passes through here on its way into a generated
module. The printed form is the one `ruff format` would choose, and only printable characters
that show what they are get through unescaped: a bidi control or a NUL is visible in the module.
"""

from __future__ import annotations

import math
import re

_SHORT = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_PLAIN = re.compile(r"[ !#-&(-\[\]-~]*")


def string(text: str) -> str:
    """Print `text` as a string literal in the formatter's preferred quotes."""
    if _PLAIN.fullmatch(text):
        return f'"{text}"'
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + "".join(_visible(character, quote) for character in text) + quote


def number(value: int | float) -> str:
    """Print a number; an infinity or NaN, which has no literal, is refused."""
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} has no literal")
    return repr(value)


def constant(value: str | int | float | bool | None) -> str:
    """Print any constant of the model."""
    if isinstance(value, str):
        return string(value)
    if value is None or isinstance(value, bool):
        return repr(value)
    return number(value)


def docstring(text: str) -> str:
    """Print one line in triple quotes, ended by a full stop.

    It informs and is never read back, so that quotes may become single ones in it.
    """
    line = " ".join(text.split()).replace('"', "'")[:200] or "A plan"
    closing = "" if line[-1] in ".!?" else "."
    return '"""' + "".join(_visible(character, "") for character in line) + closing + '"""'


def comment(text: str) -> str:
    """Print text for a comment: one line that no reader of Python takes for more than a comment.

    Colons and equals signs are escaped because a path such as `coding:utf-7` in the first two
    lines would otherwise declare the module's encoding (PEP 263).
    """
    visible = "".join(_visible(character, ":=") for character in text)
    return visible.replace("\\:", "\\x3a").replace("\\=", "\\x3d")


def _visible(character: str, quotes: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    if character.isprintable():
        return "\\" + character if character in quotes else character
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
