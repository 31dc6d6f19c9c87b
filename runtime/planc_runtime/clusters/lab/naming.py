"""Names inside the lab: every node reads a hosts file of its own, and asks nobody else.

Without it, servers that look up the name of whoever connects wait for a name server that cannot be
reached. The files lie in the scenario's folder and are laid over /etc/hosts by a mount that only
the node's processes see; they are rewritten in place, because a mount holds on to the file.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable

from planc_runtime.clusters.lab import kernel

_HOSTS = "/etc/hosts"
_SWITCH = "/etc/nsswitch.conf"
_PREFERENCES = "/etc/gai.conf"
_PREFERRED = """\
precedence ::1/128 50
precedence ::ffff:0:0/96 35
precedence ::/0 40
precedence fc00::/7 3
"""
"""RFC 6724's order, which glibc does not follow by itself: IPv4 before unique local addresses."""
_OWN = ("127.0.0.1 localhost", "::1 ip6-localhost ip6-loopback")


class Names:
    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._addresses: dict[str, tuple[str, ...]] = {}
        self._hides: Counter[str] = Counter()
        """How many troubles hide the others' names from a node."""
        os.makedirs(folder, exist_ok=True)
        self._write(os.path.basename(_SWITCH), _switch())
        self._write(os.path.basename(_PREFERENCES), _PREFERRED)

    def add(self, name: str, *addresses: str) -> None:
        """Make a new host known, and give it a file of its own.

        To the files of the others it is appended: to cut a file and write it again costs a disk a
        hundred times as much, and with n hosts there are n files for each of them.
        """
        new = name not in self._addresses
        self._addresses[name] = addresses
        if not new:
            self._rewrite()
            return
        self._write(f"{name}.hosts", self._text(name))
        lines = self._lines([name])
        for node in self._addresses:
            if node != name and not self._hides[node]:
                self._write(f"{node}.hosts", lines, "a")

    def hide(self, node: str, hidden: bool) -> int:
        """Let a node know no name but its own, or all again; return how many its file has now."""
        self._hides[node] += 1 if hidden else -1
        self._write(f"{node}.hosts", self._text(node))
        return len(self._known(node))

    def show(self, node: str) -> None:
        """Lay a node's file over the machine's, in this process' mount namespace."""
        covers = {_HOSTS: f"{node}.hosts"}
        covers |= {path: os.path.basename(path) for path in (_SWITCH, _PREFERENCES)}
        for target, name in covers.items():
            if os.path.exists(target):
                kernel.bind(self._path(name), target)

    def _rewrite(self) -> None:
        for node in self._addresses:
            self._write(f"{node}.hosts", self._text(node))

    def _text(self, node: str) -> str:
        return "\n".join(_OWN) + "\n" + self._lines(self._known(node))

    def _lines(self, names: Iterable[str]) -> str:
        return "".join(f"{address} {name}\n" for name in names for address in self._addresses[name])

    def _known(self, node: str) -> list[str]:
        return [node] if self._hides[node] else list(self._addresses)

    def _path(self, name: str) -> str:
        return os.path.join(self._folder, name)

    def _write(self, name: str, text: str, mode: str = "w") -> None:
        with open(self._path(name), mode, encoding="utf-8") as file:
            file.write(text)


def _switch() -> str:
    """Return the machine's switch file, with names of hosts looked up in files only."""
    try:
        with open(_SWITCH, encoding="utf-8", errors="replace") as file:
            lines = [line for line in file if not line.startswith("hosts:")]
    except OSError:
        lines = []
    return "".join([*lines, "hosts: files\n"])
