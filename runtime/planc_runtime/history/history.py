"""The recorder of a run and, when the run is over, the container that checkers read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from planc_runtime.history.jsonl import HALVES, decode, encode
from planc_runtime.history.operation import Operation


@dataclass(slots=True)
class History:
    """Operations in the order of their invocation.

    An operation is entered with `begin` before its request leaves and closed with `end` after its
    outcome is known; one that is never closed keeps the outcome it was created with, unknown.
    """

    operations: list[Operation] = field(default_factory=list)
    _events: int = 0

    def begin(self, operation: Operation) -> Operation:
        """Enter an operation; its index and its place among the events are set here."""
        operation.index = len(self.operations)
        operation.began = self._next_event()
        self.operations.append(operation)
        return operation

    def end(self, operation: Operation) -> Operation:
        """Close an operation whose outcome, value and time of completion have been filled in."""
        if operation.ended >= 0:
            raise ValueError(f"operation {operation.index} has ended before")
        operation.ended = self._next_event()
        return operation

    def _next_event(self) -> int:
        self._events += 1
        return self._events - 1

    def __len__(self) -> int:
        return len(self.operations)

    def __iter__(self) -> Iterator[Operation]:
        return iter(self.operations)

    def __getitem__(self, index: int) -> Operation:
        return self.operations[index]

    def where(self, wanted: Callable[[Operation], bool]) -> History:
        """Return the operations that satisfy `wanted`, as a history of the same objects."""
        return History([operation for operation in self.operations if wanted(operation)])

    def of_workload(self, name: str) -> History:
        """Return what one workload did, with the engine's own reads that judge its outcome.

        Those carry no workload's name: they belong to every workload whose keys they read.
        """
        keys = {repr(o.key) for o in self.operations if o.workload == name}
        return self.where(
            lambda o: o.workload == name or (not o.workload and repr(o.key) in keys),
        )

    def of_operation(self, f: str) -> History:
        """Return the operations of one name: all reads, all writes."""
        return self.where(lambda operation: operation.f == f)

    def write_jsonl(self, path: Path) -> None:
        """Write one line per operation; the same history always gives the same bytes."""
        with path.open("w", encoding="utf-8", errors=HALVES, newline="\n") as file:
            file.writelines(encode(operation) + "\n" for operation in self.operations)

    @classmethod
    def read_jsonl(cls, path: Path) -> History:
        """Read what `write_jsonl` wrote; raises ValueError with the number of a broken line."""
        with path.open(encoding="utf-8") as file:
            return cls.from_lines(file)

    @classmethod
    def from_lines(cls, lines: Iterable[str]) -> History:
        operations = []
        for number, line in enumerate(lines, start=1):
            try:
                operations.append(decode(line))
            except (KeyError, TypeError, ValueError) as error:
                raise ValueError(f"line {number} is not an operation: {error}") from error
        return cls(operations)
