"""Jepsen's logs of etcd, judged by planc and by Porcupine: a register of five values, with cas.

    python tests/benchmarks/jepsen_logs_beside_porcupine.py [--limit 20]

The logs are the test data of Porcupine's own Go module, read where Go keeps modules. A cas that
failed is one that found another value; reads that failed say nothing. Times are processor time, the
median of three in one process, each side with the log in memory. A planc that finds a violation
also looks for the fewest operations that show it, and for the one to blame; Porcupine only says
no. Both are therefore set beside each other twice: as they are, and for the verdict alone.
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from checkers_beside_porcupine import TIMES, build

from planc_runtime.checkers import HISTORY_CHECKS, Budget
from planc_runtime.checkers.linearizable.objects import sort_into_objects
from planc_runtime.checkers.linearizable.search.search import search
from planc_runtime.history import History, Operation, Outcome, Result

LINE = re.compile(r"^INFO\s+jepsen\.util\s+-\s+(\d+)\s+:(\w+)\s+:(\w+)\s+(.*\S)\s*$")
KEY = "r"
READ, WRITE, CAS, REFUSED = range(4)


@dataclass(frozen=True)
class Judged:
    lawful: bool
    seconds: float
    verdict_alone: float
    porcupine: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=int, default=20, help="seconds for Porcupine")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        porcupine = build(Path(folder))
        rows = [
            judge(log, porcupine, Path(folder) / "history", options.limit)
            for log in sorted(logs().glob("etcd_*.log"))
        ]
    total = sum(row.porcupine for row in rows)
    print("| Jepsen's logs of etcd | lawful | violations | Porcupine, times as long | median |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for what, mine in (
        ("verdict and evidence", [row.seconds for row in rows]),
        ("verdict alone", [row.verdict_alone for row in rows]),
    ):
        each = [row.porcupine / seconds for row, seconds in zip(rows, mine, strict=True)]
        lawful = sum(row.lawful for row in rows)
        print(
            f"| {what} | {lawful} | {len(rows) - lawful} "
            f"| {total / sum(mine):.2f} | {statistics.median(each):.2f} |"
        )


def logs() -> Path:
    """Return where Go keeps the test data of Porcupine's module."""
    found = subprocess.run(
        ["go", "list", "-m", "-f", "{{.Dir}}", "github.com/anishathalye/porcupine"],
        cwd=Path(__file__).parent / "porcupine", check=True, capture_output=True, text=True,
    )  # fmt: skip
    return Path(found.stdout.strip()) / "test_data" / "jepsen"


def judge(log: Path, porcupine: Path, path: Path, limit: int) -> Judged:
    history = parse(log)
    path.write_text("".join(for_porcupine(history)), encoding="ascii")
    with path.open("rb") as lines:
        done = subprocess.run(
            [str(porcupine), str(limit), "register", str(TIMES)],
            stdin=lines, capture_output=True, text=True, check=True,
        )  # fmt: skip
    said = [line.split() for line in done.stdout.splitlines()]
    check = HISTORY_CHECKS["linearizable"]
    verdict = check(history, options={}, budget=Budget())
    lawful = said[0][0] == "Ok"
    nothing_happened = all(o.outcome is not Outcome.OK for o in history)
    if not nothing_happened and (verdict.result is Result.PASSED) != lawful:
        sys.exit(f"{log.name}: {said[0][0]} says Porcupine, planc: {verdict.measured}")
    return Judged(
        lawful,
        timed(lambda: check(history, options={}, budget=Budget())),
        timed(lambda: decide(history)),
        statistics.median(float(processor) for _, _, processor, _ in said),
    )


def decide(history: History) -> None:
    objects = sort_into_objects(history, {})
    assert not isinstance(objects, str), objects
    for model, calls in objects.values():
        search(model, calls, Budget())


def timed(action: Callable[[], object]) -> float:
    times = []
    for _ in range(TIMES):
        began = time.process_time()
        action()
        times.append(time.process_time() - began)
    return statistics.median(times)


def parse(log: Path) -> History:
    """Read a log; what has no end, or timed out, has an unknown outcome."""
    history, pending = History(), dict[str, Operation]()
    for now, line in enumerate(log.read_text(encoding="utf-8").splitlines()):
        found = LINE.match(line)
        if found is None:
            continue
        process, event, f, told = found.groups()
        if event == "invoke":
            args = () if f == "read" else tuple(map(int, re.findall(r"\d+", told)))
            operation = Operation(-1, int(process), f, (KEY, *args), now, now)
            pending[process] = history.begin(operation)
            continue
        operation = pending.pop(process)
        _end(operation, event, told)
        if operation.outcome is Outcome.OK:
            operation.completed = now
            history.end(operation)
    return history


def _end(operation: Operation, event: str, told: str) -> None:
    refused = event == "fail" and operation.f == "cas"
    if event != "ok" and not refused:
        return
    operation.outcome = Outcome.OK
    if operation.f == "read" and told != "nil":
        operation.value = int(told)
    elif operation.f == "cas":
        operation.value = not refused


def for_porcupine(history: Iterable[Operation]) -> Iterable[str]:
    kinds = {"read": READ, "write": WRITE, "cas": CAS}
    for o in history:
        unknown = o.outcome is Outcome.UNKNOWN
        if unknown and o.f == "read":
            continue
        kind = REFUSED if o.f == "cas" and o.value is False else kinds[o.f]
        value = o.value if o.f == "read" else o.args[-1]
        old = o.args[1] if o.f == "cas" else -1
        number = -1 if value is None else value
        yield f"{o.process} {kind} 0 {number} {old} {o.began} {-1 if unknown else o.ended}\n"


if __name__ == "__main__":
    main()
