"""Try the lab on this machine, in a process of its own, and say what works.

Nothing that a kernel claims to support is believed: a hub with two hosts is made, and each kind of
trouble is laid on them once. What was made is gone with the process.

Run as `python -I -S -c ... main()` with the rung as its argument; prints a JSON object.
"""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Callable
from typing import Any

from planc_runtime.clusters.lab import severing
from planc_runtime.clusters.lab.hub import BACKOFF, Hub
from planc_runtime.clusters.lab.station import REDIRECT, enter_lab
from planc_runtime.clusters.lab.steering import Steering
from planc_runtime.clusters.redirect import trial as redirect

_PAIR = ("a", "b")


def main() -> None:
    print(json.dumps(_try(sys.argv[1])))


def _try(rung: str) -> dict[str, Any]:
    """Return the abilities that are missing, each with the reason."""
    if rung == REDIRECT:
        return _try_redirect()
    try:
        enter_lab(rung)
        hub = Hub()
        for name in _PAIR:
            hub.add(name)
    except OSError as trouble:
        what = trouble.filename or "namespaces"
        return {"missing": {"partition": _reason(what, trouble)}}
    steps: dict[str, Callable[[], object]] = {
        "partition": lambda: hub.cut([_PAIR], []),
        "refuse": lambda: hub.refuse([_PAIR], []),
        "cut": lambda: severing.sever(hub, *_PAIR),
        "retransmit": lambda: hub.limit_backoff(_PAIR[0], 1.0),
        "slow": lambda: Steering(hub).shape([(_PAIR, {"delay": 0.001})], "trial"),
    }
    missing: dict[str, str] = {}
    for ability, step in steps.items():
        try:
            step()
        except OSError as trouble:
            missing[ability] = _reason(trouble.filename or ability, trouble)
    if hub.without_ipv6:
        missing["ipv6"] = hub.without_ipv6
    return {"missing": missing}


def _try_redirect() -> dict[str, Any]:
    try:
        redirect.attempt()
    except OSError as trouble:
        return {"missing": {"partition": _reason(trouble.filename or "seccomp", trouble)}}
    return {"missing": {}}


def _reason(what: str, trouble: OSError) -> str:
    if what == BACKOFF and trouble.errno == errno.ENOENT:
        return f"this kernel has no {BACKOFF}, which came with Linux 6.15"
    code = trouble.errno or 0
    return f"{what}: {os.strerror(code)}"
