"""Simulated seconds per wall second, beside other simulators, in one run.

    python tests/benchmarks/simulator.py [--seconds 60] [--runs 5]

The sides take turns, so that a busy machine slows all of them, and the median of their speeds is
taken, of processor time. Quote the ratios; the speeds belong to the machine. The forms of the
exchange are not to be compared with each other: one sends by a timer and a queue, one through
streams; the last is the project's own Raft store, five nodes with elections, logs and files.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import async_solipsism
from exchange import nodes, processes, raft, streams, tasks

from planc_runtime.clusters.sim import SimBackend
from planc_runtime.protocols.backend import Settings, World

Side = Callable[[float], Mapping[str, int]]
"""Runs the exchange for so many simulated seconds; returns its counts."""


def on_planc(program: Callable[[World, float], object], seconds: float) -> Mapping[str, int]:
    with tempfile.TemporaryDirectory(prefix="planc-bench-") as folder:
        return SimBackend().execute(
            Settings(seed=1, directory=Path(folder)), lambda world: program(world, seconds)
        )


def on_solipsism(program: Callable[[float], object], seconds: float) -> Mapping[str, int]:
    loop = async_solipsism.EventLoop()
    try:
        return loop.run_until_complete(program(seconds))
    finally:
        loop.close()


def without_world(program: Callable[[float], object]) -> Callable[[World, float], object]:
    return lambda world, seconds: program(seconds)


SIDES: dict[str, dict[str, Side]] = {
    "timers and queues": {
        "planc": partial(on_planc, without_world(tasks.exchange)),
        "async-solipsism": partial(on_solipsism, tasks.exchange),
        "SimPy": processes.exchange,
    },
    "streams": {
        "planc": partial(on_planc, without_world(streams.exchange)),
        "planc, six machines": partial(on_planc, nodes.exchange),
        "async-solipsism": partial(on_solipsism, streams.exchange),
    },
    "a whole Raft store over HTTP": {"planc": partial(on_planc, raft.exchange)},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="of simulated time")
    parser.add_argument("--runs", type=int, default=5, help="of each side")
    options = parser.parse_args()
    print("| exchange | simulator | simulated s per s | messages per s | beside planc |")
    print("| --- | --- | ---: | ---: | ---: |")
    for form, sides in SIDES.items():
        speeds, messages = take_turns(sides, options.seconds, options.runs)
        for name, speed in speeds.items():
            rate = messages[name] / options.seconds * speed
            ratio = speed / speeds["planc"]
            print(f"| {form} | {name} | {speed:,.0f} | {rate:,.0f} | {ratio:.2f} |")


def take_turns(
    sides: Mapping[str, Side], seconds: float, runs: int
) -> tuple[dict[str, float], dict[str, int]]:
    """Return each side's median speed and the messages that it carried."""
    speeds: dict[str, list[float]] = {name: [] for name in sides}
    messages: dict[str, int] = {}
    for _ in range(runs):
        for name, side in sides.items():
            began = time.process_time()
            counts = side(seconds)
            speeds[name].append(seconds / (time.process_time() - began))
            messages[name] = counts["messages"]
    return {name: statistics.median(each) for name, each in speeds.items()}, messages


if __name__ == "__main__":
    asyncio.set_event_loop_policy(None)
    main()
