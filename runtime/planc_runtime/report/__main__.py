"""`python -m planc_runtime.report DIR`: make the reports of a run that could not make its own."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from planc_runtime.errors import PlancError
from planc_runtime.report import gates
from planc_runtime.report.assemble import assemble
from planc_runtime.report.model import GREEN
from planc_runtime.report.text import table


def main(argv: list[str] | None = None) -> int:
    """Return 0 when every scenario is green, 1 when one is not, 2 when there is nothing to read."""
    parser = argparse.ArgumentParser(
        prog="python -m planc_runtime.report",
        description="Assemble the reports again from the folders of the scenarios.",
    )
    parser.add_argument("reports", type=Path, nargs="?", default=Path("reports"))
    parser.add_argument(
        "--gates", action="store_true", help="only add gates.json to reports that are there"
    )
    options = parser.parse_args(argv)
    reports: Path = options.reports
    if not reports.is_dir():
        print(f"error: there is no folder {reports}", file=sys.stderr)
        return 2
    try:
        if options.gates:
            gates.add(reports)
            return 0
        assembled = assemble(reports)
    except PlancError as error:
        print(f"error: {error.message}\nhelp: {error.help}", file=sys.stderr)
        return 2
    print(table(assembled.run))
    print(f"report: {assembled.index}")
    return 0 if assembled.run.verdict in GREEN else 1


if __name__ == "__main__":
    raise SystemExit(main())
