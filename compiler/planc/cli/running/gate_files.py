"""The gates for whoever reads the reports: a file of their own, and the pages completed with it.

The reports are made by the runtime, in another process, before the gates are judged. It is the
runtime that puts them into pages and summaries, and again when reports are made again.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from planc.cli.running.gates import Gate
from planc.files import write_whole

FILE = "gates.json"


def add(reports: Path, profile: str | None, gates: Sequence[Gate]) -> str:
    """Put the gates into the reports; return what was in the way, or nothing."""
    try:
        write_whole(reports / FILE, json.dumps(as_json(profile, gates), indent=2) + "\n")
    except OSError as error:
        return f"{error.filename or reports / FILE}: {error.strerror}"
    command = [sys.executable, "-m", "planc_runtime.report", "--gates", str(reports)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, errors="replace")
    return done.stderr.strip() if done.returncode else ""


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
