"""The pages: reports/index.html and one page per plan, each a single file that works from disk.

Whatever comes from a plan, a node or a log is escaped by Jinja's autoescape or packed (embed.py).
The pages' policy names the one script that may run and forbids foreign content altogether: a
report is often opened from a build server.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import cycle
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from planc_runtime.report import embed
from planc_runtime.report.drawing import DRAWN
from planc_runtime.report.exposure import exposure
from planc_runtime.report.gates import BEGIN, END, Gates
from planc_runtime.report.model import GRAVEST_FIRST, RunReport
from planc_runtime.report.spark import Spark, spark
from planc_runtime.report.text import seconds, totals
from planc_runtime.report.trends import Trend
from planc_runtime.report.views import PlanView, view

__all__ = ["PlanView", "render_index", "render_plan", "view"]


def render_plan(view: PlanView, gates: Gates | None = None) -> str:
    line = _placed(gates_line(gates, view.root) if gates else "")
    return _environment().get_template("plan.html.j2").render(view=view, gates=line)


def render_index(
    run: RunReport,
    views: Sequence[PlanView],
    trends: Mapping[str, Trend] | None = None,
    gates: Gates | None = None,
) -> str:
    tiles = [(verdict, run.counts[verdict]) for verdict in GRAVEST_FIRST if run.counts[verdict]]
    known = trends or {}
    sparks = {
        v.plan.key: spark(known[v.plan.key]) if v.plan.key in known else Spark() for v in views
    }
    found = [hit for v in views for each in v.scenarios for hit in each.hits]
    over_all = exposure(found, [each.summary for each in run.scenarios])
    return (
        _environment()
        .get_template("index.html.j2")
        .render(
            run=run,
            views=views,
            tiles=tiles,
            sparks=sparks,
            exposure=over_all,
            totals=totals(run),
            gates=_placed(gates_card(gates) if gates else ""),
        )
    )


def gates_card(gates: Gates) -> str:
    """Return what the index says of gates."""
    return str(_gates_module().card(gates))


def gates_line(gates: Gates, root: str) -> str:
    """Return what a plan's page says of gates; `root` leads from there to the index."""
    return str(_gates_module().line(gates, root))


def _gates_module() -> Any:
    return _environment().get_template("gates.html.j2").module


def _placed(markup: str) -> Markup:
    return Markup(f"{BEGIN}{markup}{END}")


def ticked(text: str) -> Markup:
    """Return a sentence as markup: what stands between backticks is code."""
    parts = [
        Markup("<code>{}</code>").format(part) if odd else escape(part)
        for odd, part in zip(cycle((False, True)), text.split("`"), strict=False)
    ]
    return Markup("").join(parts) if len(parts) % 2 else escape(text)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("planc_runtime.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["seconds"] = seconds
    environment.filters["plain"] = lambda text: " ".join(text.split())
    environment.filters["ticked"] = ticked
    environment.filters["rate"] = lambda value: "–" if value is None else f"{value:,.1f}/s"
    environment.filters["number"] = lambda value: f"{value:,}"
    environment.filters["at"] = lambda value: "–" if value is None else f"{value:.3f} s"
    environment.globals["style"] = Markup(embed.style())
    environment.globals["script"] = Markup(embed.script())
    environment.globals["drawn"] = DRAWN
    environment.globals["policy"] = embed.policy()
    return environment
