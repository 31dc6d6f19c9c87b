"""Scenarios as tests of pytest: options, parameters, markers, verdicts, progress, reports.

pytest loads this package in every session of an environment in which planc is installed; whatever
is not needed before a scenario runs is therefore imported when it is. pytest finds its hooks here,
under the names that it gives them.
"""

from __future__ import annotations

import pytest

from planc_runtime.pytest_plugin.collecting import planc_repeat as planc_repeat
from planc_runtime.pytest_plugin.collecting import (
    pytest_collection_modifyitems as pytest_collection_modifyitems,
)
from planc_runtime.pytest_plugin.collecting import pytest_generate_tests as pytest_generate_tests
from planc_runtime.pytest_plugin.collecting import pytest_itemcollected as pytest_itemcollected
from planc_runtime.pytest_plugin.running import pytest_pyfunc_call as pytest_pyfunc_call
from planc_runtime.pytest_plugin.running import (
    pytest_runtest_makereport as pytest_runtest_makereport,
)
from planc_runtime.pytest_plugin.session import SESSION, Session


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("planc", "planc: scenarios of distributed systems")
    option = group.addoption
    option("--planc-backend", default="sim", metavar="NAME", help="sim (default), local, ...")
    option("--planc-seed", type=int, default=None, metavar="N", help="seed of every scenario")
    option("--planc-reports", default="reports", metavar="DIR", help="where reports are written")
    option("--planc-plant", default=None, metavar="BUG", help="switch a planted bug on")
    option("--planc-repeat", type=int, default=1, metavar="N", help="run each scenario N times")
    option("--planc-stretch", type=float, default=1.0, metavar="F", help="last F times as long")
    option("--planc-new-baseline", action="store_true", help="forget the runs kept as a baseline")
    option("--planc-coverage", action="store_true", help="measure the coverage of the nodes' code")
    option("--planc-progress", default=None, metavar="FILE", help="write progress lines (- : out)")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Session(config), SESSION)
