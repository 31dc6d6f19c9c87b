"""How long real clusters of three take until they serve, beside the same servers by hand.

    python tests/benchmarks/startup.py [--rounds 5] [--docker] [--write]

The sides take turns, and medians are compared. `--write` puts the table into docs/performance.md;
`--docker` adds containers, where an engine answers.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from servers import by_hand, by_planc

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
TITLE = "## Start-up of real clusters"
WORDS = """
By hand: the same programs with the same settings on 127.0.77.N, and the same conditions. *whole*:
the scenario with its network, its warden, and the end of all of it. The goal is 5 s. Measured
while the machine bore ten times what it has processors for. How long etcd takes is a matter of
luck by hand as well: a split vote costs it a second. A scenario looks at its nodes' status ten
times a second and, for Redis, runs six set-up commands before.
""".strip()
T = TypeVar("T")
HANDS: dict[str, Callable[[Path], float]] = {
    "etcd": by_hand.etcd,
    "redis": by_hand.redis,
    "nats": by_hand.nats,
}
TOLD = {
    "etcd": "etcd: three healthy members, one leader",
    "redis": "Redis: a primary, two replicas, three sentinels that know them",
    "nats": "NATS JetStream: three servers, one leader",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--docker", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    backends = ["local", *(["docker"] if options.docker else [])]
    text = "\n\n".join(
        [
            TITLE,
            "`python tests/benchmarks/startup.py --docker --write`: seconds.",
            "\n".join(table(options.rounds, backends)),
            WORDS,
        ]
    )
    print(text)
    if options.write:
        _put(text)


def table(rounds: int, backends: list[str]) -> list[str]:
    lines = [
        "| cluster | by hand | on | serves after | beside by hand | whole |",
        "| --- | ---: | --- | ---: | ---: | ---: |",
    ]
    for name, hand in HANDS.items():
        bare: list[float] = []
        took: dict[str, list[by_planc.Took]] = {backend: [] for backend in backends}
        for _ in range(rounds):
            bare.append(_apart(hand))
            for backend in backends:
                took[backend].append(
                    _apart(lambda folder, b=backend, n=name: by_planc.bring_up(n, b, folder))
                )
        middle = statistics.median(bare)
        for backend, all_of_them in took.items():
            up = statistics.median(each.up for each in all_of_them)
            whole = statistics.median(each.whole for each in all_of_them)
            lines.append(
                f"| {TOLD[name]} | {middle:.2f} | {backend} | {up:.2f} | {up / middle:.2f} |"
                f" {whole:.2f} |"
            )
    return lines


def _apart(what: Callable[[Path], T]) -> T:
    with tempfile.TemporaryDirectory(prefix="planc-startup-") as folder:
        return what(Path(folder))


def _put(text: str) -> None:
    """Replace the section of the page, or add it at its end."""
    before, _, rest = PAGE.read_text("utf-8").partition(TITLE)
    _, mark, following = rest.partition("\n## ")
    after = f"\n\n{mark.strip()} {following}" if mark else "\n"
    PAGE.write_text(f"{before.rstrip()}\n\n{text}{after}", "utf-8")


if __name__ == "__main__":
    main()
