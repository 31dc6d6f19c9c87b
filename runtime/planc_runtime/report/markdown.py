"""summary.md: what a build's summary page or a pull request shows."""

from __future__ import annotations

import re

from planc_runtime.history.summary import ScenarioVerdict
from planc_runtime.report.model import PlanReport, RunReport, ScenarioReport
from planc_runtime.report.text import describe, seconds, totals

SIGN = {
    ScenarioVerdict.PASSED: "✅",
    ScenarioVerdict.FAILED: "❌",
    ScenarioVerdict.ERROR: "💥",
    ScenarioVerdict.INCONCLUSIVE: "❔",
    ScenarioVerdict.INTERRUPTED: "✋",
    ScenarioVerdict.SKIPPED: "⏭️",
}
SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&])")


def render(run: RunReport) -> str:
    """Return a table of all verdicts and the details of everything that is not green."""
    lines = [f"## planc: {totals(run)}", ""]
    for plan in run.plans:
        lines += _plan(plan)
    return "\n".join(lines).rstrip() + "\n"


def _plan(plan: PlanReport) -> list[str]:
    lines = [f"### {escape(plan.title)}", "", f"{code(plan.source)}", ""]
    lines += ["| | scenario | backend, seed | time | because |", "| --- | --- | --- | ---: | --- |"]
    lines += [_row(scenario) for scenario in plan.scenarios]
    for scenario in plan.scenarios:
        if not scenario.green:
            lines += ["", *_details(scenario)]
    return [*lines, ""]


def _row(scenario: ScenarioReport) -> str:
    summary = scenario.summary
    cells = [
        f"{SIGN[summary.verdict]} {summary.verdict}",
        escape(summary.title),
        escape(f"{summary.backend}, {summary.seed}"),
        seconds(summary.wall),
        escape(summary.because),
    ]
    return f"| {' | '.join(cells)} |"


def _details(scenario: ScenarioReport) -> list[str]:
    text = describe(scenario.summary)
    title = escape(scenario.summary.title)
    return [f"<details><summary>{title}</summary>", "", fenced(text), "", "</details>"]


def escape(text: str) -> str:
    """Return text that Markdown shows as it is, on one line."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def code(text: str) -> str:
    """Return a code span that no backtick of the text can end."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if longest else ""
    return f"{fence}{pad}{' '.join(text.split())}{pad}{fence}"


def fenced(text: str) -> str:
    """Return a code block that no line of the text can end."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"
