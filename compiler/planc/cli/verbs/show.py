"""`planc show`: pictures of plans: clusters, the time of each scenario, state machines."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from planc.cli import CLEAN, FINDINGS
from planc.cli.errors import UsageError, suggestion
from planc.cli.parser import Parser, one_of
from planc.cli.project import Project, resolved
from planc.show import Pictures, Words, pictures_of

if TYPE_CHECKING:
    from planc.model import Plan

FORMATS = ("text", "mermaid", "svg")


def main(arguments: Sequence[str]) -> int:
    parser = Parser("show", "Draw the clusters, scenarios and state machines of plans.")
    parser.paths()
    parser.add_argument("--scenario", metavar="TITLE", help="only this scenario")
    parser.add_argument(
        "--format",
        type=one_of("format", FORMATS),
        default="text",
        metavar="|".join(FORMATS),
        help="how it is drawn (default: text)",
    )
    options = parser.read(arguments)
    found = resolved(Project.of(options.paths), options.paths)
    if found is None:
        return FINDINGS
    plans = chosen(list(found.plans.values()), options.scenario)
    pictures = [pictures_of(plan, Words(found.sources)) for plan in plans]
    sys.stdout.write(_drawn(pictures, options.format))
    return CLEAN


def chosen(plans: list[Plan], title: str | None) -> list[Plan]:
    """Keep one scenario, where one was asked for."""
    if title is None:
        return plans
    kept = [
        plan.changed(scenarios=tuple(each for each in plan.scenarios if each.name == title))
        for plan in plans
    ]
    kept = [plan for plan in kept if plan.scenarios]
    if not kept:
        known = [each.name for plan in plans for each in plan.scenarios]
        raise UsageError(
            f'there is no scenario "{title}" in these plans',
            suggestion(title, known, "`planc list` shows the titles"),
        )
    return kept


def _drawn(pictures: list[Pictures], output_format: str) -> str:
    from planc.show import mermaid, svg, text

    if output_format == "svg":
        return svg.render(pictures)
    render = mermaid.render if output_format == "mermaid" else text.render
    return "\n".join(render(each) for each in pictures)
