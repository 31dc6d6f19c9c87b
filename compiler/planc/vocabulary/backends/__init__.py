"""The backends of this release, and what each of them can do: one module each."""

from __future__ import annotations

from planc.vocabulary.backends.ability import ABILITIES, Backend, Rung, Way
from planc.vocabulary.backends.docker import DOCKER
from planc.vocabulary.backends.local import LOCAL
from planc.vocabulary.backends.sim import SIM

BACKENDS: dict[str, Backend] = {backend.name: backend for backend in (SIM, LOCAL, DOCKER)}
LATER_BACKENDS = ("kubernetes",)
"""Names that a plan may say already."""

__all__ = ["ABILITIES", "BACKENDS", "LATER_BACKENDS", "Backend", "Rung", "Way"]
