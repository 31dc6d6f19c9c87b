"""Start, trouble and end local clusters many times, and count what is left.

    python -m tests.soak [--cycles 200] [--seed 1]

Half of the cycles run in this process, which must not grow; in the others a test process of its own
is killed, or its guard, its warden, a keeper, or several of them, at a random moment.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tests.soak.cycles import soak


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--cycles", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="planc-soak-") as folder:
        (Path(folder) / "tmp").mkdir()
        os.environ["TMPDIR"] = tempfile.tempdir = str(Path(folder) / "tmp")
        result = soak(options.cycles, options.seed, Path(folder), print)
    print(f"{'':24}{'before':>10}{'after':>10}")
    for name, before in result.before.items():
        print(f"{name:24}{before:>10}{result.after[name]:>10}")
    print(f"slowest end of a world: {result.slowest:.2f} s")
    for leftover in result.leftovers:
        print("LEFT BEHIND:", leftover)
    return 1 if result.leftovers else 0


sys.exit(main())
