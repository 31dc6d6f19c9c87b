"""`planc eject`: turn a scenario into a test of one's own. The plan is not touched."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from planc import model as m
from planc.cli import CLEAN, FINDINGS
from planc.cli.errors import UsageError, suggestion
from planc.cli.parser import Parser
from planc.cli.project import Project, resolved

FOLDER = "ejected"


def main(arguments: Sequence[str]) -> int:
    parser = Parser("eject", "Turn a scenario into a pytest module of your own.")
    parser.add_argument("scenario", metavar="SCENARIO", help="its title, or the name of its test")
    parser.paths("plan files or folders to look for it; the default is plans/")
    parser.add_argument(
        "--to", metavar="FILE", help=f"where to write it (default: {FOLDER}/test_....py)"
    )
    options = parser.read(arguments)
    project = Project.of(options.paths)
    found = resolved(project, options.paths)
    if found is None:
        return FINDINGS
    plan, scenario, test = _find(list(found.plans.values()), options.scenario)
    path = _target(project, options.to, test)
    _write(project, path, plan, scenario)
    _tell(path, plan, scenario)
    return CLEAN


def _find(plans: list[m.Plan], wanted: str) -> tuple[m.Plan, m.Scenario, str]:
    """Find a scenario by its title or its test; raises UsageError for none and for several."""
    from planc.emit.names import name_all

    every = [
        (plan, scenario, test)
        for plan in plans
        for scenario, test in zip(plan.scenarios, name_all(plan)[1], strict=True)
    ]
    found = [each for each in every if wanted in (each[1].name, each[2])]
    if not found:
        known = [name for _, scenario, test in every for name in (scenario.name, test)]
        help = suggestion(wanted, known, "`planc list` shows the titles")
        raise UsageError(f"there is no scenario `{wanted}`", help)
    if len(found) > 1:
        where = ", ".join(plan.path for plan, _, _ in found)
        raise UsageError(f"several plans have a scenario `{wanted}`: {where}", "name the plan too")
    return found[0]


def _target(project: Project, given: str | None, test: str) -> str:
    """Return where the module goes, relative to the root; nothing is ever overwritten."""
    root = project.root.absolute()
    path = Path(given).absolute() if given else root / FOLDER / f"{test}.py"
    inner = os.path.relpath(path, root).replace(os.sep, "/")
    if inner.startswith("../"):
        raise UsageError(f"`{given}` lies outside the project", "services are found from its root")
    if path.suffix != ".py" or not path.name.startswith("test_"):
        raise UsageError(f"pytest would not find `{inner}`", "call it test_SOMETHING.py")
    if inner.startswith(f"{project.config.generated}/"):
        raise UsageError(
            f"`{inner}` lies among the generated modules", "choose a folder of your own with --to"
        )
    if path.exists():
        raise UsageError(f"`{inner}` exists already", "choose another place with --to")
    return inner


def _write(project: Project, path: str, plan: m.Plan, scenario: m.Scenario) -> None:
    from planc.pipeline.eject import eject

    text = eject(plan, scenario, path)
    place = project.root / path
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"cannot write `{path}`: {error.strerror}") from error


def _tell(path: str, plan: m.Plan, scenario: m.Scenario) -> None:
    first, last = scenario.span.line, scenario.span.end_line
    print(f"wrote {path}: it is yours now, planc will not touch it again")
    print(f"run it with: pytest {path}")
    print(f"remove lines {first} to {last} of {plan.path} and run `planc compile`;")
    print("until then the scenario runs twice")
