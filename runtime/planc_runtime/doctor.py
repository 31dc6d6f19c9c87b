"""`python -m planc_runtime.doctor`: what this machine lets the backends `local` and `docker` do.

Tried, not guessed: every rung of the ladder is stood upon, with two hosts and each kind of trouble,
and what can be done to a node is done to a child of this process.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Mapping
from typing import Any

from planc_runtime.clusters.docker import finding
from planc_runtime.clusters.lab import rungs
from planc_runtime.clusters.lab.remedies import remedies
from planc_runtime.clusters.lab.rungs import Rung
from planc_runtime.clusters.lab.station import LOOPBACK, REDIRECT, ROOT, USERNS
from planc_runtime.clusters.local.world import ON_ANY_NETWORK
from planc_runtime.clusters.machine import trial
from planc_runtime.errors import PlancError

MEANINGS = {
    ROOT: "namespaces made by root",
    USERNS: "namespaces of an ordinary user",
    REDIRECT: "no namespaces: connections are led through a process that can trouble them",
    LOOPBACK: "no namespaces: nodes share this machine's network, which nobody can trouble",
}


def main(arguments: list[str] | None = None) -> int:
    """Return 0 when links can be troubled here, 1 when they cannot, 2 on a wrong setting."""
    options = _parser().parse_args(arguments)
    try:
        findings = examine()
    except PlancError as error:
        print(f"error: {error.message}\nhelp: {error.help}", file=sys.stderr)
        return 2
    as_json = options.format == "json"
    _say(json.dumps(findings, indent=2) if as_json else "\n".join(_lines(findings)))
    return 0 if findings["rung"] != LOOPBACK else 1


def _say(text: str) -> None:
    try:
        print(text, flush=True)
    except BrokenPipeError:
        # `| head` has seen enough; what is left in the buffer must not complain at the exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def examine() -> dict[str, Any]:
    """Return the rung that a run would take, and what each rung can do."""
    taken = rungs.find()
    tried = [rungs.attempt(name) for name in MEANINGS]
    nodes = trial.find()
    containers = finding.examine()
    lifting = [*_unforced(taken), *remedies(_refusals(taken, tried))]
    local = {
        "rung": taken.name,
        "abilities": sorted({*taken.abilities, *nodes.abilities, *ON_ANY_NETWORK}),
        "missing": _sorted({**nodes.missing, **taken.missing}),
        "remedies": lifting,
    }
    return {
        "kernel": platform.release(),
        "machine": platform.machine(),
        "backends": {"local": local, **_without_engine(containers, local)},
        "rung": taken.name,
        "network_abilities": sorted(taken.abilities),
        "missing": _sorted(taken.missing),
        "node_abilities": sorted(nodes.abilities),
        "node_missing": _sorted(nodes.missing),
        "rungs": {
            rung.name: {
                "means": MEANINGS[rung.name],
                "carries": bool(rung.abilities) or rung.name == LOOPBACK,
                "network_abilities": sorted(rung.abilities),
                "missing": _sorted(rung.missing),
            }
            for rung in tried
        },
        "remedies": lifting,
        "docker": containers,
    }


def _without_engine(found: dict[str, Any], local: dict[str, Any]) -> dict[str, Any]:
    """Say of a machine without an engine of containers that nothing can be done to any.

    Of one that has an engine it is known when a world is opened: the engine may be elsewhere.
    """
    if found["carries"]:
        return {}
    missing = dict.fromkeys(sorted({*local["abilities"], *local["missing"]}), found["missing"])
    return {"docker": {"rung": "docker", "abilities": [], "missing": missing,
                       "remedies": [found["remedy"]]}}  # fmt: skip


def _unforced(taken: Rung) -> list[str]:
    """Say that somebody has asked for a rung on which something is missing."""
    forced = os.environ.get(rungs.VARIABLE) and taken.missing
    return [f"leave {rungs.VARIABLE} unset, which asks for this rung"] if forced else []


def _refusals(taken: Rung, tried: list[Rung]) -> list[str]:
    """Return why there is not more, as the kernel put it: of rungs above, and on the one taken."""
    above = tried[: [rung.name for rung in tried].index(taken.name)]
    refused = [rung.missing["partition"] for rung in above if not rung.abilities]
    with_namespaces = taken.name in (ROOT, USERNS)
    return [*taken.missing.values()] if with_namespaces else refused


def _sorted(missing: Mapping[str, str]) -> dict[str, str]:
    return dict(sorted(missing.items()))


def _lines(findings: dict[str, Any]) -> list[str]:
    lines = [
        f"kernel {findings['kernel']}, {findings['machine']}",
        f"local clusters run on the rung {findings['rung']!r}: {MEANINGS[findings['rung']]}",
        _all_or_not(findings["backends"]["local"]["missing"]),
    ]
    for name, rung in findings["rungs"].items():
        mark = "*" if name == findings["rung"] else " "
        able = ", ".join(rung["network_abilities"]) or "nothing is done to the network"
        lines.append(f"{mark} {name:8} {able if rung['carries'] else 'refused'}")
        lines += _lacks(rung["missing"])
    lines.append(f"  nodes    {', '.join(findings['node_abilities'])}")
    lines += _lacks(findings["node_missing"])
    lines += [f"what would help: {remedy}" for remedy in findings["remedies"]]
    return lines + _of_docker(findings["docker"])


def _all_or_not(missing: Mapping[str, str]) -> str:
    if not missing:
        return "every fault of the language can be made here"
    return f"of the language's faults and abilities, these are not possible: {', '.join(missing)}"


def _of_docker(found: dict[str, Any]) -> list[str]:
    if not found["carries"]:
        return [f"no containers: {found['missing']}", f"what would help: {found['remedy']}"]
    return [
        f"containers run on the engine at {found['socket']}: docker {found['version']},"
        f" storage {found['storage']}, cgroups v{found['cgroups']}"
    ]


def _lacks(missing: dict[str, str]) -> list[str]:
    """Return a line for each reason, with all that it takes away."""
    by_reason: dict[str, list[str]] = {}
    for ability, reason in missing.items():
        by_reason.setdefault(reason, []).append(ability)
    return [f"{'':13}no {', '.join(lost)}: {reason}" for reason, lost in by_reason.items()]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="planc doctor", description=__doc__)
    parser.add_argument("--format", choices=("text", "json"), default="text")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
