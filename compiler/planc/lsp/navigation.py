"""Definitions, references and highlights of the name at the cursor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lsprotocol import types as lsp

from planc.lsp.names import Declared, Free
from planc.lsp.project import Meaning, Project, Site
from planc.lsp.sources import node_names
from planc.lsp.view import View
from planc.syntax import nodes as n


@dataclass(frozen=True, slots=True)
class Place:
    path: str
    start: int
    end: int
    defines: bool = False


def meaning_at(project: Project, path: str, offset: int) -> tuple[Site, Meaning] | None:
    """Return the name at a place, and what it stands for."""
    site = project.site(path, offset)
    if site is None:
        return None
    found = project.meaning(site.view, site.placed, site.occurrence.target)
    return (site, found) if found else None


def definition(project: Project, path: str, offset: int) -> list[Place]:
    """Return where the name at a place is defined; of the path after `use`, the file."""
    found = meaning_at(project, path, offset)
    if found is not None:
        place = project.defined_at(found[1])
        return [Place(place[0].path, place[1], place[2], True)] if place else []
    site = project.site(path, offset)
    if site is not None:
        return list(_node(project, site))
    return list(_used(project, project.view(path), offset))


def _used(project: Project, view: View, offset: int) -> Iterator[Place]:
    for placed, node in view.uses:
        span = node.path.span
        if placed.start + span.start <= offset <= placed.start + span.end:
            target = project.target_of(view, node)
            if target:
                yield Place(target, 0, 0)


def _node(project: Project, site: Site) -> Iterator[Place]:
    """Yield the clusters that have a node of this name."""
    target = site.occurrence.target
    name = target.name.rpartition(".")[2] if isinstance(target, Declared | Free) else ""
    for _, view, found in project.declared(site.view):
        node = found.declaration.node
        if isinstance(node, n.Cluster) and name in node_names(node):
            yield Place(view.path, found.start, found.start + len(node.name.id))


def references(
    project: Project, path: str, offset: int, *, declaration: bool = True
) -> list[Place]:
    """Return every place where the name at the cursor is said, in all files."""
    found = meaning_at(project, path, offset)
    if found is None:
        return []
    sites = project.sites(found[1])
    return [
        Place(site.view.path, site.start, site.end, site.occurrence.defines)
        for site in sites
        if declaration or not site.occurrence.defines
    ]


def highlights(project: Project, path: str, offset: int) -> list[tuple[int, int, bool]]:
    """Return the places of the same name in the same file: start, end, whether defined there."""
    found = meaning_at(project, path, offset)
    site = project.site(path, offset)
    if site is None:
        return []
    view, wanted = site.view, found[1] if found else None
    return [
        (placed.start + each.start, placed.start + each.end, each.defines)
        for placed, each in view.occurrences()
        if each.name == site.occurrence.name
        and project.meaning(view, placed, each.target) == wanted
    ]


HIGHLIGHT = {True: lsp.DocumentHighlightKind.Write, False: lsp.DocumentHighlightKind.Read}
