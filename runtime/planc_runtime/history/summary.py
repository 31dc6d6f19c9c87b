"""What is known of one scenario when it has ended: the record that every report is made from.

The engine writes one into the scenario's folder as `summary.json`; reports, the command line's
table and the mutation matrix read nothing else. It is written once with the verdict `interrupted`
before anything is started, so that a run that was killed leaves a scenario that is neither lost
nor green, and once more, in place of that, when the verdict is known.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from planc_runtime.files import write_whole
from planc_runtime.history.verdict import Concern, Result
from planc_runtime.protocols.evidence import Hold
from planc_runtime.protocols.text import printable

FILE_NAME = "summary.json"


class ScenarioVerdict(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    """Nothing was proven: never green."""
    SKIPPED = "skipped"
    """The backend lacks an ability, or the plan says so."""
    ERROR = "error"
    """It could not be run: a missing binary, a node that dies at start, a defect of planc."""
    INTERRUPTED = "interrupted"
    """The run ended before the scenario did."""


class Record(BaseModel):
    """Base of all records: unknown keys of a newer writer are dropped, never an error."""

    model_config = ConfigDict(extra="ignore", ser_json_inf_nan="strings", allow_inf_nan=True)

    @field_validator("*", mode="before")
    @classmethod
    def _printable(cls, value: Any) -> Any:
        return _printable(value)


def _printable(value: Any) -> Any:
    """Return a value whose texts can be printed: what a system answered may be in any of them."""
    match value:
        case str() if not isinstance(value, StrEnum):
            return printable(value)
        case dict():
            return {_printable(key): _printable(each) for key, each in value.items()}
        case list():
            return [_printable(each) for each in value]
        case tuple():
            return tuple(map(_printable, value))
        case _:
            return value


class ExpectationSummary(Record):
    line: str
    """Where it stands: "first.plan:34"."""
    text: str
    """The statement in the plan's words."""
    result: Result
    concern: Concern = Concern.SAFETY
    """What kind of promise it is: by it the mutation matrix tells why a bug was caught."""
    measured: str = ""
    wanted: str = ""
    evidence: list[str] = Field(default_factory=list)
    """The smallest evidence, a line each; empty when passed."""
    data: dict[str, Any] = Field(default_factory=dict)


class FaultSummary(Record):
    name: str
    """In the plan's words: "crash leader(store) for 5s"."""
    kind: str = ""
    """What it is, whatever it is laid on: "crash", "partition", "slow_disk"."""
    line: str = ""
    targets: list[str] = Field(default_factory=list)
    start: float
    """Seconds on the controller's clock."""
    end: float | None = None
    hold: Hold
    proof: str = ""
    """What was read back: "pid 4711 gone after 3 ms"."""
    healed: str = ""
    """The proof that it was mended; empty while it was not."""


class WorkloadSummary(Record):
    name: str
    offered: float | None = None
    """Operations per second that the plan asked for; None in a closed loop."""
    reached: float = 0.0
    """Operations per second that were really sent."""
    operations: int = 0
    ok: int = 0
    fail: int = 0
    unknown: int = 0
    send_lag_p99: float | None = None
    """Seconds between intended and real start, 99th percentile."""


class NodeSummary(Record):
    name: str
    service: str = ""
    address: str = ""
    log: str = ""
    """Path of the log, relative to the scenario's folder."""


class StatementSummary(Record):
    line: str
    text: str


class ScenarioSummary(Record):
    plan: str
    """Key of the plan and its folder below reports/: "consensus/first"."""
    plan_title: str = ""
    source: str
    """Path of the plan: "plans/consensus/first.plan"."""
    title: str
    test: str
    """The pytest node's name: "test_x[case]"."""
    params: dict[str, Any] = Field(default_factory=dict)
    line: str = ""
    """Where the scenario stands: "first.plan:22"."""
    backend: str = ""
    seed: int = 0
    planted: str | None = None
    """The planted bug that was switched on."""
    repeat: int = 0
    """Which repetition this is, from 0, under --planc-repeat."""
    verdict: ScenarioVerdict = ScenarioVerdict.INTERRUPTED
    because: str = ""
    """One sentence; empty when passed."""
    duration: float = 0.0
    """Seconds on the controller's clock: simulated ones on sim."""
    wall: float = 0.0
    owner: str = ""
    severity: str = "medium"
    tags: list[str] = Field(default_factory=list)
    covers: list[str] = Field(default_factory=list)
    catches: list[str] = Field(default_factory=list)
    replay: str = ""
    """The one command that runs exactly this again."""
    expectations: list[ExpectationSummary] = Field(default_factory=list)
    faults: list[FaultSummary] = Field(default_factory=list)
    workloads: list[WorkloadSummary] = Field(default_factory=list)
    nodes: list[NodeSummary] = Field(default_factory=list)
    conditions: list[str] = Field(default_factory=list)
    """What the network was made to be before anything went wrong, where the plan says so."""
    statements: list[StatementSummary] = Field(default_factory=list)
    """All statements of the scenario's body, in the plan's order."""
    not_reached: list[StatementSummary] = Field(default_factory=list)

    def write(self, folder: Path) -> Path:
        """Write `summary.json` into a folder, all of it or nothing; return its path."""
        path = folder / FILE_NAME
        # Once more through the doors: fields that were set later came by none.
        whole = type(self).model_validate(self.model_dump())
        write_whole(path, whole.model_dump_json(indent=2) + "\n")
        return path

    @classmethod
    def read(cls, folder: Path) -> ScenarioSummary:
        """Read what `write` wrote; raises OSError or pydantic's ValidationError (a ValueError)."""
        return cls.model_validate_json((folder / FILE_NAME).read_text(encoding="utf-8"))
