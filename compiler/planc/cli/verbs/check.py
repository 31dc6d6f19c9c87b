"""`planc check`: find mistakes in plans, all of them, and run nothing.

It runs at every keystroke of some editors and at every commit of some people. The usual call, plans
without options that have not changed, therefore imports neither argparse nor anything else that it
can do without.
"""

from __future__ import annotations

import os

from planc.cli import CLEAN, FINDINGS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from planc.pipeline import Result


def main(arguments: Sequence[str]) -> int:
    if arguments and all(map(_is_plain, arguments)):
        from planc import pipeline
        from planc.config import ConfigError

        try:
            return _conclude(pipeline.check(arguments), "full")
        except ConfigError:
            pass  # said below, with everything else that can be wrong with a command
    return _with_options(arguments)


def _is_plain(argument: str) -> bool:
    """Say whether an argument is a plan that is there: neither an option nor a mistake."""
    return not argument.startswith("-") and argument.endswith(".plan") and os.path.isfile(argument)


def _with_options(arguments: Sequence[str]) -> int:
    from planc.cli.parser import Parser
    from planc.cli.project import Project

    parser = Parser("check", "Find mistakes in plans.")
    parser.paths()
    parser.backend("also report what this backend can't do")
    parser.output_format()
    options = parser.read(arguments)
    on = [options.on] if options.on else []
    return _conclude(Project.of(options.paths).check(options.paths, on), options.output_format)


def _conclude(result: Result, output_format: str) -> int:
    if result.clean and output_format in ("full", "concise", "github"):
        if output_format == "full":
            number = len(result.plans)
            print(f"{number} file{'' if number == 1 else 's'} checked: nothing to report")
        return CLEAN
    from planc.cli.project import show

    show(result, output_format)
    return FINDINGS if result.has_errors else CLEAN
