"""Run the conformance suite against every backend of the project."""

import pytest

from planc_runtime.engine.backends import BUILT_IN, find_backend
from planc_runtime.protocols.backend import Backend
from support.docker import require_engine


@pytest.fixture(params=sorted(BUILT_IN))
def backend(request: pytest.FixtureRequest) -> Backend:
    if request.param == "docker":
        require_engine()
    return find_backend(request.param)
