"""The compiler's table of backends is what the worlds on this machine name, and what is tested."""

from __future__ import annotations

import inspect
import os
from pathlib import Path

import pytest

from planc.vocabulary.backends import ABILITIES, BACKENDS, Rung
from planc_runtime.clusters.lab import rungs
from planc_runtime.clusters.lab.station import LOOPBACK
from planc_runtime.engine.nodes.backends import BUILT_IN, find_backend
from planc_runtime.protocols.backend import ExplainsLacks, Settings, World
from planc_runtime.testing import conformance
from support.docker import require_engine

ROWS = [
    pytest.param(name, rung, id=f"{name}-{rung.name}")
    for name, backend in BACKENDS.items()
    for rung in backend.rungs
]


def _named(name: str, directory: Path) -> tuple[frozenset[str], dict[str, str]]:
    """Return what a world of the backend names here, and why it does not name the rest."""

    async def main(world: World) -> tuple[frozenset[str], dict[str, str]]:
        reasons = world.missing if isinstance(world, ExplainsLacks) else {}
        return world.abilities, dict(reasons)

    return find_backend(name).execute(Settings(seed=1, directory=directory), main)


@pytest.mark.parametrize(("name", "rung"), ROWS)
def test_a_world_names_what_the_table_promises(
    name: str, rung: Rung, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name == "local":
        tried = rungs.attempt(rung.name)
        if not tried.abilities and rung.name != LOOPBACK:
            pytest.skip(f"the rung {rung.name} is refused here: {tried.missing['partition']}")
        monkeypatch.setenv(rungs.VARIABLE, rung.name)
    if name == "docker":
        require_engine()
    named, reasons = _named(name, tmp_path)

    assert named <= rung.abilities
    refused = {one: reasons[one] for one in sorted(rung.abilities - named)}
    if refused and not _must_have(refused):
        pytest.skip("; ".join(f"no {one}: {reason}" for one, reason in refused.items()))
    assert refused == {}
    if reasons:
        assert set(reasons) == set(ABILITIES) - named


def _must_have(refused: dict[str, str]) -> bool:
    """Tell whether something is refused that could be had: all but a younger kernel."""
    required = os.environ.get("PLANC_REQUIRE_SYSTEMS") == "1"
    return required and not all("this kernel has no" in reason for reason in refused.values())


def test_every_ability_is_exercised_by_the_suite() -> None:
    exercised: set[str] = set()
    for suite in conformance.__all__:
        for _, test in inspect.getmembers(getattr(conformance, suite), inspect.isfunction):
            exercised |= getattr(test, "abilities", set())

    assert exercised == set(ABILITIES)


def test_the_table_knows_every_backend_of_the_release() -> None:
    assert set(BACKENDS) == set(BUILT_IN)
