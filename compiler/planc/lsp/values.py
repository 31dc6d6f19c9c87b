"""Values that the plan fixes, as the compiler computes them: of lets, of clusters, of timelines.

Only what is asked for is analysed, with everything it needs; places in the result count from the
beginning of the piece that was analysed.
"""

from __future__ import annotations

from collections.abc import Callable

from planc import model as m
from planc.analysis import Analyzer
from planc.analysis.scenarios import scenario
from planc.lsp.project import Project
from planc.lsp.view import Placed, View
from planc.show.timelines import Timeline, timeline
from planc.show.words import Words, seconds, share
from planc.syntax import nodes as n

_UNITS: dict[str, Callable[[float], str]] = {
    "duration": seconds,
    "percent": share,
    "size": lambda value: f"{value:,.0f} bytes",
    "rate": lambda value: f"{value:,.6g}/s",
    "bandwidth": lambda value: f"{value:,.6g} bit/s",
}


class Values:
    """The analysis of one file as it is now."""

    def __init__(self, project: Project, view: View) -> None:
        self.view = view
        self.analyzer: Analyzer = project.analyzer()
        self.file = self.analyzer.project.load(view.path)
        self.symbols = self.analyzer.symbols(self.file)

    def declaration(self, name: str) -> m.Declaration | None:
        """Return a declaration with its defaults filled in."""
        symbol = self.symbols.find(name)
        return symbol.model if symbol else None

    def scenario(self, placed: Placed) -> tuple[m.Scenario, Timeline] | None:
        """Return the scenario of a piece, and when what happens in it."""
        node = next((each for each in placed.piece.items if isinstance(each, n.Scenario)), None)
        if node is None:
            return None
        made = scenario(self.analyzer.of, node, self.symbols, placed.index)
        plan = m.Plan(
            path=self.view.path,
            line=1,
            title="",
            declarations=self.analyzer.written_out(self.symbols, (made,)),
            scenarios=(made,),
        )
        words = Words({"": placed.piece.source})
        return made, timeline(plan, made, words)


def shown(expression: m.Expression) -> str:
    """Return the value of an expression that the plan fixes; "" for any other."""
    match expression:
        case m.Constant(value=value) | m.Reference(known=True, value=value):
            return scalar(value, expression.type)
        case m.ListOf(items=items):
            inside = [shown(item) for item in items]
            return f"[{', '.join(inside)}]" if all(inside) else ""
    return ""


def scalar(value: m.Scalar, kind: str) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        shows = _UNITS.get(kind)
        return shows(value) if shows else f"{value:.12g}"
    if isinstance(value, str):
        return f'"{value}"'
    return "none"
