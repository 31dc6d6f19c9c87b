"""Which rules there are, and which of them are wanted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

from planc.diagnostics import did_you_mean
from planc.lint.rule import Rule


class UnknownRule(Exception):
    """A rule was named that there is not; `help` names the nearest."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f"there is no lint rule `{name}`")
        self.message = f"there is no lint rule `{name}`"
        self.help = did_you_mean(name, known) or "`planc lint --list` shows all"


@cache
def all_rules() -> dict[str, Rule]:
    """Return planc's own rules by name, in order of their names: each is a module of `rules`."""
    folder = Path(__file__).parent / "rules"
    names = (file.stem for file in folder.glob("*.py") if not file.stem.startswith("_"))
    found = [import_module(f"planc.lint.rules.{name}").check for name in names]
    return {each.name: each for each in sorted(found, key=lambda each: str(each.name))}


@dataclass(frozen=True)
class Selection:
    """The rules of a run. `select` alone leaves only what it names, `ignore` takes away."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    brought: tuple[Rule, ...] = ()
    """Rules of installed packages that the project has opted in to."""

    def known(self) -> dict[str, Rule]:
        return {**all_rules(), **{each.name: each for each in self.brought}}

    def rules(self) -> list[Rule]:
        """Return the wanted rules; raises UnknownRule."""
        known = self.known()
        _require([*self.select, *self.ignore], known)
        wanted = self.select or tuple(known)
        return [each for name, each in known.items() if name in wanted and name not in self.ignore]


def _require(names: Sequence[str], known: Iterable[str]) -> None:
    known = list(known)
    for name in names:
        if name not in known:
            raise UnknownRule(name, known)
