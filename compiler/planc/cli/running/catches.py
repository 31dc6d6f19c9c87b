"""Which expectation caught a planted bug, and whether it is about what the bug breaks.

A bug that acknowledges what it then loses should be caught where the plan says that nothing
acknowledged is lost. Caught only because availability fell, or because a call got no answer, it was
met by chance: the guarantee that it breaks is still untested. That is no failure of the plan, and
for a bug of availability it is as it should be; who reviews the plan is told and decides.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SAFETY = "safety"
"""As the runtime calls an expectation of something that must not be, at any time."""
IN_WORDS = {
    SAFETY: "a guarantee",
    "liveness": "what did not come about",
    "service": "how well it served",
    "step": "a step that failed",
}
"""What the runtime's words for an expectation's concern mean to a reader."""


@dataclass(frozen=True, slots=True)
class Catch:
    """An expectation that did not hold while a bug was planted."""

    line: str
    """Where it stands: "first.plan:34"."""
    text: str
    """In the plan's words."""
    measured: str
    concern: str = SAFETY
    test: str = ""
    """The case of the scenario that it was seen in."""

    @property
    def is_safety(self) -> bool:
        return self.concern == SAFETY

    @property
    def kind(self) -> str:
        return IN_WORDS.get(self.concern, self.concern)


def catches_in(folder: Path) -> tuple[Catch, ...]:
    """Return the expectations that failed, from a scenario's summary; none when there is none."""
    try:
        summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
        return tuple(_catches(summary))
    except (OSError, ValueError, TypeError, AttributeError):
        return ()


def _catches(summary: dict[str, Any]) -> Iterator[Catch]:
    for each in summary.get("expectations", []):
        if each.get("result") == "failed":
            yield Catch(
                line=str(each.get("line", "")),
                text=" ".join(str(each.get("text", "")).split()),
                measured=str(each.get("measured", "")).partition("\n")[0],
                concern=str(each.get("concern", SAFETY)),
                test=str(summary.get("test", "")),
            )


def in_order(catches: Sequence[Catch]) -> list[Catch]:
    """Return each expectation once, guarantees first, else in the order they were seen."""
    once: dict[tuple[str, str], Catch] = {}
    for each in catches:
        once.setdefault((each.line, each.text), each)
    return sorted(once.values(), key=lambda each: not each.is_safety)
