"""What was derived from files, kept until one of them changes.

An entry names every file it was made from with the hash of its content, and every file that was not
there but would have been used; it counts only while all of that is still true and the compiler is
the one that made it. The times of plans are not looked at: an entry is never stale.

This module is on the path of every command: it imports next to nothing. That is why an entry begins
with lines that need no library to read, and its value is JSON that most commands never decode.
"""

from __future__ import annotations

import os

# hashlib would find the same function after loading OpenSSL, which takes longer than all the rest.
from _blake2 import blake2b

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

FORMAT = "planc-cache-1"
FOLDER = os.path.join(".planc", "cache")
_DERIVES = (".py", ".toml", ".json", ".lark", ".jinja")
"""Files of the compiler that decide what comes out of it."""


def content_hash(data: bytes) -> str:
    return blake2b(data, digest_size=16).hexdigest()


_this_compiler: str | None = None


def this_compiler() -> str:
    """Identify the compiler that runs, as it was when it was first asked for."""
    global _this_compiler
    if _this_compiler is None:
        _this_compiler = compiler_hash()
    return _this_compiler


def compiler_hash() -> str:
    """Identify the compiler and its grammar, as installed here, by their files."""
    import planc
    import planc_grammar

    digest = blake2b(digest_size=16)
    for package in (planc, planc_grammar):
        for root in package.__path__:
            for line in _files(root):
                digest.update(line)
    return digest.hexdigest()


def _files(root: str) -> list[bytes]:
    """List the files below a folder with their sizes and times."""
    found: list[bytes] = []
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith(_DERIVES):
                    info = entry.stat()
                    found.append(f"{entry.path} {info.st_size} {info.st_mtime_ns}\n".encode())
                elif "." not in entry.name and entry.name != "__pycache__" and entry.is_dir():
                    waiting.append(entry.path)
    return sorted(found)


class Inputs:
    """The files of a project, each read once: what is hashed is what is parsed."""

    def __init__(self, root: str) -> None:
        self.root = root
        self._found: dict[str, tuple[bytes, str] | None] = {}

    def _read(self, path: str) -> tuple[bytes, str] | None:
        if path not in self._found:
            try:
                with open(os.path.join(self.root, path), "rb") as file:
                    data = file.read()
                self._found[path] = data, content_hash(data)
            except (OSError, ValueError):
                self._found[path] = None
        return self._found[path]

    def data(self, path: str) -> bytes | None:
        """Return the bytes of the file at `path` below the root; None when it cannot be read."""
        found = self._read(path)
        return found[0] if found else None

    def hash(self, path: str) -> str:
        """Return the hash of the content; "-" when there is none."""
        found = self._read(path)
        return found[1] if found else "-"

    def place(self, path: str) -> str:
        """Return where `path` really is, through symbolic links."""
        return os.path.realpath(os.path.join(self.root, path))


class Entry:
    """Something kept, with two facts about it that can be known without decoding it."""

    def __init__(self, state: str, text: str) -> None:
        words = state.split(" ")
        self.clean = "clean" in words
        """There is nothing in it to tell the user."""
        self.whole = "whole" in words
        """Every phase was gone through."""
        self._text = text

    def value(self) -> Any:
        """Decode what was kept."""
        import json

        return json.loads(self._text)


class Cache:
    """The entries of a project, by the path of the plan they were made from."""

    def __init__(self, inputs: Inputs) -> None:
        self.folder = os.path.join(inputs.root, FOLDER)
        self.inputs = inputs
        self.compiler = this_compiler()

    def _path(self, plan: str) -> str:
        return os.path.join(self.folder, content_hash(os.fsencode(plan)))

    def get(self, plan: str) -> Entry | None:
        """Return what was kept for a plan, if nothing that it was made from has changed."""
        try:
            with open(self._path(plan), encoding="utf-8") as file:
                head, _, rest = file.read().partition("\n\n")
        except (OSError, ValueError):
            return None
        first, *lines = head.split("\n")
        if first != f"{FORMAT} {self.compiler} {_shown(plan)}" or not all(map(self._holds, lines)):
            return None
        state, _, text = rest.partition("\n")
        return Entry(state, text)

    def _holds(self, line: str) -> bool:
        return line == self._line(_path_in(line))

    def _line(self, path: str) -> str:
        """Describe a file as it is now; its path is hexadecimal, for it may hold anything."""
        return f"{_shown(path)} {self.inputs.hash(path)} {_shown(self.inputs.place(path))}"

    def put(self, plan: str, files: Iterable[str], value: Any, *, clean: bool, whole: bool) -> None:
        """Keep `value`, made from `files`; a cache that cannot be written is no reason to fail."""
        import json

        from planc.files import write_whole

        lines = [f"{FORMAT} {self.compiler} {_shown(plan)}", *map(self._line, files), ""]
        state = " ".join(("clean" if clean else "findings", "whole" if whole else "part"))
        text = "\n".join([*lines, state, json.dumps(value, separators=(",", ":"))])
        path = self._path(plan)
        try:
            os.makedirs(self.folder, exist_ok=True)
            write_whole(path, text)
        except OSError:
            return


def _shown(path: str) -> str:
    return os.fsencode(path).hex() or "-"


def _path_in(line: str) -> str:
    try:
        return os.fsdecode(bytes.fromhex(line.partition(" ")[0]))
    except ValueError:
        return ""
