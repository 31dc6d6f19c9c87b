"""`python -m planc_runtime.doctor`: what this machine lets the backend `local` do.

Tried, not guessed: every rung of the ladder is stood upon, with two hosts and each kind of trouble,
and what can be done to a node is done to a child of this process.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from typing import Any

from planc_runtime.clusters.lab import rungs
from planc_runtime.clusters.lab.remedies import remedies
from planc_runtime.clusters.lab.station import LOOPBACK, ROOT, USERNS
from planc_runtime.clusters.machine import trial
from planc_runtime.errors import PlancError

MEANINGS = {
    USERNS: "namespaces of an ordinary user",
    ROOT: "namespaces made by root",
    LOOPBACK: "no namespaces: nodes share this machine's network",
}


def main(arguments: list[str] | None = None) -> int:
    """Return 0 when links can be troubled here, 1 when they cannot, 2 on a wrong setting."""
    options = _parser().parse_args(arguments)
    try:
        findings = examine()
    except PlancError as error:
        print(f"error: {error.message}\nhelp: {error.help}", file=sys.stderr)
        return 2
    if options.format == "json":
        print(json.dumps(findings, indent=2))
    else:
        print("\n".join(_lines(findings)))
    return 0 if findings["rung"] != LOOPBACK else 1


def examine() -> dict[str, Any]:
    """Return the rung that a run would take, and what each rung can do."""
    taken = rungs.find()
    tried = [rungs.attempt(name) for name in MEANINGS]
    nodes = trial.find()
    refusals = [] if taken.name != LOOPBACK else [r for t in tried for r in t.missing.values()]
    refusals += [reason for reason in taken.missing.values() if reason not in refusals]
    return {
        "kernel": platform.release(),
        "machine": platform.machine(),
        "rung": taken.name,
        "network_abilities": sorted(taken.abilities),
        "missing": dict(taken.missing),
        "node_abilities": sorted(nodes.abilities),
        "node_missing": dict(nodes.missing),
        "rungs": {
            rung.name: {
                "means": MEANINGS[rung.name],
                "carries": bool(rung.abilities) or rung.name == LOOPBACK,
                "network_abilities": sorted(rung.abilities),
                "missing": dict(rung.missing),
            }
            for rung in tried
        },
        "remedies": remedies(refusals),
    }


def _lines(findings: dict[str, Any]) -> list[str]:
    lines = [
        f"kernel {findings['kernel']}, {findings['machine']}",
        f"local clusters run on the rung {findings['rung']!r}: {MEANINGS[findings['rung']]}",
    ]
    for name, rung in findings["rungs"].items():
        mark = "*" if name == findings["rung"] else " "
        able = ", ".join(rung["network_abilities"]) or "nothing is done to the network"
        lines.append(f"{mark} {name:8} {able if rung['carries'] else 'refused'}")
        lines += [f"             no {what}: {why}" for what, why in rung["missing"].items()]
    lines.append(f"  nodes    {', '.join(findings['node_abilities'])}")
    lines += [f"             no {what}: {why}" for what, why in findings["node_missing"].items()]
    lines += [f"what would help: {remedy}" for remedy in findings["remedies"]]
    return lines


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="planc doctor", description=__doc__)
    parser.add_argument("--format", choices=("text", "json"), default="text")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
