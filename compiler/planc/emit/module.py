"""Print a module, and make sure of what it holds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from planc import model as m
from planc.emit.allowed import require_allowed
from planc.emit.view import view

if TYPE_CHECKING:
    from jinja2 import Template


@dataclass(frozen=True, slots=True)
class Module:
    """The text of a generated module, and the names of its tests in the plan's order."""

    text: str
    tests: tuple[str, ...]


def emit(plan: m.Plan) -> Module:
    """Print the module of a plan; the same plan gives the same bytes.

    Raises Forbidden, which is a defect of this package, rather than print anything but calls.
    """
    lowered = view(plan)
    text = _template().render(module=lowered.view)
    require_allowed(text)
    return Module(text, lowered.tests)


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    text = resources.files("planc.emit").joinpath("templates/module.py.jinja").read_text("utf-8")
    environment = Environment(
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        autoescape=False,
    )
    return environment.from_string(text)
