"""The compiler as one call: from paths of plans to modules, diagnostics, and an index.

    find the plans -> unchanged? then what is kept -> read, parse, analyse, emit -> keep it

Verbs, pytest's collector and the language server go through `check` and `compile`; nobody else
joins the phases. Nothing heavy is imported while nothing has changed.
"""

from planc.pipeline.compiler import check, compile, models
from planc.pipeline.outputs import Drift, OutputError, diff, drift, write
from planc.pipeline.result import PlanResult, Result

__all__ = [
    "Drift",
    "OutputError",
    "PlanResult",
    "Result",
    "check",
    "compile",
    "diff",
    "drift",
    "models",
    "write",
]
