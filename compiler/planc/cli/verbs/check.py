"""`planc check`: find mistakes in plans, all of them, and run nothing."""

from __future__ import annotations

from collections.abc import Sequence

from planc.cli import CLEAN, FINDINGS
from planc.cli.parser import Parser
from planc.cli.project import Project, show


def main(arguments: Sequence[str]) -> int:
    parser = Parser("check", "Find mistakes in plans.")
    parser.paths()
    parser.backend("also report what this backend can't do")
    parser.output_format()
    options = parser.read(arguments)
    result = Project.of(options.paths).check(options.paths, [options.on] if options.on else [])
    show(result, options.output_format)
    if result.clean and options.output_format == "full":
        number = len(result.plans)
        print(f"{number} file{'' if number == 1 else 's'} checked: nothing to report")
    return FINDINGS if result.has_errors else CLEAN
