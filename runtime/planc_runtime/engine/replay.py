"""The one command that runs a scenario again exactly as it ran."""

from __future__ import annotations

import shlex

from planc_runtime.history.summary import ScenarioSummary


def command(summary: ScenarioSummary, stretch: float = 1.0) -> str:
    """Return `planc run PLAN --on BACKEND --seed N -k NAME`, quoted for a shell.

    A module of one's own has no plan: it is run by pytest.
    """
    words, option = ["planc", "run", summary.source, "--on"], "--"
    if summary.source.endswith(".py"):
        words, option = ["pytest", summary.source, "--planc-backend"], "--planc-"
    words += [summary.backend, f"{option}seed", str(summary.seed)]
    if summary.planted:
        words += [f"{option}plant", summary.planted]
    if stretch != 1:
        words += [f"{option}stretch", f"{stretch:g}"]
    # pytest's -k knows names, not brackets: the test's function is named, with all its cases.
    name = summary.test.partition("[")[0]
    return shlex.join([*words, "-k", name])
