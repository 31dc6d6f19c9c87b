"""Run the conformance suite against every backend of the project, and `local` on every rung.

What is done to processes and disks does not depend on the rung: on those that a run would not take
by itself, only what goes over the network is tried, unless PLANC_EVERY_RUNG says otherwise.
"""

import os
from typing import NamedTuple

import pytest

from planc_runtime.clusters.lab import rungs
from planc_runtime.clusters.lab.station import LOOPBACK
from planc_runtime.engine.nodes.backends import BUILT_IN, find_backend
from planc_runtime.protocols.backend import Backend
from support.docker import require_engine


class Place(NamedTuple):
    backend: str
    rung: str | None = None
    """Forced, where the backend has several; None is the one that a run would take."""


PLACES = [
    *map(Place, sorted(BUILT_IN)),
    *(Place("local", rung) for rung in rungs.RUNGS),
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "backend" not in metafunc.fixturenames:
        return
    exercised = getattr(metafunc.function, "abilities", set())
    everywhere = bool(exercised & rungs.ABILITIES) or "PLANC_EVERY_RUNG" in os.environ
    places = [place for place in PLACES if place.rung is None or everywhere]
    ids = [place.backend + (f"-{place.rung}" if place.rung else "") for place in places]
    metafunc.parametrize("backend", places, indirect=True, ids=ids)


@pytest.fixture
def backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Backend:
    place: Place = request.param
    if place.backend == "docker":
        require_engine()
    if place.rung is not None:
        _force(place.rung, monkeypatch)
    return find_backend(place.backend)


def _force(rung: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if "PLANC_EVERY_RUNG" not in os.environ and rungs.find().name == rung:
        pytest.skip("this is the rung of the plain `local`")
    tried = rungs.attempt(rung)
    if not tried.abilities and rung != LOOPBACK:
        pytest.skip(f"the rung {rung} is refused here: {tried.missing['partition']}")
    monkeypatch.setenv(rungs.VARIABLE, rung)
