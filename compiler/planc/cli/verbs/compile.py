"""`planc compile`: turn plans into pytest modules; --check and --diff only compare."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from planc.cli import CLEAN, FINDINGS
from planc.cli.parser import FOR_PEOPLE, Parser
from planc.cli.project import Project, put_in_place, show

if TYPE_CHECKING:
    from planc.pipeline import Result


def main(arguments: Sequence[str]) -> int:
    parser = Parser("compile", "Turn plans into pytest modules.")
    parser.paths()
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when stale")
    parser.add_argument("--diff", action="store_true", help="show what would change; write nothing")
    parser.output_format()
    options = parser.read(arguments)
    result = Project.of(options.paths).generate(options.paths)
    if result.has_errors:
        show(result, options.output_format)
        return FINDINGS
    if options.diff:
        return _differences(result)
    if options.check:
        return _compare(result, options.output_format)
    return _write(result, options.output_format)


def _differences(result: Result) -> int:
    """Show what writing would change as a unified diff."""
    from planc import pipeline

    drifts = pipeline.drift(result)
    print(pipeline.diff(drifts), end="")
    return FINDINGS if drifts else CLEAN


def _compare(result: Result, output_format: str) -> int:
    """Say of each module that writing would change what is wrong with it, and what mends it."""
    from planc import pipeline
    from planc.pipeline.drifts import complaints

    drifts = pipeline.drift(result)
    result.add(complaints(result, drifts))
    show(result, output_format)
    if not drifts and output_format == "full":
        number = sum(plan.text is not None for plan in result.plans)
        print(f"{number} module{'' if number == 1 else 's'} up to date")
    return FINDINGS if drifts else CLEAN


def _write(result: Result, output_format: str) -> int:
    drifts = put_in_place(result)
    show(result, output_format)
    if result.has_errors:
        return FINDINGS
    if output_format not in FOR_PEOPLE:
        return CLEAN
    for each in drifts:
        print(f"{'removed' if each.kind == 'orphaned' else 'wrote'} {each.path}")
    modules = sum(plan.text is not None for plan in result.plans)
    print(f"{modules} module{'' if modules == 1 else 's'}, {len(drifts)} changed")
    return CLEAN
