"""Rules that installed packages bring, for projects that ask for them.

A package names its rules in the entry point group `planc.lint_rules`; planc.yaml opts in to such an
entry point by its name (`lint: {plugins: [NAME]}`). Nothing of any other package is imported, and
never anything that a plan names.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.metadata import EntryPoint, entry_points

from planc.diagnostics import did_you_mean
from planc.lint.registry import all_rules
from planc.lint.rule import Rule

GROUP = "planc.lint_rules"


class PluginError(Exception):
    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.help = help


def brought(names: Sequence[str]) -> tuple[Rule, ...]:
    """Load the rules of these entry points; raises PluginError with what is wrong."""
    if not names:
        return ()
    points = {point.name: point for point in entry_points(group=GROUP)}
    found: dict[str, Rule] = {}
    for name in names:
        if name not in points:
            raise PluginError(
                f"planc.yaml asks for the lint rules `{name}`, which no installed package brings",
                did_you_mean(name, points) or f"packages bring them as entry points of `{GROUP}`",
            )
        for rule in _rules(points[name]):
            if rule.name in found or rule.name in all_rules():
                raise PluginError(f"`{name}` brings a rule `{rule.name}`, and there is one already")
            found[rule.name] = rule
    return tuple(found.values())


def _rules(point: EntryPoint) -> list[Rule]:
    """Return the rule, or the rules, that an entry point names."""
    try:
        value = point.load()
    except Exception as error:
        raise PluginError(
            f"the lint rules `{point.name}` cannot be loaded: {type(error).__name__}: {error}",
            f"they are `{point.value}`",
        ) from error
    rules = list(value) if isinstance(value, Iterable) else [value]
    if not all(isinstance(each, Rule) for each in rules):
        raise PluginError(
            f"`{point.value}` is no lint rule",
            "an entry point names what `planc.lint.rule(...)` made, or a list of that",
        )
    return rules
