"""Lines of the nodes' code that a run covered, over all its plans.

Several plans run the same code. Their coverage.xml files are taken together line by line: a line
counts once, and as covered when any plan has covered it. Branches are not: these files say how
many of a line's branches were taken, not which.
"""

from __future__ import annotations

import os
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

_WORST = 5


@dataclass(slots=True)
class Covered:
    files: dict[str, dict[int, bool]] = field(default_factory=dict)

    @property
    def lines(self) -> int:
        return sum(map(len, self.files.values()))

    @property
    def hit(self) -> int:
        return sum(sum(lines.values()) for lines in self.files.values())

    @property
    def worst(self) -> list[tuple[str, int, int]]:
        """Return the files with the most lines left: name, covered lines, lines."""
        rows = [(name, sum(lines.values()), len(lines)) for name, lines in self.files.items()]
        left = [row for row in rows if row[1] < row[2]]
        return sorted(left, key=lambda row: (row[1] - row[2], row[0]))[:_WORST]


def lines_covered(files: Iterable[Path]) -> Covered:
    """Join coverage.xml files; what is not there, or cannot be read, adds nothing."""
    covered = Covered()
    for path in files:
        try:
            root = ET.parse(path).getroot()
        except (OSError, ET.ParseError):
            continue
        source = root.findtext("sources/source") or ""
        for file in root.iter("class"):
            name = os.path.join(source, file.get("filename", ""))
            known = covered.files.setdefault(name, {})
            for line in file.iter("line"):
                number = int(line.get("number", 0))
                known[number] = known.get(number, False) or line.get("hits") != "0"
    return covered
