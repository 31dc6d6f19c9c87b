"""Reading a file, and seeing at once what must not reach the parser.

Loading never raises for what a user did: a missing, huge, binary or wrongly encoded file comes back
as a `SourceFile` with the problem in it, so that a run over many files reports all of them.
"""

from __future__ import annotations

import re
from pathlib import Path

from planc.source.file import Problem, SourceFile

MAX_BYTES = 2 * 1024 * 1024
"""A plan is written and reviewed by people; beyond this it is generated data in the wrong place."""

_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_INVISIBLE = (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064"
    "\u3164\ufeff\uffa0"
)
_HIDDEN = re.compile(
    f"[{_BIDI}{_INVISIBLE}\u2028\u2029\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def load(path: Path, root: Path) -> SourceFile:
    """Read the file at `path`; the name shown is relative to `root` where it lies below it."""
    shown = shown_path(path, root)
    try:
        if path.is_dir():
            return _refused(shown, "PLC0001", f"`{shown}` is a folder, not a plan file")
        if path.exists() and not path.is_file():
            return _refused(shown, "PLC0001", f"`{shown}` is not a regular file")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
            size = path.stat().st_size
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return _refused(shown, "PLC0001", f"cannot read `{shown}`: {reason}")
    if len(data) > MAX_BYTES:
        return _too_large(shown, max(size, len(data)))
    return decode(data, shown)


def shown_path(path: Path, root: Path) -> str:
    """Return `path` relative to `root` if it lies below it, else as it was given."""
    try:
        return path.absolute().relative_to(root.absolute()).as_posix()
    except ValueError:
        return path.as_posix()


def from_text(text: str, path: str = "<text>") -> SourceFile:
    """Make a source of a text that is already in memory; the same checks apply."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        return _too_large(path, size)
    return _checked(path, text)


def decode(data: bytes, path: str) -> SourceFile:
    """Make a source of the bytes of a file: UTF-8, a byte order mark is dropped."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _refused(
            path,
            "PLC0004",
            "the file is UTF-16, not UTF-8",
            help="save the file as UTF-8",
        )
    if (position := data.find(b"\0")) >= 0:
        return _binary(path, f"byte {position} is NUL")
    try:
        return _checked(path, data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return _not_utf8(path, data, error)


def _checked(path: str, text: str) -> SourceFile:
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        return _binary(path, f"character {text.index(chr(0))} is NUL")
    if not text.strip():
        return SourceFile(
            path,
            text,
            (
                Problem(
                    "PLC0002",
                    f"`{path}` is empty",
                    0,
                    0,
                    help='a plan begins with its title: plan "what it shows"',
                ),
            ),
        )
    problems = () if text.isascii() and text.isprintable() else tuple(_hidden(text))
    return SourceFile(path, text, problems)


def _hidden(text: str) -> list[Problem]:
    found = []
    for match in _HIDDEN.finditer(text):
        character = match.group()
        name = f"U+{ord(character):04X}"
        bidi = character in _BIDI
        found.append(
            Problem(
                "PLC0006" if bidi else "PLC0007",
                f"the character {name} "
                + ("changes the direction of the text" if bidi else "cannot be seen"),
                match.start(),
                match.end(),
                label=f"{name} stands here",
                help="remove it: a reviewer must see exactly what the compiler sees",
                fatal=False,
            )
        )
    return found


def _not_utf8(path: str, data: bytes, error: UnicodeDecodeError) -> SourceFile:
    before = data[: error.start].decode("utf-8-sig", "replace").replace("\r\n", "\n")
    text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    line = before.count("\n") + 1
    problem = Problem(
        "PLC0004",
        f"`{path}` is not UTF-8: byte {error.start} (0x{data[error.start]:02x}) in line {line}",
        len(before),
        len(before) + 1,
        label="this is not UTF-8",
        help="save the file as UTF-8",
    )
    return SourceFile(path, text, (problem,))


def _binary(path: str, detail: str) -> SourceFile:
    return _refused(
        path,
        "PLC0003",
        f"`{path}` is a binary file: {detail}",
        help="a plan is a text file in UTF-8",
    )


def _too_large(path: str, size: int) -> SourceFile:
    return _refused(
        path,
        "PLC0005",
        f"`{path}` is {size / 1024 / 1024:.1f} MiB large; the limit is {MAX_BYTES // 1024**2} MiB",
        help="split it into plans and libraries (`use`), or put data into files the plan names",
    )


def _refused(path: str, code: str, message: str, help: str = "") -> SourceFile:
    return SourceFile(path, "", (Problem(code, message, 0, 0, help=help),))
