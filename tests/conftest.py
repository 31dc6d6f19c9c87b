"""What every test session says or leaves unsaid at its start."""

from __future__ import annotations

import os
import signal
import sys
import warnings
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says more about the machine's other work than about what is tested.
settings.register_profile("planc", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# A landing is judged by what it changed: docs/decisions/same-examples-for-a-landing.md
settings.register_profile("same", settings.get_profile("planc"), derandomize=True, database=None)
settings.load_profile("same" if os.environ.get("PLANC_SAME_EXAMPLES") == "1" else "planc")

# What only tests of our own make use of costs every pytest that a test starts half of its time.
OURS_ALONE = ("pytest-lsp", "asyncio", "hypothesispytest")


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    """Keep pytest-asyncio, which pytest-lsp brings, from asking for a setting of its own.

    It asks before pytest's own filters hold. The setting cannot stand in pyproject.toml: unknown
    options are errors there, and who only runs plans has no pytest-asyncio.
    """
    warnings.filterwarnings("ignore", message=".*asyncio_default_fixture_loop_scope")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # Shells start what is to run in the background so; tests that press Ctrl-C would wait.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # What is collected is what the processes that tests start import, too: compile it for them.
    sys.dont_write_bytecode = False


def pytest_collection_finish() -> None:
    """Keep no bytecode of modules that tests write.

    One that is written twice within a second, equally long, would be taken for its former self.
    """
    sys.dont_write_bytecode = True


@pytest.fixture(scope="session", autouse=True)
def processes_of_tests() -> Iterator[None]:
    """Have processes that tests start begin sooner: bytecode is read and not written."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONDONTWRITEBYTECODE", "1")
        patch.setenv("PYTEST_ADDOPTS", " ".join(f"-p no:{name}" for name in OURS_ALONE))
        yield
