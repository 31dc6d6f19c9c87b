"""The gates in the files that programs and pull requests read: summary.json and summary.md."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Sequence
from pathlib import Path

from planc.cli.running.gates import Gate, State
from planc.files import write_whole

SIGN = {State.PASSED: "✅", State.FAILED: "❌", State.UNKNOWN: "❔"}
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~&])")
_DETAILS = 20


def add(reports: Path, profile: str | None, gates: Sequence[Gate]) -> None:
    """Put the gates into the run's summaries; a file that is not there is left alone."""
    with contextlib.suppress(OSError, ValueError):
        path = reports / "summary.json"
        summary = json.loads(path.read_text(encoding="utf-8"))
        write_whole(path, json.dumps({**summary, **as_json(profile, gates)}, indent=2) + "\n")
    with contextlib.suppress(OSError):
        path = reports / "summary.md"
        title, _, rest = path.read_text(encoding="utf-8").partition("\n")
        write_whole(path, f"{title}\n\n{as_markdown(profile, gates)}{rest}")


def as_json(profile: str | None, gates: Sequence[Gate]) -> dict[str, object]:
    rows = [
        {
            "name": gate.name,
            "verdict": gate.state.value,
            "measured": gate.measured,
            "wanted": gate.wanted,
            "details": list(gate.details),
        }
        for gate in gates
    ]
    return {"profile": profile, "gates": rows}


def as_markdown(profile: str | None, gates: Sequence[Gate]) -> str:
    of = f" of profile {_escape(profile)}" if profile else ""
    lines = [f"### Gates{of}", "", "| | gate | measured | wanted |", "| --- | --- | --- | --- |"]
    for gate in gates:
        cells = (f"{SIGN[gate.state]} {gate.state}", gate.name, gate.measured, gate.wanted)
        lines.append(f"| {' | '.join(_escape(cell) for cell in cells)} |")
    for gate in gates:
        if gate.details:
            lines += ["", f"{gate.name}:", ""]
            lines += [f"- {_escape(line)}" for line in gate.details[:_DETAILS]]
            left = len(gate.details) - _DETAILS
            lines += [f"- and {left} more"] if left > 0 else []
    return "\n".join(lines) + "\n"


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
