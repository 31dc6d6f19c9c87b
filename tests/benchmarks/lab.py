"""The network lab beside what else makes networks and troubles, in one run; needs root.

    python tests/benchmarks/lab.py [--rounds 5] [--toxiproxy PROGRAM] [--write]

The sides take turns, so that a busy machine slows all of them, and medians are compared. `--write`
puts the tables into docs/performance.md. Beside Python it wants `ip` (iproute2) and `nft`
(nftables); Toxiproxy is had by `go install github.com/Shopify/toxiproxy/v2/cmd/server@latest`, and
containers are compared where an engine answers. What is not there is left out, and said so.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from network import schedule, sides, topology, traffic
from network.processes import apart
from network.sides import DELAY, Side

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
TITLE = "## The network lab"
HOSTS = 6

Row = Sequence[object]


def main() -> None:
    options = _options()
    if os.geteuid() != 0:
        sys.exit("it takes root: the sides are made in namespaces of this machine")
    parts = [
        TITLE,
        "`python tests/benchmarks/lab.py --write`, as root, on both cores of one machine.",
        *topologies(options.rounds),
        *partitions(options.rounds),
        *pairs(options.rounds, options.toxiproxy),
        *accuracy(options.rounds),
    ]
    text = "\n\n".join(parts) + "\n"
    print(text)
    if options.write:
        _put(text)


def topologies(rounds: int) -> Iterable[str]:
    """Bring hosts up and down."""
    makers: dict[str, Callable[[int], topology.Seconds]] = {
        "the lab": topology.by_lab,
        "`ip -batch`": topology.by_ip,
    }
    if reason := topology.no_docker():
        note = f"Containers are not compared: {reason}."
    else:
        makers["docker"] = topology.by_docker
        note = "Containers are those of a static program that waits, on a bridge of their own."
    rows: list[Row] = []
    for count in (5, 20):
        found: dict[str, list[topology.Seconds]] = {name: [] for name in makers}
        for _ in range(rounds):
            for name, make in makers.items():
                found[name].append(apart(lambda make=make, count=count: make(count)))
        for name, times in found.items():
            beside = _median(up for up, _ in times) / _median(up for up, _ in found["the lab"])
            up, down = (_median(t[i] for t in times) * 1e3 for i in (0, 1))
            rows.append((f"{count} hosts", name, f"{up:.1f}", f"{down:.1f}", f"{beside:.1f}"))
    head = ("topology", "made by", "up, ms", "down, ms", "up, beside the lab")
    return (_table(head, rows, right=3), note)


def partitions(rounds: int) -> Iterable[str]:
    """Cut half of the hosts off from the other half, and heal."""
    found = apart(lambda: topology.cuts(HOSTS, 20 * rounds))
    found["proved"] = topology.proved_cuts(HOSTS, 5 * rounds)
    middle = {name: [_median(t[i] for t in times) for i in (0, 1)] for name, times in found.items()}
    words = {
        "lab": "the lab, one message to the kernel",
        "nft": "`nft -f -`, spawned",
        "proved": "a scenario's, with a probe per link as proof",
    }
    rows = [
        (words[name], f"{lay * 1e6:,.0f}", f"{heal * 1e6:,.0f}", f"{lay / middle['lab'][0]:.0f}")
        for name, (lay, heal) in middle.items()
    ]
    head = (f"partition 3 \\| 3 of {HOSTS} hosts", "apply, us", "heal, us", "apply, beside the lab")
    return (_table(head, rows, right=3),)


def pairs(rounds: int, toxiproxy: str | None) -> Iterable[str]:
    """Compare throughput and round trips of one TCP connection."""
    delay = f"{DELAY * 1e3:g} ms"
    tried: dict[str, Side] = {
        "bare kernel bridge": sides.bare_bridge,
        "the lab, a clean pair": sides.clean_pair,
        "a proxy of asyncio": sides.through_asyncio,
        f"the lab, {delay} there and back": sides.delayed_pair,
    }
    note = "Toxiproxy is not here, and left out."
    if toxiproxy is not None:
        tried["Toxiproxy, no toxic"] = sides.through_toxiproxy(toxiproxy)
        tried[f"Toxiproxy, {delay} there and back"] = sides.through_toxiproxy(toxiproxy, DELAY)
        note = "A proxy ends the connection and begins another; the lab passes packets on."
    bits: dict[str, list[float]] = {name: [] for name in tried}
    trips: dict[str, list[float]] = {name: [] for name in tried}
    for _ in range(rounds):
        for name, side in tried.items():
            bits[name].append(apart(lambda side=side: _throughput(side)))
            trips[name].append(_median(apart(lambda side=side: _round_trips(side))))
    first = "bare kernel bridge"
    rows = []
    for name in tried:
        rate, trip = _median(bits[name]), _median(trips[name])
        share, slower = rate / _median(bits[first]), trip / _median(trips[first])
        rows.append(
            (name, f"{rate / 1e9:.2f}", f"{share:.2f}", f"{trip * 1e6:,.0f}", f"{slower:.2f}")
        )
    head = ("one TCP connection", "Gbit/s", "beside bare", "round trip, us", "beside bare")
    return (_table(head, rows, right=4), note)


def _throughput(side: Side) -> float:
    with side() as pair:
        return traffic.throughput(pair, 1.0)


def _round_trips(side: Side) -> list[float]:
    with side() as pair:
        return traffic.round_trips(pair, 300)


def accuracy(rounds: int) -> Iterable[str]:
    """See whether troubles are what was asked for, and when."""
    count = 500 * rounds
    late = [one - 0.05 for one in apart(lambda: _delays({"delay": 0.05}, count, 0.002))]
    bare = apart(lambda: _bare_delays(count))
    rate = _median(apart(lambda: _rate(10e6)) for _ in range(3))
    sent = 20_000
    lost = 1 - len(apart(lambda: _delays({"loss": 0.05}, sent, 50e-6))) / sent
    begun, proved = schedule.lateness(60, 0.05)
    rows = [
        ("delay of 50 ms: too late by", *_spread(late), "0.5 at p95"),
        ("no delay, bare bridge: one way", *_spread(bare), ""),
        ("partition at a time of the plan: begins late by", *_spread(begun), ""),
        ("... is proved to hold", *_spread(proved), ""),
    ]
    head = ("milliseconds", "p50", "p95", "p99", "goal")
    share = 1448 / 1514
    words = (
        f"10 Mbit/s carry {rate / share / 1e6:.2f} Mbit/s of frames; "
        f"of {sent:,} datagrams under 5 % loss {lost:.2%} are lost."
    )
    return (_table(head, rows, right=3), words)


def _delays(rule: dict[str, float], count: int, every: float) -> list[float]:
    with sides.shaped(rule)() as pair:
        return traffic.delays(pair, count, every)


def _bare_delays(count: int) -> list[float]:
    with sides.bare_bridge() as pair:
        return traffic.delays(pair, count, 0.002)


def _rate(limit: float) -> float:
    with sides.shaped({"rate": limit})() as pair:
        return traffic.throughput(pair, 3.0)


def _spread(seconds: Sequence[float]) -> tuple[str, ...]:
    ordered = sorted(seconds)
    return tuple(f"{ordered[int(p * (len(ordered) - 1))] * 1e3:.2f}" for p in (0.5, 0.95, 0.99))


def _median(numbers: Iterable[float]) -> float:
    return statistics.median(numbers)


def _table(head: Row, rows: Iterable[Row], right: int) -> str:
    lines = ["---"] * (len(head) - right) + ["---:"] * right
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in (head, lines, *rows))


def _put(text: str) -> None:
    """Replace the section of the page, or add it; what follows the tables there is kept."""
    page = PAGE.read_text("utf-8")
    if TITLE not in page:
        PAGE.write_text(page.rstrip("\n") + "\n\n" + text, "utf-8")
        return
    before, _, rest = page.partition(TITLE)
    kept = rest[rest.index(_WORDS) :] if _WORDS in rest else _after(rest)
    PAGE.write_text(before + text + "\n" + kept, "utf-8")


_WORDS = "What makes the lab so:"


def _after(rest: str) -> str:
    _, mark, following = rest.partition("\n## ")
    return mark.lstrip("\n") + following


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--toxiproxy", default=shutil.which("toxiproxy-server"))
    parser.add_argument("--write", action="store_true", help="put the tables into the docs")
    return parser.parse_args()


if __name__ == "__main__":
    main()
