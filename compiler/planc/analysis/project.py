"""The files of a project as far as plans reach them: read once, and who uses whom.

Every file is read, parsed and analysed once, however many plans use it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from planc.analysis.paths import Found, Refused, resolve
from planc.analysis.problems import Problems
from planc.diagnostics import Diagnostic
from planc.syntax import nodes as n

Read = Callable[[str], tuple[n.File, list[Diagnostic]]]
"""Parse the file at a path relative to the root."""


@dataclass(frozen=True, slots=True)
class Used:
    """A `use` that leads to a file."""

    node: n.Use
    file: SourceTree


@dataclass(eq=False)
class SourceTree:
    """A file with its tree and what it uses."""

    path: str
    tree: n.File
    diagnostics: list[Diagnostic]
    uses: list[Used] = field(default_factory=list)
    incomplete: bool = False
    """Whether a `use` leads nowhere, so that names may be missing."""
    tried: set[str] = field(default_factory=set)
    """Where libraries were looked for: paths that do not exist but would be used if they did, and
    links to what was used."""

    def reach(self) -> list[SourceTree]:
        """Return this file and all that it uses, directly or not, in order of first use."""
        found: dict[str, SourceTree] = {}
        waiting: list[SourceTree] = [self]
        while waiting:
            current = waiting.pop()
            if current.path not in found:
                found[current.path] = current
                waiting.extend(used.file for used in reversed(current.uses))
        return list(found.values())


class Project:
    """Load plans with everything they use."""

    def __init__(self, root: Path, read: Read) -> None:
        self.root = root
        self.read = read
        self.problems = Problems()
        self.files: dict[str, SourceTree] = {}
        self._open: list[str] = []

    def load(self, path: str) -> SourceTree:
        """Return the file at `path` (relative to the root) with its uses resolved."""
        if path in self.files:
            return self.files[path]
        tree, diagnostics = self.read(path)
        file = SourceTree(path, tree, diagnostics)
        self.files[path] = file
        self.problems.add(diagnostics)
        self._open.append(path)
        seen: dict[str, n.Use] = {}
        for node in tree.declarations:
            if isinstance(node, n.Use):
                self._use(file, node, seen)
        self._open.pop()
        return file

    def _use(self, file: SourceTree, node: n.Use, seen: dict[str, n.Use]) -> None:
        text = "".join(part for part in node.path.parts if isinstance(part, str))
        if any(not isinstance(part, str) for part in node.path.parts):
            self._refuse(file, node, Refused("interpolation-not-allowed", "a path is fixed"))
            return
        found = resolve(self.root, file.path, text)
        file.tried.update(found.tried)
        if isinstance(found, Refused):
            self._refuse(file, node, found)
        elif found.path in seen:
            self.problems.report(
                "duplicate-use",
                node.span,
                f"`{found.path}` is used twice",
                first=seen[found.path].span,
            )
        elif found.path in self._open:
            self._cycle(file, node, found)
        else:
            seen[found.path] = node
            self._add(file, node, self.load(found.path))

    def _refuse(self, file: SourceTree, node: n.Use, why: Refused) -> None:
        file.incomplete = True
        self.problems.report(why.problem, node.path.span, why.message, help=why.help)

    def _cycle(self, file: SourceTree, node: n.Use, found: Found) -> None:
        file.incomplete = True
        chain = [*self._open[self._open.index(found.path) :], found.path]
        self.problems.report(
            "use-cycle",
            node.span,
            "this file uses itself" if len(chain) == 2 else "these files use each other",
            help=" uses ".join(f"`{path}`" for path in chain),
        )

    def _add(self, file: SourceTree, node: n.Use, library: SourceTree) -> None:
        header = library.tree.header
        if header is not None and header.kind == "plan":
            file.incomplete = True
            self.problems.report(
                "use-of-plan",
                node.path.span,
                f"`{library.path}` is a plan: only libraries can be used",
                help='a file that begins with `library "name"` holds what plans share',
            )
            return
        if header is None:
            file.incomplete = True
        file.uses.append(Used(node, library))
