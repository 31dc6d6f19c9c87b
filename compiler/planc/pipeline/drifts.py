"""What to tell of modules that are not what the plans say, each with the command that mends it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from shlex import quote

from planc.diagnostics import Diagnostic
from planc.pipeline.complaints import code_of, foreign, whole_file
from planc.pipeline.outputs import Drift, generated_from
from planc.pipeline.result import Result


def complaints(result: Result, drifts: Iterable[Drift]) -> list[Diagnostic]:
    """Return a diagnostic for each drift; its command works from the current folder."""
    return [_complaint(result, each) for each in drifts]


def _complaint(result: Result, drift: Drift) -> Diagnostic:
    inside = os.path.join(result.root, drift.path)
    if drift.kind == "missing":
        return Diagnostic(
            code_of("missing-module"),
            f"`{drift.path}` is missing",
            whole_file(drift.plan),
            help=f"`{_command(result, drift.plan)}` writes it",
        )
    if drift.kind == "orphaned":
        plan = os.path.join(result.root, drift.plan)
        why = "is not compiled to it any more" if os.path.exists(plan) else "is gone"
        return Diagnostic(
            code_of("orphaned-module"),
            f"`{drift.path}` is orphaned: `{drift.plan}` {why}",
            whole_file(drift.path),
            help=f"`{_command(result)}` removes it",
        )
    if generated_from(inside) is None:
        return foreign(drift.path, drift.plan)
    return Diagnostic(
        code_of("stale-module"),
        f"`{drift.path}` is stale: it is not what `{drift.plan}` says",
        whole_file(drift.path),
        help=f"`{_command(result, drift.plan)}` writes it anew; --diff shows the difference",
    )


def _command(result: Result, plan: str = "") -> str:
    """Return the call of planc that mends a module of this plan, or whatever is orphaned."""
    here = os.getcwd()
    root = os.path.abspath(result.root)
    if not plan and os.path.commonpath([here, root]) == root:
        return "planc compile"
    path = os.path.relpath(os.path.join(root, plan or result.config.plans), here)
    return f"planc compile {quote(path.replace(os.sep, '/'))}"
