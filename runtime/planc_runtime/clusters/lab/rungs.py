"""The ladder: by which means this machine lets us make a network, and what works on it.

From the top: `root`, and `userns`, where an ordinary user owns namespaces; `redirect`, where
nothing needs to be allowed, nodes have addresses of their own on this machine's network, and their
connections are led through a process of ours; `loopback`, where not even that can be done, and
links cannot be troubled. Found out once per process, before anything is started.
"""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from planc_runtime.clusters.lab import kernel
from planc_runtime.clusters.lab.station import LOOPBACK, REDIRECT, ROOT, USERNS
from planc_runtime.errors import CannotRun

VARIABLE = "PLANC_LOCAL_RUNG"
"""Environment variable that forces a rung."""

_PACKAGE_ROOT = Path(__file__).resolve().parents[3]
_START = (
    "import sys; sys.path.insert(0, sys.argv.pop(1));"
    "from planc_runtime.clusters.lab.trial import main; main()"
)
_PATIENCE = 60.0
"""Seconds for a trial, which takes a tenth of one unless the machine is hopelessly busy."""
_SHAPES = ("slow", "drop", "duplicate", "reorder", "corrupt", "limit")
"""What the switch does, once packets can be led through it."""
ABILITIES = frozenset(
    {"partition", "refuse", "cut", "fail_names", "retransmit", "ipv6", "multicast", *_SHAPES}
)
"""All that comes with a network of our own."""

LED = frozenset({"partition", "slow", "limit", "refuse", "cut"})
"""What can be done to connections that are led."""
RUNGS = (ROOT, USERNS, REDIRECT, LOOPBACK)
"""From the top."""
_NO_PACKETS = "connections are led as streams, which have no packets"
_UNLED = {
    "fail_names": "nodes read the hosts file of this machine",
    "ipv6": "addresses below 127 are of IPv4",
    "multicast": "all nodes share one interface, and groups on it",
    "retransmit": "a setting of the whole machine, which is not ours",
}
_SHARED = "all nodes share this machine's network"


@dataclass(frozen=True, slots=True)
class Rung:
    name: str
    abilities: frozenset[str] = frozenset()
    """Those that come with the network, beside those that local processes have anyway."""
    missing: Mapping[str, str] = field(default_factory=dict)
    """Why others are not there: ability -> reason."""


def find(wanted: str | None = None) -> Rung:
    """Return the best rung of this machine, or the one that is wanted (or $PLANC_LOCAL_RUNG).

    Raises CannotRun when a rung is forced that does not carry.
    """
    wanted = wanted or os.environ.get(VARIABLE)
    if not wanted:
        return _best()
    if wanted not in RUNGS:
        raise CannotRun(
            f"there is no rung {wanted!r} for local clusters",
            help=f"{VARIABLE} is one of {', '.join(RUNGS)}",
        )
    rung = attempt(wanted)
    if wanted != LOOPBACK and not rung.abilities:
        raise CannotRun(
            f"{VARIABLE} asks for the rung {wanted!r}, which this machine refuses: "
            f"{rung.missing['partition']}",
            help="`planc doctor` says what would lift it",
        )
    return rung


@functools.cache
def attempt(name: str) -> Rung:
    """Try a rung; one that does not carry has no abilities."""
    if name == LOOPBACK:
        return Rung(LOOPBACK, missing=dict.fromkeys(ABILITIES, _SHARED))
    if name == ROOT and not kernel.may_administer():
        return Rung(name, missing={"partition": _without_power()})
    missing: dict[str, str] = _run_trial(name)["missing"]
    if "partition" in missing:
        return Rung(name, missing=missing)
    if name == REDIRECT:
        missing |= {what: _UNLED.get(what, _NO_PACKETS) for what in ABILITIES - LED}
    if "slow" in missing:
        missing |= dict.fromkeys(_SHAPES, missing["slow"])
    return Rung(name, ABILITIES - set(missing), missing)


def _without_power() -> str:
    if os.geteuid() == 0:
        return "this process is root, but without CAP_SYS_ADMIN, as containers have it by default"
    return "this process is not root (CAP_SYS_ADMIN)"


@functools.cache
def _best() -> Rung:
    order = (ROOT, USERNS) if kernel.may_administer() else (USERNS,)
    rungs = [attempt(name) for name in order]
    carrying = [rung for rung in rungs if rung.abilities]
    if carrying:
        return max(carrying, key=lambda rung: len(rung.abilities))
    redirect = attempt(REDIRECT)
    if redirect.abilities:
        reason = f"no network of our own: {rungs[-1].missing['partition']}"
        missing = {name: f"{why} ({reason})" for name, why in redirect.missing.items()}
        return Rung(REDIRECT, redirect.abilities, missing)
    return Rung(LOOPBACK, missing=dict.fromkeys(ABILITIES, rungs[-1].missing["partition"]))


def _run_trial(rung: str) -> dict[str, Any]:
    command = [sys.executable, "-I", "-S", "-X", "utf8", "-c", _START, str(_PACKAGE_ROOT), rung]
    try:
        ended = subprocess.run(command, capture_output=True, timeout=_PATIENCE, check=True)
        found: dict[str, Any] = json.loads(ended.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as trouble:
        return {"missing": {"partition": f"the trial failed: {trouble}"}}
    return found
