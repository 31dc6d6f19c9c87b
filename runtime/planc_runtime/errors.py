"""What can end a scenario other than a verdict about the system under test."""

from __future__ import annotations


class PlancError(Exception):
    """A message for the user: plain words and a way out; never shown as a traceback."""

    def __init__(self, message: str, *, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.help = help


class CannotRun(PlancError):
    """The scenario could not begin: a missing binary, a taken port, a node that dies at start."""


class NotSupported(PlancError):
    """A backend lacks an ability; the scenario is skipped and says which."""

    def __init__(self, backend: str, ability: str, *, help: str = "") -> None:
        super().__init__(f"backend {backend!r} cannot {ability}", help=help)
        self.backend = backend
        self.ability = ability


class NotInstalled(NotSupported):
    """A system under test is not on this machine: a skip, which says what would bring it."""

    def __init__(self, message: str, *, help: str) -> None:
        super().__init__("", "", help=help)
        self.message = message


class Inconclusive(PlancError):
    """Nothing was proven: a fault missed, a generator fell behind, a checker ran out of time."""


class StepFailed(PlancError):
    """A step of the scenario could not be done, so that what follows it makes no sense."""
