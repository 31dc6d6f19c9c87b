"""`planc compile`: turn plans into pytest modules; --check and --diff only compare."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from planc.cli import CLEAN, FINDINGS
from planc.cli.parser import Parser
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
    if options.check or options.diff:
        return _compare(result, options.diff)
    return _write(result, options.output_format)


def _compare(result: Result, show_diff: bool) -> int:
    """Say what writing would change; FINDINGS when it would change anything."""
    from planc import pipeline

    drifts = pipeline.drift(result)
    if show_diff:
        print(pipeline.diff(drifts), end="")
    else:
        for each in drifts:
            print(f"{each.path} is {each.kind} ({each.plan})")
        if drifts:
            print("run `planc compile` and commit what it writes")
    return FINDINGS if drifts else CLEAN


def _write(result: Result, output_format: str) -> int:
    drifts = put_in_place(result)
    show(result, output_format)
    if result.has_errors:
        return FINDINGS
    for each in drifts:
        print(f"{'removed' if each.kind == 'orphaned' else 'wrote'} {each.path}")
    modules = sum(plan.text is not None for plan in result.plans)
    print(f"{modules} module{'' if modules == 1 else 's'}, {len(drifts)} changed")
    return CLEAN
