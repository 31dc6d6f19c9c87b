"""`planc list`: plans, their scenarios, tags, what they cover, and what they need."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from planc.cli import CLEAN, FINDINGS
from planc.cli.console import rich_console
from planc.cli.parser import Parser, one_of
from planc.cli.project import Compiled, CompiledPlan, Project, compiled, show

FORMATS = ("text", "json")


def main(arguments: Sequence[str]) -> int:
    parser = Parser("list", "Show plans and their scenarios.")
    parser.paths()
    parser.add_argument(
        "--format", type=one_of("format", FORMATS), default="text", metavar="|".join(FORMATS)
    )
    options = parser.read(arguments)
    result = Project.of(options.paths).check(options.paths)
    if result.has_errors:
        show(result, "full")
        return FINDINGS
    found = compiled(result)
    if options.format == "json":
        print(json.dumps([as_json(plan) for plan in found.plans], indent=2))
    else:
        _show(found)
    return CLEAN


def as_json(plan: CompiledPlan) -> dict[str, Any]:
    return {**asdict(plan), "module": None}


def _show(found: Compiled) -> None:
    from rich.text import Text

    console = rich_console()
    for plan in found.plans:
        head = Text(plan.source, "bold")
        head.append(f"  {plan.title}")
        console.print(head, soft_wrap=True)
        for scenario in plan.scenarios:
            console.print(Text(f"  {scenario.line:>4}  {scenario.title}"), soft_wrap=True)
            for name, words in (
                ("tests", (f"{scenario.test} ({scenario.cases} cases)",) if scenario.cases else ()),
                ("tags", scenario.tags),
                ("covers", scenario.covers),
                ("catches", scenario.catches),
                ("needs", scenario.needs),
            ):
                if words:
                    line = Text(f"        {name:<8}{', '.join(words)}", "bright_black")
                    console.print(line, soft_wrap=True)
    scenarios = sum(len(plan.scenarios) for plan in found.plans)
    console.print(f"{len(found.plans)} plans, {scenarios} scenarios")
