"""Scenarios as tests of pytest: options, parameters, markers, verdicts, progress, reports.

pytest loads this module in every session of an environment in which planc is installed; whatever is
not needed before a scenario runs is therefore imported when it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from planc_runtime.history.summary import ScenarioSummary
    from planc_runtime.plan.scenario import ScenarioDeclaration

DECLARATION = "planc_scenario"
REPEAT = "planc_repeat"
_LONGEST_ID = 40
_TAGS = pytest.StashKey[set[str]]()
_SOURCE = re.compile(r'\bsource="([^"]+)"')


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("planc", "planc: scenarios of distributed systems")
    option = group.addoption
    option("--planc-backend", default="sim", metavar="NAME", help="sim (default), local, ...")
    option("--planc-seed", type=int, default=None, metavar="N", help="seed of every scenario")
    option("--planc-reports", default="reports", metavar="DIR", help="where reports are written")
    option("--planc-plant", default=None, metavar="BUG", help="switch a planted bug on")
    option("--planc-repeat", type=int, default=1, metavar="N", help="run each scenario N times")
    option("--planc-coverage", action="store_true", help="measure the coverage of the nodes' code")
    option("--planc-progress", default=None, metavar="FILE", help="write progress lines (- : out)")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(_Session(config), "planc-session")


def declaration_of(item: object) -> ScenarioDeclaration | None:
    """Return the scenario behind a test, if there is one."""
    return getattr(getattr(item, "function", None), DECLARATION, None)


@pytest.fixture
def planc_repeat(request: pytest.FixtureRequest) -> int:
    """Which repetition of a scenario this is, from 0."""
    return int(getattr(request, "param", 0))


# --- collecting ---------------------------------------------------------------------------------


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one test of each case, and of each repetition."""
    declaration = declaration_of(metafunc)
    if declaration is None:
        return
    for names, rows in declaration.parameters:
        metafunc.parametrize(names, rows, ids=[_case_id(row) for row in rows])
    repeat = metafunc.config.getoption("--planc-repeat")
    if repeat > 1:
        metafunc.fixturenames.append(REPEAT)
        ids = [f"{REPEAT}{number}" for number in range(repeat)]
        metafunc.parametrize(REPEAT, range(repeat), indirect=True, ids=ids)


def _case_id(row: Iterable[Any]) -> str:
    from planc_runtime.plan.expr import Expr
    from planc_runtime.plan.show import as_text

    texts = (v.describe() if isinstance(v, Expr) else as_text(v) for v in row)
    return "-".join(text[:_LONGEST_ID] for text in texts)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Give a scenario its tags as markers, known to pytest also when it is strict about them."""
    declaration = declaration_of(item)
    if declaration is None:
        return
    known = item.config.stash.setdefault(_TAGS, set())
    for tag in dict.fromkeys((*declaration.plan.tags, *declaration.tags)):
        if tag not in known:
            known.add(tag)
            item.config.addinivalue_line("markers", f"{tag}: a tag of a plan")
        item.add_marker(tag)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With a planted bug, run only the scenarios that claim to catch it."""
    plant = config.getoption("--planc-plant")
    if plant is None:
        return
    others = [i for i in items if (d := declaration_of(i)) is not None and plant not in d.catches]
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in others]


# --- running ------------------------------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> object:
    """Run a scenario by the engine; anything else is pytest's."""
    declaration = declaration_of(pyfuncitem)
    if declaration is None:
        return None
    from planc_runtime.engine.failure import ScenarioFailed
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

    session = item.config.pluginmanager.get_plugin("planc-session")
    assert isinstance(session, _Session)
    get = item.config.getoption
    options = Options(
        backend=get("--planc-backend"),
        seed=get("--planc-seed"),
        reports=Path(get("--planc-reports")),
        plant=get("--planc-plant"),
        coverage=get("--planc-coverage"),
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


_SUMMARY = pytest.StashKey[tuple[Any, str]]()


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
    from planc_runtime.engine.failure import ScenarioFailed

    return isinstance(error, ScenarioFailed)


def _representation(item: pytest.Item, summary: ScenarioSummary) -> Any:
    """Build what pytest prints: our text alone, and one line for its short summary."""
    from _pytest._code.code import (
        ReprEntryNative,
        ReprExceptionInfo,
        ReprFileLocation,
        ReprTraceback,
    )

    from planc_runtime.engine.failure import headline, render

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


# --- the session --------------------------------------------------------------------------------


class _Session:
    """Progress and reports. Both are the controller's alone when pytest-xdist runs the tests."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._is_worker = hasattr(config, "workerinput")
        self._file: IO[str] | None = None
        self._scenarios: dict[str, ScenarioDeclaration] = {}
        self._begun = False
        self._index: Path | None = None

    # --- at the beginning

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        found = ((item.nodeid, declaration_of(item)) for item in session.items)
        self._scenarios = {node_id: d for node_id, d in found if d is not None}
        if self._scenarios and not self._is_worker:
            self._begin({d.plan.key for d in self._scenarios.values()}, len(self._scenarios))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: object, ids: list[str]) -> None:
        """Learn from the first worker what there is: the controller collects nothing itself."""
        if not self._begun and (plans := set(self._plans_of(ids))):
            self._begin(plans, len(ids))

    def _plans_of(self, ids: Iterable[str]) -> Iterator[str]:
        from planc_runtime.plan.nouns import Plan

        for path in dict.fromkeys(node_id.partition("::")[0] for node_id in ids):
            try:
                text = (self._config.rootpath / path).read_text(encoding="utf-8")
            except (OSError, ValueError):
                continue
            if path.endswith(".plan"):
                yield Plan("", path).key
            elif "planc_runtime.api" in text and (found := _SOURCE.search(text)):
                yield Plan("", found[1]).key

    def _begin(self, plans: set[str], count: int) -> None:
        self._begun = True
        if self._config.getoption("collectonly"):
            return
        from planc_runtime.errors import PlancError
        from planc_runtime.report import begin

        reports = Path(self._config.getoption("--planc-reports"))
        seed = self._config.getoption("--planc-seed")
        backend = self._config.getoption("--planc-backend")
        try:
            begin(reports, sorted(plans))
        except PlancError as trouble:
            self._say(kind="trouble", text=trouble.message, help=trouble.help)
            pytest.exit(f"{trouble.message}\n{trouble.help}".strip(), returncode=2)
        self._say(kind="session", scenarios=count, backend=backend, seed=seed, reports=str(reports))

    # --- while it runs

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        declaration = self._scenarios.get(nodeid)
        if self._is_worker or not (declaration or self._begun):
            return
        plan = declaration.plan.key if declaration else ""
        title = _plain_title(declaration) if declaration else nodeid.rpartition("::")[2]
        line = _line_of(declaration) if declaration else ""
        self._say(kind="begin", id=nodeid, plan=plan, title=title, line=line)

    def listener(self, node_id: str) -> Any:
        """Return what is told of the events of a running scenario, if anybody wants to know."""
        if self._is_worker or self._config.getoption("--planc-progress") is None:
            return None
        return lambda event: self._phase(node_id, event)

    def _phase(self, node_id: str, event: dict[str, Any]) -> None:
        if event["kind"] == "scenario":
            self._say(kind="phase", id=node_id, phase=event["phase"], text="", t=event["t"])
        elif event["kind"] == "step":
            self._say(kind="phase", id=node_id, phase="drive", text=event["text"], t=event["t"])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        outcome = getattr(report, "planc", None)
        if outcome is not None and not self._is_worker:
            self._say(**outcome)

    # --- at the end

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, exitstatus: int) -> None:
        if self._is_worker or not self._begun or self._config.getoption("collectonly"):
            return
        self._assemble()
        self._say(kind="finished", exit=int(exitstatus))
        if self._file is not None:
            self._file.close()

    def _assemble(self) -> None:
        from planc_runtime.errors import PlancError
        from planc_runtime.report import assemble

        try:
            self._index = assemble(Path(self._config.getoption("--planc-reports"))).index
        except PlancError as trouble:
            self._say(kind="trouble", text=trouble.message, help=trouble.help)
            pytest.exit(f"{trouble.message}\n{trouble.help}".strip(), returncode=2)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._index is not None:
            terminalreporter.write_line(f"planc report: {self._index}")

    def _say(self, **event: Any) -> None:
        """Write a progress line, at once; nobody who stopped listening may end the run."""
        target = self._config.getoption("--planc-progress")
        if target is None or self._is_worker:
            return
        line = json.dumps(event, ensure_ascii=False, default=str)
        if target == "-":
            reporter = self._config.pluginmanager.get_plugin("terminalreporter")
            if reporter is not None:
                reporter.write_line(line)
            return
        try:
            if self._file is None:
                self._file = open(target, "a", encoding="utf-8")  # noqa: SIM115
            self._file.write(line + "\n")
            self._file.flush()
        except OSError:
            self._file = None


def _plain_title(declaration: ScenarioDeclaration) -> str:
    from planc_runtime.plan.expr import Expr

    title = declaration.title
    return title.describe().strip('"') if isinstance(title, Expr) else str(title)


def _line_of(declaration: ScenarioDeclaration) -> str:
    from planc_runtime.plan.sourcemap import locate

    spot = declaration.spot
    return str(locate(spot, declaration.plan.source)) if spot else ""
