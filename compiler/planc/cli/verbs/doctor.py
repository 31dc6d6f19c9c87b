"""`planc doctor`: tell what this machine lets local clusters do, and what would lift the rest.

Only the runtime can try it, so a process of the runtime does.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from planc.cli.parser import Parser

MODULE = "planc_runtime.doctor"


def main(arguments: Sequence[str]) -> int:
    parser = Parser("doctor", "Say what this machine lets local clusters do.")
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="text (default) or json"
    )
    options = parser.read(arguments)
    command = [sys.executable, "-m", MODULE, "--format", options.format]
    return subprocess.run(command, check=False).returncode
