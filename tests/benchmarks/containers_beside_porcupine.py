"""Linearizability of queues, stacks and sets, judged by planc and by Porcupine side by side.

    python tests/benchmarks/containers_beside_porcupine.py [--sizes 10000 100000] [--limit 8]

Everything is measured as in checkers_beside_porcupine.py, whose Porcupine this is, with models of
containers that step and compare in constant time. Values are text, and put in once. Half of the
operations on queues and stacks put in, half take out; of an element of a set there are an addition,
a removal and looks. A violation is one in the middle: two answers changed places, or a look found
the reverse.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from checkers_beside_porcupine import HEAD, TIMES, Judged, _memory, beside, build, say
from tables import put

from planc_runtime.checkers import HISTORY_CHECKS, Budget
from planc_runtime.history import History, Operation, Outcome
from support.histories import number_events

WORDS = {"queue": ("enqueue", "dequeue"), "stack": ("push", "pop")}


@dataclass(frozen=True)
class Load:
    kind: str
    objects: int = 1
    clients: int = 10
    unknown: float = 0.0
    broken: bool = False

    @property
    def name(self) -> str:
        many = f"{self.objects} {self.kind}s" if self.objects > 1 else f"1 {self.kind}"
        lost = f", {self.unknown:.0%} unknown".replace("%", " %") if self.unknown else ""
        return f"{many}, {self.clients} clients{lost}{', violation' if self.broken else ''}"


LOADS = {
    load.name: load
    for kind in ("queue", "stack", "set")
    for load in (
        Load(kind, objects=100),
        Load(kind, objects=100, clients=100),
        Load(kind, objects=100, broken=True),
        Load(kind, objects=100, unknown=0.05),
        Load(kind),
        Load(kind, broken=True),
        Load(kind, unknown=0.05),
        Load(kind, unknown=0.05, broken=True),
    )
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--limit", type=int, default=8, help="seconds for Porcupine")
    parser.add_argument("--only", default="", help="histories whose name contains this")
    parser.add_argument("--write", action="store_true", help="put the table into the docs")
    parser.add_argument("--judge", nargs=3, metavar=("NAME", "SIZE", "PATH"), help="used inside")
    options = parser.parse_args()
    if options.judge:
        name, size, path = options.judge
        print(json.dumps(judge(LOADS[name], int(size), Path(path))))
        return
    with tempfile.TemporaryDirectory() as folder:
        porcupine = build(Path(folder))
        table: list[str] = []
        path = Path(folder) / "history"
        for line in HEAD:
            say(line, table)
        for size in options.sizes:
            for name in (name for name in LOADS if options.only in name):
                say(row(name, size, path, porcupine, options.limit), table)
    if options.write:
        put(Path(__file__).name, table)


def row(name: str, size: int, path: Path, porcupine: Path, limit: int) -> str:
    command = [sys.executable, __file__, "--judge", name, str(size), str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    mine = Judged(**json.loads(done.stdout))
    other = beside(porcupine, path, limit, LOADS[name].kind)
    gave_up = other.verdict not in ("Ok", "Illegal")
    ratio = other.seconds / mine.seconds
    times = f"over {ratio:,.0f}" if gave_up else f"{ratio:,.1f}"
    return (
        f"| {name} | {size:,} | {mine.verdict} | {size / mine.seconds:,.0f} | {mine.mebibytes:,} "
        f"| {other.verdict} | {times} | {other.mebibytes:,} |"
    )


def judge(load: Load, size: int, path: Path) -> dict[str, object]:
    made = History(list(happened(random.Random(1), load, size)))
    number_events(made)
    if load.broken:
        damage(made, load)
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


def happened(rng: random.Random, load: Load, size: int) -> Iterator[Operation]:
    """Yield what clients did to containers in good order, by the beginnings of operations."""
    clocks = [rng.random() for _ in range(load.clients)]
    drafts: list[tuple[float, float, float, int, bool]] = []
    for number in range(size):
        client = rng.randrange(load.clients)
        begin = clocks[client] + rng.random()
        end = clocks[client] = begin + rng.random() * 3
        lost = rng.random() < load.unknown
        moment = rng.uniform(begin, end) + (rng.random() * 5 if lost else 0)
        drafts.append((moment, begin, end, number, lost))
    drafts.sort()
    world = World(rng, load, size)
    made = [world.step(*draft) for draft in drafts]
    made.sort(key=lambda operation: operation.invoked)
    for index, operation in enumerate(made):
        operation.index = index
        yield operation


class World:
    """Containers on which every operation takes effect at one moment, or not at all if lost."""

    def __init__(self, rng: random.Random, load: Load, size: int) -> None:
        self._rng, self._load = rng, load
        self._inside: list[deque[str]] = [deque() for _ in range(load.objects)]
        self._known: list[deque[str]] = [deque(["0"], maxlen=50) for _ in range(load.objects)]
        self._held: list[set[str]] = [set() for _ in range(load.objects)]
        self._removed: list[set[str]] = [set() for _ in range(load.objects)]
        self._fresh = iter(range(1, size + 2))

    def step(self, moment: float, begin: float, end: float, client: int, lost: bool) -> Operation:
        place = self._rng.randrange(self._load.objects)
        happens = not lost or self._rng.random() < 0.5
        do = self._on_set if self._load.kind == "set" else self._on_queue_or_stack
        f, args, value = do(place, happens)
        return Operation(
            index=-1, process=client, f=f, args=(f"k{place}", *args), intended=begin,
            invoked=begin, completed=None if lost else end, value=None if lost else value,
            outcome=Outcome.UNKNOWN if lost else Outcome.OK,
        )  # fmt: skip

    def _on_queue_or_stack(
        self, place: int, happens: bool
    ) -> tuple[str, tuple[str, ...], str | None]:
        inside, (put, take) = self._inside[place], WORDS[self._load.kind]
        if self._rng.random() < 0.5:
            value = str(next(self._fresh))
            if happens:
                inside.append(value)
            return put, (value,), None
        if not happens or not inside:
            return take, (), None
        return take, (), inside.popleft() if self._load.kind == "queue" else inside.pop()

    def _on_set(self, place: int, happens: bool) -> tuple[str, tuple[str, ...], bool | None]:
        known, held, removed = self._known[place], self._held[place], self._removed[place]
        draw = self._rng.random()
        if draw < 0.3:
            element = str(next(self._fresh))
            known.append(element)
            if happens:
                held.add(element)
            return "add", (element,), None
        element = self._rng.choice(known)
        if draw < 0.5 and element not in removed:
            removed.add(element)
            if happens:
                held.discard(element)
            return "remove", (element,), None
        return "contains", (element,), element in held


def damage(made: History, load: Load) -> None:
    """Let two takes far apart change answers, or one look at an element say the reverse."""
    asks = "contains" if load.kind == "set" else WORDS[load.kind][1]
    of_one = [o for o in made if o.f == asks and o.outcome is Outcome.OK and o.key == "k0"]
    middle = of_one[len(of_one) // 3 :]
    if load.kind == "set":
        ends = {(o.f, o.args[1]): o.completed for o in made if o.completed is not None}
        gone = {
            o.args[1]: o.completed
            for o in made
            if o.f == "remove" and ends.get(("add", o.args[1]), o.invoked) < o.invoked
        }
        late = next(o for o in middle if (gone.get(o.args[1]) or o.invoked) < o.invoked)
        late.value = not late.value
        return
    answered = [o for o in middle if o.value is not None]
    one, other = answered[0], answered[len(answered) // 3]
    one.value, other.value = other.value, one.value


def for_porcupine(history: Iterable[Operation]) -> Iterable[str]:
    kinds = {"enqueue": 1, "push": 1, "add": 1, "remove": 2}
    for o in history:
        kind = kinds.get(o.f, 0)
        unknown = o.outcome is Outcome.UNKNOWN
        if unknown and o.f == "contains":
            continue
        value = o.args[1] if len(o.args) > 1 else -1 if o.value is None else o.value
        old = int(o.value is True)
        answered = -1 if unknown else o.ended
        yield f"{o.process} {kind} {o.key[1:]} {value} {old} {o.began} {answered}\n"


if __name__ == "__main__":
    main()
