"""What a compilation gives: diagnostics, modules, and an index of the tests in them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from planc.cache import Entry
    from planc.config import Config
    from planc.diagnostics import Diagnostic, Diagnostics


class PlanResult:
    """What became of one file: a plan, or a library, which has no module."""

    def __init__(self, path: str, output: str, entry: Entry) -> None:
        self.path = path
        """Relative to the root, with forward slashes."""
        self.output = output
        """Where its module belongs, likewise; a library has none (`index` is None)."""
        self.clean = entry.clean
        self._entry = entry
        self._value: dict[str, Any] | None = None

    @property
    def value(self) -> dict[str, Any]:
        if self._value is None:
            self._value = self._entry.value()
        return self._value

    @property
    def text(self) -> str | None:
        """The module; None when there are errors, for a library, or after a mere check."""
        text = self.value["module"]
        return text if isinstance(text, str) else None

    @property
    def index(self) -> dict[str, Any] | None:
        """The scenarios and their tests, as JSON; None for a library or with errors.

        title, owner, severity, tags, line, module; scenarios: title, test, line, severity, tags,
        covers, catches, clusters, mocks, abilities, timeout, seed, only_on, skip_on, cases (the
        parameters of each test, empty without a table).
        """
        index = self.value["index"]
        return index if isinstance(index, dict) else None

    @property
    def is_library(self) -> bool:
        """Whether the file is a library: without errors, and without an index."""
        return self.index is None and not self._failed()

    def _failed(self) -> bool:
        from planc.diagnostics import Diagnostics

        return not self.clean and Diagnostics(self.diagnostics()).has_errors

    def diagnostics(self) -> list[Diagnostic]:
        from planc.pipeline.kept import diagnostic_from

        return [] if self.clean else [diagnostic_from(row) for row in self.value["diagnostics"]]


class Result:
    """The results of every file that was asked for, in order of their paths."""

    def __init__(
        self, root: str, config: Config, plans: list[PlanResult], further: Iterable[Diagnostic] = ()
    ) -> None:
        self.root = root
        self.config = config
        self.plans = plans
        self._further = list(further)

    @property
    def clean(self) -> bool:
        """Whether there is nothing at all to tell; known without looking at any diagnostic."""
        return not self._further and all(plan.clean for plan in self.plans)

    @property
    def diagnostics(self) -> Diagnostics:
        """All that was found, of all files, sorted, each once."""
        from planc.diagnostics import Diagnostics

        found = [each for plan in self.plans for each in plan.diagnostics()]
        return Diagnostics([*self._further, *found])

    @property
    def has_errors(self) -> bool:
        return not self.clean and self.diagnostics.has_errors

    def add(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Add what was found later, for instance while writing."""
        self._further.extend(diagnostics)
