"""Python names for the names of a plan: valid, unique, and as close to the original as can be.

A name is changed only where Python or pytest would read it differently: keywords and builtins, the
names that a module itself needs, and prefixes that pytest looks for (a fault called `test_chaos`
must not become a test).
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable

from planc import model as m

_TAKEN = frozenset(
    {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "planc", "s", "run", "PLAN"}
)
_LOOKED_FOR = re.compile(r"(test|pytest|setup|teardown|load_tests|collect_ignore|_)", re.IGNORECASE)
_LONGEST = 60
_WORD = re.compile(r"[a-z0-9]+")


def identifier(name: str) -> str:
    """Turn a name of a plan into a Python identifier of ASCII characters."""
    plain = re.sub(r"\W", "_", name, flags=re.ASCII)[:_LONGEST] or "x"
    if _LOOKED_FOR.match(plain) or plain[0].isdigit():
        plain = f"plan_{plain.lstrip('_')}"
    return f"{plain}_" if plain in _TAKEN else plain


def name_of_test(title: str) -> str:
    """Turn the fixed part of a scenario's title into the name of its test."""
    words = "_".join(_WORD.findall(title.lower()))
    if len(words) > _LONGEST:
        cut = words[:_LONGEST]
        words = cut.rpartition("_")[0] or cut
    return f"test_{words or 'scenario'}"


class Names:
    """A table of names, each given out once."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken: set[str] = set(taken)
        self._given: dict[str, str] = {}

    def inside(self, keys: Iterable[str]) -> Names:
        """Return the table of a function that needs the module's names for `keys`.

        Those it must not hide; any other name of the module may mean something else inside.
        """
        return Names(self._given[key] for key in keys if key in self._given)

    def block(self) -> Names:
        """Return the table of a block, which knows and must not hide any name around it."""
        inner = Names(self._taken)
        inner._given = dict(self._given)
        return inner

    def give(self, key: str, wanted: str) -> str:
        """Return the Python name for `key`, always the same one."""
        if key not in self._given:
            self._given[key] = self._free(wanted)
        return self._given[key]

    def bind(self, key: str, wanted: str) -> str:
        """Return a new Python name for `key`, which hides what a block around calls by it."""
        self._given.pop(key, None)
        return self.give(key, wanted)

    def find(self, key: str) -> str | None:
        return self._given.get(key)

    def _free(self, wanted: str) -> str:
        name, number = wanted, 1
        while name in self._taken:
            number += 1
            name = f"{wanted.rstrip('_')}_{number}"
        self._taken.add(name)
        return name


def name_all(plan: m.Plan) -> tuple[Names, tuple[str, ...]]:
    """Name everything at the top of a plan's module: the table, and the tests in their order."""
    names = Names()
    for declaration in plan.declarations:
        names.give(declaration.key, identifier(declaration.name))
    tests = (names.give(f"test {each.name}", _of_title(each.title)) for each in plan.scenarios)
    return names, tuple(tests)


def _of_title(title: m.Expression) -> str:
    match title:
        case m.Constant(value=str() as text):
            return name_of_test(text)
        case m.Template(parts=parts):
            return name_of_test(" ".join(part for part in parts if isinstance(part, str)))
    return name_of_test("")
