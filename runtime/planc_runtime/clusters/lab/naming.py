"""Names inside the lab: every node reads a hosts file of its own, and asks nobody else.

Without it, servers that look up the name of whoever connects wait for a name server that cannot be
reached. The files lie in the scenario's folder and are laid over /etc/hosts by a mount that only
the node's processes see; they are rewritten in place, because a mount holds on to the file.
"""

from __future__ import annotations

import os
from collections import Counter

from planc_runtime.clusters.lab import kernel

_HOSTS = "/etc/hosts"
_SWITCH = "/etc/nsswitch.conf"


class Names:
    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._addresses: dict[str, str] = {}
        self._hides: Counter[str] = Counter()
        """How many troubles hide the others' names from a node."""
        os.makedirs(folder, exist_ok=True)
        self._write(os.path.basename(_SWITCH), _switch())

    def add(self, name: str, address: str) -> None:
        self._addresses[name] = address
        self._rewrite()

    def hide(self, node: str, hidden: bool) -> int:
        """Let a node know no name but its own, or all again; return how many its file has now."""
        self._hides[node] += 1 if hidden else -1
        self._rewrite()
        with open(self._path(f"{node}.hosts"), encoding="utf-8") as file:
            return len(file.readlines()) - 1

    def show(self, node: str) -> None:
        """Lay a node's file over the machine's, in this process' mount namespace."""
        for target, name in ((_HOSTS, f"{node}.hosts"), (_SWITCH, os.path.basename(_SWITCH))):
            if os.path.exists(target):
                kernel.bind(self._path(name), target)

    def _rewrite(self) -> None:
        for node in self._addresses:
            known = {node} if self._hides[node] else self._addresses
            lines = ["127.0.0.1 localhost", *(f"{self._addresses[n]} {n}" for n in known)]
            self._write(f"{node}.hosts", "\n".join(lines) + "\n")

    def _path(self, name: str) -> str:
        return os.path.join(self._folder, name)

    def _write(self, name: str, text: str) -> None:
        with open(self._path(name), "w", encoding="utf-8") as file:
            file.write(text)


def _switch() -> str:
    """Return the machine's switch file, with names of hosts looked up in files only."""
    try:
        with open(_SWITCH, encoding="utf-8", errors="replace") as file:
            lines = [line for line in file if not line.startswith("hosts:")]
    except OSError:
        lines = []
    return "".join([*lines, "hosts: files\n"])
