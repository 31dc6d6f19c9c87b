"""Find the backend that a run asks for: by entry point, so that others can bring theirs."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import EntryPoint, entry_points

from planc_runtime.errors import CannotRun
from planc_runtime.protocols.backend import Backend

GROUP = "planc.backends"
BUILT_IN = {
    "sim": "planc_runtime.clusters.sim.backend:SimBackend",
    "local": "planc_runtime.clusters.local.backend:LocalBackend",
    "docker": "planc_runtime.clusters.docker.backend:DockerBackend",
}
"""Known without a look at the installed packages, which costs more than loading one of these."""


def find_backend(name: str) -> Backend:
    """Return a backend by its name; raises CannotRun when nobody brings it."""
    if name in BUILT_IN:
        module, _, attribute = BUILT_IN[name].partition(":")
        made: Backend = getattr(import_module(module), attribute)()
        return made
    points = {point.name: point for point in entry_points(group=GROUP)}
    if name not in points:
        known = ", ".join(sorted({*BUILT_IN, *points}))
        raise CannotRun(f"there is no backend {name!r}", help=f"there are: {known}")
    return _brought(points[name])


def _brought(point: EntryPoint) -> Backend:
    """Load what somebody else has written, which may fail in any way."""
    try:
        found: Backend = point.load()()
    except Exception as trouble:
        package = f" of {point.dist.name} {point.dist.version}" if point.dist else ""
        raise CannotRun(
            f"the backend {point.name!r}{package} cannot be loaded: {trouble}",
            help=f"it is {point.value}",
        ) from trouble
    return found
