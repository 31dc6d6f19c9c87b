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
    parser.add_argument("history", metavar="HISTORY", help="a history.jsonl of a report")
    parser.add_argument(
        "--property", default="linearizable", help="what it should be (default: linearizable)"
    )
    parser.add_argument("--model", default=None, help="of what: register, key-value, ...")
    parser.add_argument("--workload", help="only what this workload did")
    parser.add_argument("--states", type=whole_number(1), help="how many to visit at most")
    options = parser.read(arguments)
    history = Path(options.history)
    if not history.is_file():
        raise UsageError(
            f"there is no history `{history}`",
            "a run leaves one per scenario: reports/PLAN/scenarios/TEST/history.jsonl",
        )
    command = [sys.executable, "-m", MODULE, str(history), "--property", options.property]
    for name in ("model", "workload", "states"):
        if (value := getattr(options, name)) is not None:
            command += [f"--{name}", str(value)]
    return subprocess.run(command, check=False).returncode
