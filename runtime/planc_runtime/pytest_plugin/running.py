"""A scenario runs by the engine, and its failure is told by the plan's lines."""

from __future__ import annotations

import re
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from planc_runtime.pytest_plugin.declared import REPEAT, declaration_of
from planc_runtime.pytest_plugin.session import SESSION, Session

if TYPE_CHECKING:
    from planc_runtime.history.summary import ScenarioSummary
    from planc_runtime.plan.scenario import ScenarioDeclaration

_SUMMARY = pytest.StashKey[tuple[Any, str]]()


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> object:
    """Run a scenario by the engine; anything else is pytest's."""
    declaration = declaration_of(pyfuncitem)
    if declaration is None:
        return None
    from planc_runtime.engine.verdicts.failure import ScenarioFailed
    from planc_runtime.history.summary import ScenarioVerdict

    summary = _run(pyfuncitem, declaration)
    if summary.verdict is ScenarioVerdict.SKIPPED:
        pytest.skip(summary.because)
    if summary.verdict is not ScenarioVerdict.PASSED:
        raise ScenarioFailed(summary)
    return True


def _run(item: pytest.Function, declaration: ScenarioDeclaration) -> ScenarioSummary:
    from planc_runtime.engine.options import Options, Test
    from planc_runtime.engine.run import run_scenario
    from planc_runtime.errors import PlancError

    session = item.config.pluginmanager.get_plugin(SESSION)
    assert isinstance(session, Session)
    get = item.config.getoption
    options = Options(
        backend=get("--planc-backend"),
        seed=get("--planc-seed"),
        reports=Path(get("--planc-reports")),
        plant=get("--planc-plant"),
        coverage=get("--planc-coverage"),
        stretch=get("--planc-stretch"),
        new_baseline=get("--planc-new-baseline"),
        progress=session.listener(item.nodeid),
    )
    names = [name for columns, _ in declaration.parameters for name in columns]
    parameters = {name: item.funcargs[name] for name in names}
    test = Test(_test_name(item), item.nodeid, _repetition(item))
    try:
        summary, folder = run_scenario(declaration, parameters, options, test)
    except PlancError as trouble:
        pytest.fail("\n".join(filter(None, (trouble.message, trouble.help))), pytrace=False)
    item.stash[_SUMMARY] = (summary, folder.relative_to(options.reports).as_posix())
    return summary


def _repetition(item: pytest.Function) -> int:
    callspec = getattr(item, "callspec", None)
    return 0 if callspec is None else int(callspec.params.get(REPEAT, 0))


def _test_name(item: pytest.Function) -> str:
    """Return the test's name without the number of its repetition."""
    return re.sub(rf"-?{REPEAT}\d+(?=\])", "", item.name).replace("[]", "")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show a failure by the plan's line, and hand what is known on to the controller."""
    report = yield
    if call.when != "call" or _SUMMARY not in item.stash:
        return report
    summary, folder = item.stash[_SUMMARY]
    vars(report)["planc"] = _outcome(item.nodeid, summary, folder)
    if report.failed and call.excinfo is not None and _is_verdict(call.excinfo.value):
        report.longrepr = _representation(item, summary)
    elif report.skipped:
        report.longrepr = (str(item.path), item.location[1] or 0, f"Skipped: {summary.because}")
    return report


def _is_verdict(error: BaseException) -> bool:
    from planc_runtime.engine.verdicts.failure import ScenarioFailed

    return isinstance(error, ScenarioFailed)


def _representation(item: pytest.Item, summary: ScenarioSummary) -> Any:
    """Build what pytest prints: our text alone, and one line for its short summary."""
    from _pytest._code.code import (
        ReprEntryNative,
        ReprExceptionInfo,
        ReprFileLocation,
        ReprTraceback,
    )

    from planc_runtime.engine.verdicts.failure import headline, render

    entry = ReprEntryNative([render(summary) + "\n"])
    crash = ReprFileLocation(str(item.path), (item.location[1] or 0) + 1, headline(summary))
    return ReprExceptionInfo(
        reprtraceback=ReprTraceback([entry], None, style="native"), reprcrash=crash
    )


def _outcome(node_id: str, summary: ScenarioSummary, folder: str) -> dict[str, Any]:
    return {
        "kind": "end",
        "id": node_id,
        "plan": summary.plan,
        "title": summary.title,
        "line": summary.line,
        "verdict": summary.verdict.value,
        "because": summary.because,
        "duration": summary.duration,
        "wall": summary.wall,
        "folder": folder,
        "replay": summary.replay,
        "seed": summary.seed,
    }
