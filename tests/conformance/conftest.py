"""Run the conformance suite against every backend of the project."""

import importlib

import pytest

from planc_runtime.protocols.backend import Backend

BACKENDS = {
    "sim": "planc_runtime.clusters.sim:SimBackend",
    "local": "planc_runtime.clusters.local.backend:LocalBackend",
}


@pytest.fixture(params=sorted(BACKENDS))
def backend(request: pytest.FixtureRequest) -> Backend:
    module, _, name = BACKENDS[request.param].partition(":")
    made: Backend = getattr(importlib.import_module(module), name)()
    return made
