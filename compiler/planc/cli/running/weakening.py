"""What `planc diff` says of the plans as they are now, for the gate that forbids weakening."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Weakening:
    weaker: Sequence[str] = ()
    """Changes that nobody has allowed, each with its place."""
    allowed: int = 0
    trouble: str = ""
    """Why it cannot be told."""


def weakened(root: Path, ref: str) -> Weakening:
    """Compare the work tree with where it left a git ref."""
    from planc.diff import Verdict, compare
    from planc.diff.versions import Repository, VersionError
    from planc.pipeline.snapshots import snapshots

    with tempfile.TemporaryDirectory(prefix="planc-gate-") as folder:
        try:
            repository = Repository(root)
            repository.extract(repository.version(ref), Path(folder))
        except VersionError as error:
            return Weakening(trouble=error.message)
        found = compare(*snapshots(folder, str(root)))
    broken = [each.path for each in found.broken]
    if broken:
        return Weakening(trouble=f"{broken[0]} cannot be read on both sides")
    weaker = [each for each in found.changes if each.verdict is Verdict.WEAKER]
    lines = [f"{each.span.path}:{each.span.line}  {each.text}" for each in weaker if each.counts]
    return Weakening(lines, len(weaker) - len(lines))
