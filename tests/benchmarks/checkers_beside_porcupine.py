"""Linearizability of registers, judged by planc and by Porcupine: the same histories, one run.

    python tests/benchmarks/checkers_beside_porcupine.py [--sizes 10000 100000 1000000] [--limit 20]

Needs Go; Porcupine comes through Go's module proxy and is built into a scratch folder. Histories
are lawful unless said otherwise, every written value is written once unless said otherwise. Both
sides have the history in memory before the clock starts. Times are processor time; Porcupine may
use all cores and is stopped after `--limit` seconds by the clock, or when it holds 6 GiB. Memory is
what judging adds at most to what the history takes. Each side judges three times; the median
counts. planc judges in a process of its own for each history. `--write` puts the table into
docs/performance.md.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from tables import put

from planc_runtime.checkers import HISTORY_CHECKS, Budget
from planc_runtime.checkers.linearizable import MODELS
from planc_runtime.history import History, Operation, Outcome
from support.histories import Shape, lawful, number_events

HEAD = (
    "| history | operations | planc | op/s | MiB | Porcupine | times as long | MiB |",
    "| --- | ---: | --- | ---: | ---: | --- | ---: | ---: |",
)
TIMES = 3
MOST_MEMORY = 6 << 30
MIXED = ("read",) * 5 + ("write",) * 3 + ("cas",) * 2
SHAPES: dict[str, tuple[Shape, bool]] = {
    "100 keys, 10 clients": (Shape(processes=10, keys=100, unknown=0), False),
    "100 keys, 100 clients": (Shape(processes=100, keys=100, unknown=0), False),
    "100 keys, 10 clients, violation": (Shape(processes=10, keys=100, unknown=0), True),
    "100 keys, 10 clients, 5 % unknown": (Shape(processes=10, keys=100, unknown=0.05), False),
    "1 key, 10 clients": (Shape(processes=10, unknown=0), False),
    "1 key, 10 clients, violation": (Shape(processes=10, unknown=0), True),
    "1 key, 10 clients, 20 % unknown": (Shape(processes=10, unknown=0.2), False),
    "1 key, 10 clients, 20 % cas": (Shape(processes=10, unknown=0, kinds=MIXED, hits=0.8), False),
    "100 keys, 5 values, 20 % cas": (
        Shape(processes=10, keys=100, values=5, unknown=0, kinds=MIXED, hits=0.8),
        False,
    ),
    "1 key, 5 values, 20 % unknown": (Shape(processes=10, values=5, unknown=0.2), False),
}


@dataclass(frozen=True)
class Judged:
    verdict: str
    seconds: float
    mebibytes: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--limit", type=int, default=20, help="seconds for Porcupine")
    parser.add_argument("--only", default="", help="histories whose name contains this")
    parser.add_argument("--write", action="store_true", help="put the table into the docs")
    parser.add_argument("--judge", nargs=3, metavar=("NAME", "SIZE", "PATH"), help="used inside")
    options = parser.parse_args()
    if options.judge:
        name, size, path = options.judge
        print(json.dumps(judge(name, int(size), Path(path))))
        return
    with tempfile.TemporaryDirectory() as folder:
        porcupine = build(Path(folder))
        table: list[str] = []
        path = Path(folder) / "history"
        for line in HEAD:
            say(line, table)
        for size in options.sizes:
            for name in (name for name in SHAPES if options.only in name):
                say(row(name, size, path, porcupine, options.limit), table)
    if options.write:
        put(Path(__file__).name, table)


def say(line: str, table: list[str]) -> None:
    print(line, flush=True)
    table.append(line)


def build(folder: Path) -> Path:
    if shutil.which("go") is None:
        sys.exit("Go is needed to build Porcupine: apt-get install golang-go")
    program = folder / "porcupine"
    source = Path(__file__).parent / "porcupine"
    subprocess.run(["go", "build", "-o", str(program), "."], cwd=source, check=True)
    return program


def row(name: str, size: int, path: Path, porcupine: Path, limit: int) -> str:
    command = [sys.executable, __file__, "--judge", name, str(size), str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    mine = Judged(**json.loads(done.stdout))
    other = beside(porcupine, path, limit)
    rate = size / mine.seconds
    ratio = other.seconds / mine.seconds
    gave_up = other.verdict not in ("Ok", "Illegal")
    times = f"over {ratio:,.0f}" if gave_up else f"{ratio:,.1f}"
    return (
        f"| {name} | {size:,} | {mine.verdict} | {rate:,.0f} | {mine.mebibytes:,} "
        f"| {other.verdict} | {times} | {other.mebibytes:,} |"
    )


def beside(porcupine: Path, path: Path, limit: int, model: str = "register") -> Judged:
    """Let Porcupine judge; more than once only if it is quick."""
    runs: list[Judged] = []
    while len(runs) < TIMES and sum(run.seconds for run in runs) < limit:
        began = time.monotonic()
        with path.open("rb") as history:
            done = subprocess.run(
                [str(porcupine), str(limit), model], stdin=history, capture_output=True, text=True,
                preexec_fn=_bound_memory, check=False,
            )  # fmt: skip
        if done.returncode:
            return Judged("out of memory", time.monotonic() - began, MOST_MEMORY >> 20)
        verdict, _, processor, memory = done.stdout.split()
        runs.append(Judged(verdict, float(processor), int(memory)))
    middle = statistics.median(run.seconds for run in runs)
    verdict = "gave up" if runs[0].verdict == "Unknown" else runs[0].verdict
    return Judged(verdict, middle, runs[0].mebibytes)


def _bound_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


# --- one history, in a process of its own -------------------------------------------------------


def judge(name: str, size: int, path: Path) -> dict[str, object]:
    shape, broken = SHAPES[name]
    kinds = shape.kinds if "cas" in name else ("read", "write")
    made = lawful(
        random.Random(1), MODELS["register"], replace(shape, operations=size, kinds=kinds)
    )
    number_events(made)
    if broken:
        go_back(made)
    with path.open("w", encoding="ascii") as file:
        file.writelines(for_porcupine(made))
    check, times = HISTORY_CHECKS["linearizable"], []
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before = _memory()
    for _ in range(TIMES):
        began = time.process_time()
        verdict = check(made, options={}, budget=Budget(5_000_000))
        times.append(time.process_time() - began)
    seconds = statistics.median(times)
    return {"verdict": verdict.result.value, "seconds": seconds, "mebibytes": _memory() - before}


def go_back(history: History) -> None:
    """Let a read of the busiest key in the middle return the first value that was written to it."""
    reads = [o for o in history if o.f == "read" and o.outcome is Outcome.OK and o.key == "k0"]
    victim = reads[len(reads) // 2]
    victim.value = next(o.args[1] for o in history if o.f == "write" and o.key == "k0")


def for_porcupine(history: Iterable[Operation]) -> Iterable[str]:
    kinds = {"read": 0, "write": 1, "cas": 2}
    for o in history:
        unknown = o.outcome is Outcome.UNKNOWN
        if o.outcome is Outcome.FAIL or (unknown and o.f == "read"):
            continue
        value = o.value if o.f == "read" else o.args[-1]
        old = o.args[1] if o.f == "cas" else -1
        answered = -1 if unknown else o.ended
        number = -1 if value is None else value
        yield f"{o.process} {kinds[o.f]} {o.key[1:]} {number} {old} {o.began} {answered}\n"


def _memory() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line.split()[1] for line in status if line.startswith("VmHWM"))) // 1024


if __name__ == "__main__":
    main()
