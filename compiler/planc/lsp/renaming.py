"""Rename: every place of a name, or a reason why not.

Whether the plans would still mean the same is not argued but tried: the files are changed in
memory, and every name in them, and in the files that see them, must mean what it meant before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from planc.lsp.navigation import meaning_at
from planc.lsp.project import Meaning, Project, Site
from planc.lsp.view import View
from planc.syntax import nodes as n
from planc.vocabulary import OPERATIONS

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RENAMED = frozenset(
    {"let", "service", "cluster", "client", "workload", "fault", "mock", "machine", "variable",
     "parameter", "loop", "column", "alias", "operation", "param", "state"}
)  # fmt: skip
_KEYS = ("k", "key")
_WHY_NOT = {
    "port": "the name of a port is also said by programs and texts outside the plans",
    "role": "the name of a role has a meaning: `leader(store)` looks for it",
    "plant": "the name of a planted bug is what the service under test is told",
    "cover": "the rows of a catalogue are declared outside the plans",
    "field": "the fields of a value come from outside the plans",
    "node": "nodes get their names from their cluster: change `as NAME` there",
}


class Refused(Exception):
    """The name cannot be renamed; the message says why."""


def prepare(project: Project, path: str, offset: int) -> Site:
    """Return the name that would be renamed; raises Refused."""
    found = meaning_at(project, path, offset)
    if found is None:
        raise Refused("there is no name here that planc could rename")
    site, meaning = found
    if meaning.kind not in _RENAMED:
        what = _WHY_NOT.get(meaning.kind, f"a {meaning.kind} is no name that a plan declares")
        raise Refused(what)
    if project.defined_at(meaning) is None:
        raise Refused(f"nothing declares `{meaning.name}`")
    if meaning.kind == "operation":
        _check_operation(project, meaning)
    return site


def _check_operation(project: Project, meaning: Meaning, to: str = "") -> None:
    """Refuse what checkers or Python code know by its name."""
    found = project.view(meaning.path).symbols.get(meaning.owner)
    client = found.declaration.node if found else None
    if isinstance(client, n.Client) and client.protocol == "python":
        raise Refused("the operations of this client are methods in Python")
    for name in (meaning.name, to):
        if name in OPERATIONS:
            raise Refused(f"`{name}` tells the checkers what the operation does")


def rename(project: Project, path: str, offset: int, to: str) -> dict[str, list[Site]]:
    """Return the places to change, by file; raises Refused."""
    site = prepare(project, path, offset)
    meaning = project.meaning(site.view, site.placed, site.occurrence.target)
    assert meaning is not None
    if not _NAME.fullmatch(to):
        raise Refused(f"`{to}` is no name: letters, digits and _, and a letter first")
    if to == meaning.name:
        return {}
    if meaning.kind == "operation":
        _check_operation(project, meaning, to)
    if meaning.kind == "parameter" and (to in _KEYS) != (meaning.name in _KEYS):
        raise Refused(f"a parameter named `{to if to in _KEYS else meaning.name}` is the key")
    files: dict[str, list[Site]] = {}
    for each in project.sites(meaning):
        files.setdefault(each.view.path, []).append(each)
    _check_unread(project, meaning)
    _check_unique(project, meaning, to)
    _try(project, meaning, files, to)
    return files


def _check_unread(project: Project, meaning: Meaning) -> None:
    """Refuse where the name may stand in lines that could not be read."""
    word = re.compile(rf"\b{re.escape(meaning.name)}\b")
    for view in project.who_can_say(meaning):
        for placed in view.placed:
            for each in placed.piece.broken:
                stretch = placed.piece.text[each.span.start : each.span.end]
                if word.search(stretch):
                    line = view.source.line_and_column(placed.start + each.span.start)[0]
                    raise Refused(f"`{view.path}` has a mistake in line {line}: mend it first")


def _try(project: Project, meaning: Meaning, files: Mapping[str, list[Site]], to: str) -> None:
    """Change the files in memory; refuse when any name would mean something else."""
    views = project.who_can_say(meaning)
    before = {view.path: _meanings(project, view) for view in views}
    tried = Project(project.root)
    tried.texts = dict(project.texts)
    for path, sites in files.items():
        tried.texts[path] = changed(project.view(path).source.text, sites, to)
    for path, old in before.items():
        view = tried.view(path)
        new = _meanings(tried, view)
        mine = _placeless(meaning, project.view(meaning.path))
        assert mine is not None
        wanted = [_renamed(each, mine, to) for each in old]
        found = new
        if len(found) != len(wanted) or _broken(view) > _broken(project.view(path)):
            raise Refused(f"`{to}` cannot be said everywhere in `{path}`")
        for index, (was, now) in enumerate(zip(wanted, found, strict=True)):
            if was != now:
                raise Refused(_clash(tried, view, index))


def _check_unique(project: Project, meaning: Meaning, to: str) -> None:
    """Refuse a name that another declaration already has where this one can be said."""
    if meaning.owner or not meaning.path or meaning.kind == "alias":
        return
    for view in project.who_can_say(meaning):
        taken = project.lookup(view, to)
        if taken is not None:
            kind = taken[1].declaration.kind
            raise Refused(f"in `{view.path}` the name `{to}` is already that of a {kind}")


def _clash(tried: Project, view: View, index: int) -> str:
    placed, occurrence = list(view.occurrences())[index]
    line = view.source.line_and_column(placed.start + occurrence.start)[0]
    said = occurrence.name
    return f"`{view.path}`: with this, `{said}` in line {line} would mean something else"


def _meanings(project: Project, view: View) -> list[Meaning | None]:
    """Return what every name of a file means, in order."""
    return [
        _placeless(project.meaning(view, placed, each.target), view)
        for placed, each in view.occurrences()
    ]


def _placeless(meaning: Meaning | None, view: View) -> Meaning | None:
    """Know a local name by its number among those of its piece: the places move."""
    if meaning is None or ":" not in meaning.owner:
        return meaning
    index, start = map(int, meaning.owner.split(":"))
    number = sorted(view.placed[index].piece.names.locals).index(start)
    return Meaning(meaning.kind, meaning.path, f"{index}:{number}", meaning.name)


def _renamed(each: Meaning | None, meaning: Meaning, to: str) -> Meaning | None:
    """Return what a name must mean afterwards."""
    if each is None:
        return None
    is_owner = not meaning.owner and each.path == meaning.path and each.owner == meaning.name
    owner = to if is_owner else each.owner
    name = to if each == meaning else each.name
    return Meaning(each.kind, each.path, owner, name)


def _broken(view: View) -> int:
    return sum(len(placed.piece.broken) for placed in view.placed)


def changed(text: str, sites: list[Site], to: str) -> str:
    for site in sorted(sites, key=lambda each: each.start, reverse=True):
        text = text[: site.start] + to + text[site.end :]
    return text
