"""Scalars as text: one way for what a plan writes, what a client sends and what a judge compares.

A value that is sent as one text and compared as another looks like a wrong answer of the system.
"""

from __future__ import annotations


def scalar_text(value: float) -> str:
    """Return a number or a truth value as text: true, 5 for 5.0."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def printable(text: str) -> str:
    """Return a text that every file and terminal takes: halves of characters are escaped.

    A client that makes text of bytes that are none leaves such halves (surrogates), as does JSON.
    """
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def bytes_text(value: bytes) -> str:
    """Return bytes as UTF-8; what is none is escaped."""
    return value.decode("utf-8", "backslashreplace")
