"""One editor's session: its projects, its open files, and what was last found wrong with them."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from lsprotocol import types as lsp
from pygls.uris import from_fs_path, to_fs_path

from planc.config import find_root
from planc.diagnostics import Diagnostic
from planc.lsp.buffers import Buffer
from planc.lsp.checking import Findings, Request
from planc.lsp.checks import Checks, Failed
from planc.lsp.convert import diagnostic
from planc.lsp.positions import Encoding, Places
from planc.lsp.project import Project

Publish = Callable[[lsp.PublishDiagnosticsParams], None]
DELAY = 0.15
"""Seconds of silence after which what was typed is checked."""
log = logging.getLogger("planc.lsp")


class Session:
    """Knows every file by its URI; `publish` sends diagnostics to the editor."""

    def __init__(self, publish: Publish) -> None:
        self.publish = publish
        self.encoding = Encoding()
        self.buffers: dict[str, Buffer] = {}
        self.projects: dict[str, Project] = {}
        self.folder = os.getcwd()
        self.checks = Checks()
        self.waiting: dict[str, asyncio.TimerHandle] = {}
        self.running: set[asyncio.Task[None]] = set()
        self.found: dict[str, list[Diagnostic]] = {}
        """By URI, of the text that the editor shows now."""
        self.shown: dict[str, set[str]] = {}
        """By root, the files whose diagnostics the editor shows."""

    # --- files ----------------------------------------------------------------------------------

    def locate(self, uri: str) -> tuple[Project, str]:
        """Return the project of a file and its path there; any URI has one."""
        file = to_fs_path(uri) if urlsplit(uri).scheme == "file" else None
        if not file:
            name = os.path.basename(unquote(urlsplit(uri).path)) or "untitled"
            file = os.path.join(self.folder, name)
        file = os.path.abspath(file.replace("\0", ""))
        root = self._root(file)
        if root not in self.projects:
            self.projects[root] = Project(root)
        return self.projects[root], os.path.relpath(file, root).replace(os.sep, "/")

    def _root(self, file: str) -> str:
        root = find_root(file)
        inside = os.path.join(self.folder, "")
        is_marked = any(os.path.exists(os.path.join(root, each))
                        for each in ("planc.yaml", "pyproject.toml", ".git"))  # fmt: skip
        return self.folder if file.startswith(inside) and not is_marked else root

    def uri(self, project: Project, path: str) -> str:
        """Return a file's URI, as the editor spelt it where it has the file open."""
        for uri, buffer in self.buffers.items():
            if buffer.project is project and buffer.path == path:
                return uri
        return from_fs_path(os.path.join(project.root, path)) or ""

    def places(self, project: Project, path: str) -> Places:
        return Places(project.view(path).source, self.encoding)

    # --- what the editor does -------------------------------------------------------------------

    def open(self, uri: str, text: str, version: int) -> None:
        project, path = self.locate(uri)
        self.buffers[uri] = Buffer(project, path, text, version, self.encoding)
        project.open(path, self.buffers[uri].text)
        self.check_soon(project)

    def change(
        self, uri: str, changes: list[lsp.TextDocumentContentChangeEvent], version: int
    ) -> None:
        buffer = self.buffers.get(uri)
        if buffer is None:
            log.warning("a change of a file that is not open: %s", uri)
            return
        for each in changes:
            buffer.change(each)
        buffer.version = version
        buffer.project.open(buffer.path, buffer.text)
        self.found.pop(uri, None)
        self.check_soon(buffer.project)

    def close(self, uri: str) -> None:
        buffer = self.buffers.pop(uri, None)
        self.found.pop(uri, None)
        if buffer is not None:
            buffer.project.close(buffer.path)
            self.publish(lsp.PublishDiagnosticsParams(uri, []))
            self.check_soon(buffer.project)

    def files_changed(self) -> None:
        """Look again at everything: somebody else wrote files."""
        for project in self.projects.values():
            self.check_soon(project)

    # --- what is wrong --------------------------------------------------------------------------

    def check_soon(self, project: Project) -> None:
        """Check a project when nothing has been typed for a moment."""
        if handle := self.waiting.pop(project.root, None):
            handle.cancel()
        loop = asyncio.get_running_loop()
        self.waiting[project.root] = loop.call_later(DELAY, self._check_now, project)

    def _check_now(self, project: Project) -> None:
        self.waiting.pop(project.root, None)
        task = asyncio.get_running_loop().create_task(self._check(project))
        self.running.add(task)
        task.add_done_callback(self.running.discard)

    async def _check(self, project: Project) -> None:
        buffers = [each for each in self.buffers.values() if each.project is project]
        versions = {each.path: each.version for each in buffers}
        texts = {each.path: each.text for each in buffers}
        try:
            found = await self.checks.check(Request(project.root, texts, tuple(texts)))
            self._tell(project, found, versions)
        except Failed as failed:
            log.error("a check failed: %s", failed)
        except Exception:
            log.exception("a check failed")

    def _tell(self, project: Project, findings: Findings, versions: dict[str, int]) -> None:
        """Publish what was found, but not about a text that has changed since."""
        open_now = {each.path: (uri, each) for uri, each in self.buffers.items()
                    if each.project is project}  # fmt: skip

        def places(path: str) -> Places:
            source = findings.sources.get(path) or project.view(path).source
            return Places(source, self.encoding)

        shown = self.shown.setdefault(project.root, set())
        told = {path for path, each in findings.found.items() if each or path in versions}
        for path in sorted(told | shown):
            uri, buffer = open_now.get(path, (self.uri(project, path), None))
            if buffer is not None and buffer.version != versions.get(path):
                continue
            here = findings.found.get(path, [])
            self.found[uri] = here
            listed = [diagnostic(e, places, lambda p: self.uri(project, p)) for e in here]
            version = buffer.version if buffer else None
            self.publish(lsp.PublishDiagnosticsParams(uri, listed, version))
        self.shown[project.root] = {path for path in told if findings.found.get(path)}

    def end(self) -> None:
        """Stop all that goes on beside the answers."""
        for handle in self.waiting.values():
            handle.cancel()
        for task in self.running:
            task.cancel()
        self.checks.end()
