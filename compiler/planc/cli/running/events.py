"""The progress lines of a run as values."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

GREEN = frozenset({"passed", "skipped"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one scenario ended."""

    id: str
    plan: str
    title: str
    line: str
    verdict: str
    because: str
    wall: float
    folder: str
    """Relative to the reports' folder."""
    replay: str
    seed: int = 0

    @property
    def green(self) -> bool:
        return self.verdict in GREEN

    @property
    def function(self) -> str:
        """The name of the test's function, which all cases of a scenario share."""
        return self.id.rpartition("::")[2].partition("[")[0]


@dataclass(slots=True)
class Started:
    id: str
    title: str
    line: str
    since: float
    """On the watcher's clock."""
    phase: str = ""
    text: str = ""


@dataclass(slots=True)
class Progress:
    """What is known of a run so far."""

    expected: int | None = None
    backend: str = ""
    seed: int | None = None
    running: dict[str, Started] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    trouble: str = ""
    help: str = ""
    finished: bool = False

    def take(self, line: str, now: float) -> Outcome | None:
        """Take one line in; return the outcome when it ends a scenario. Nonsense is ignored."""
        try:
            event = json.loads(line)
            kind = event["kind"]
        except (ValueError, KeyError, TypeError):
            return None
        match kind:
            case "session":
                self.expected = event.get("scenarios")
                self.backend = str(event.get("backend", ""))
                self.seed = event.get("seed")
            case "begin":
                id = str(event.get("id"))
                title, place = str(event.get("title", id)), str(event.get("line", ""))
                self.running[id] = Started(id, title, place, now)
            case "phase" if event.get("id") in self.running:
                started = self.running[event["id"]]
                started.phase = str(event.get("phase") or started.phase)
                started.text = str(event.get("text", ""))
            case "end":
                return self._end(event)
            case "trouble":
                self.trouble = str(event.get("text", ""))
                self.help = str(event.get("help", ""))
            case "finished":
                self.finished = True
        return None

    def _end(self, event: dict[str, Any]) -> Outcome:
        self.running.pop(str(event.get("id")), None)
        outcome = Outcome(
            id=str(event.get("id")),
            plan=str(event.get("plan", "")),
            title=str(event.get("title", event.get("id"))),
            line=str(event.get("line", "")),
            verdict=str(event.get("verdict", "error")),
            because=str(event.get("because", "")),
            wall=float(event.get("wall") or 0.0),
            folder=str(event.get("folder", "")),
            replay=str(event.get("replay", "")),
            seed=int(event.get("seed") or 0),
        )
        self.outcomes.append(outcome)
        return outcome
