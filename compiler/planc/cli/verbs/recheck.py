"""`planc recheck HISTORY`: run a checker once more on a recorded history.

The checkers are the runtime's, so a process of the runtime does it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from planc.cli.errors import UsageError
from planc.cli.parser import Parser, whole_number

MODULE = "planc_runtime.recheck"


def main(arguments: Sequence[str]) -> int:
    parser = Parser("recheck", "Judge a recorded history again.")
    parser.add_argument("history", metavar="HISTORY", nargs="?", help="a report's history.jsonl")
    parser.add_argument(
        "--property",
        action="append",
        help="what it should be (default: linearizable); `all`; may be repeated",
    )
    parser.add_argument("--list", action="store_true", help="say what each property means")
    parser.add_argument("--model", help="of what: register, queue, ... or MODULE:FUNCTION")
    parser.add_argument(
        "--option", action="append", metavar="NAME=VALUE", help="of the checker: strict=true, ttl=5"
    )
    parser.add_argument("--workload", help="only what this workload did")
    parser.add_argument("--states", type=whole_number(1), help="how many to visit at most")
    parser.add_argument("--seconds", type=whole_number(1), help="how long to try at most")
    parser.add_argument("--memory", type=whole_number(1), metavar="MIB", help="hold at most")
    parser.add_argument("--format", choices=("text", "json"), help="json: a line per verdict")
    options = parser.read(arguments)
    if options.list:
        return subprocess.run([sys.executable, "-m", MODULE, "--list"], check=False).returncode
    if options.history is None:
        raise UsageError(
            "which history?", "planc recheck reports/PLAN/scenarios/TEST/history.jsonl"
        )
    history = Path(options.history)
    if not history.is_file():
        raise UsageError(
            f"there is no history `{history}`",
            "a run leaves one per scenario: reports/PLAN/scenarios/TEST/history.jsonl",
        )
    command = [sys.executable, "-m", MODULE, str(history)]
    for name in ("model", "workload", "states", "seconds", "memory", "format"):
        if (value := getattr(options, name)) is not None:
            command += [f"--{name}", str(value)]
    for name in ("property", "option"):
        for value in getattr(options, name) or ():
            command += [f"--{name}", value]
    return subprocess.run(command, check=False).returncode
