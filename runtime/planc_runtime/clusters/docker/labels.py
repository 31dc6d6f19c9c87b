"""Whose a container is: labels that name the run and the process that answers for it.

Nothing else tells planc's containers from those of others. A process is named by its number, the
moment it began and the machine it is on, so that a number that was given anew is not mistaken.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

RUN = "planc.run"
OWNER = "planc.owner"
MACHINE = "planc.machine"
NODE = "planc.node"
"""The node's name; the lab and the holders of networks have a name of their own in it."""


@dataclass(frozen=True, slots=True)
class Labels:
    run: str

    @classmethod
    def new(cls) -> Labels:
        return cls(uuid.uuid4().hex[:12])

    def of(self, node: str) -> dict[str, str]:
        return {RUN: self.run, OWNER: owner(os.getpid()), MACHINE: machine(), NODE: node}


def owner(pid: int) -> str:
    return f"{pid}/{_began(pid)}"


def machine() -> str:
    """Name the space in which numbers of processes mean anything: a boot, a pid namespace."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return f"{boot}/{os.stat('/proc/self/ns/pid').st_ino}"


def is_orphan(labels: Mapping[str, str]) -> bool:
    """Tell whether the process that answered for a container is known to be gone."""
    if labels.get(MACHINE) != machine() or OWNER not in labels:
        return False
    pid, _, began = labels[OWNER].partition("/")
    return not pid.isdigit() or _began(int(pid)) != began


def _began(pid: int) -> str:
    try:
        content = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return "gone"
    return content[content.rindex(b")") + 2 :].split()[19].decode()
