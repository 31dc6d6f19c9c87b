"""The small project of the engine's tests serves those of faults as well."""

from tests.runtime.engine.conftest import play, project

__all__ = ["play", "project"]
