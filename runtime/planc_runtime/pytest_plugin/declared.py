"""How a test function that the compiler wrote is known from any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planc_runtime.plan.scenario import ScenarioDeclaration

DECLARATION = "planc_scenario"
"""The attribute of the function that holds the scenario."""
REPEAT = "planc_repeat"
"""The parameter that numbers the repetitions of a scenario."""


def declaration_of(item: object) -> ScenarioDeclaration | None:
    """Return the scenario behind a test, if there is one."""
    return getattr(getattr(item, "function", None), DECLARATION, None)
