"""Property tests with examples that no landing has seen, seed after seed, until one fails.

    python -m tests.soak.properties [--seeds 20] [--from 1] [-n 2] [PATHS ...]

Each round is one run of pytest with a seed of Hypothesis; the seed of the round that failed is
said, and gives the same examples again. Status 1 if a round failed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, metavar="N", help="so many rounds")
    parser.add_argument("--from", type=int, default=1, dest="first", metavar="SEED")
    parser.add_argument("-n", type=int, default=2, dest="workers", metavar="N")
    parser.add_argument("paths", nargs="*", default=["tests"], metavar="PATHS")
    chosen = parser.parse_args()
    for seed in range(chosen.first, chosen.first + chosen.seeds):
        print(f"seed {seed}", flush=True)
        if _round(seed, chosen.workers, chosen.paths) != 0:
            print(f"seed {seed} failed; again: --from {seed} --seeds 1", flush=True)
            return 1
    return 0


def _round(seed: int, workers: int, paths: list[str]) -> int:
    command = [sys.executable, "-m", "pytest", "-q", "-m", "hypothesis", "-n", str(workers)]
    return subprocess.run(
        [*command, f"--hypothesis-seed={seed}", *paths], cwd=ROOT, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
