"""The plans of an earlier commit, out of git's own store.

Only objects are read (`ls-tree`, `cat-file`): the work tree, the index and HEAD stay as they are,
no hook, filter, pager or text conversion runs, nothing is fetched. What a plan of a fork names is
neither run nor imported, because nothing but its text ever leaves the store.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from planc.config import CONFIG

SUFFIX = ".plan"
_LINK, _FILES = "120000", ("100644", "100755")
_QUIET = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "LC_ALL": "C",
}
_SAFE = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "--no-pager")


class VersionError(Exception):
    """A version cannot be read; the message and the way out are for the user."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.help = help


@dataclass(frozen=True)
class Version:
    """A commit to compare with."""

    name: str
    """As the user said it."""
    commit: str
    note: str = ""
    """What the user should know about the choice of the commit."""


class Repository:
    """The repository around a project; paths are relative to the project's root."""

    def __init__(self, root: Path) -> None:
        self.root = root
        if self._ask("rev-parse", "--is-inside-work-tree") is None:
            raise VersionError(
                f"`{root}` lies in no git repository that can be read",
                self._complaint() or "compare two folders instead: planc diff OLD NEW",
            )

    # --- which commit ---------------------------------------------------------------------------

    def version(self, name: str) -> Version:
        """Find what is to be compared with: where this line of work left `name`.

        What came to `name` since then is not this work's doing; raises VersionError.
        """
        commit = self._commit(name)
        head = self._ask("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        base = self._ask("merge-base", commit, head) if head else None
        if base is not None:
            return Version(name, base)
        note = f"`{name}` and this work have no commit in common: compared with `{name}` as it is"
        if self.shallow:
            note += "; the clone is shallow: fetch more of it (git fetch --unshallow)"
        return Version(name, commit, note)

    @property
    def shallow(self) -> bool:
        return self._ask("rev-parse", "--is-shallow-repository") == "true"

    def _commit(self, name: str) -> str:
        if not name or name.startswith("-") or any(c in name for c in "\0\n\r"):
            raise VersionError(f"`{name}` is no name of a commit", "name a branch, tag or commit")
        asked = ("--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        found = self._ask("rev-parse", *asked)
        if found is not None:
            return found
        help = "see `git branch -a` and `git tag`"
        if self.shallow:
            help = "the clone is shallow: fetch it first (in CI: fetch-depth: 0, GIT_DEPTH: 0)"
        elif self._ask("rev-parse", "--verify", "--quiet", f"refs/remotes/origin/{name}"):
            help = f"did you mean `origin/{name}`?"
        raise VersionError(f"there is no commit `{name}`", help)

    # --- its files ------------------------------------------------------------------------------

    def extract(self, version: Version, folder: Path) -> None:
        """Write the plans of a commit, and planc.yaml, below an empty folder."""
        blobs: dict[str, str] = {}
        links: dict[str, str] = {}
        for mode, kind, name, path in self._tree(version.commit):
            if kind == "blob" and (path.endswith(SUFFIX) or path == CONFIG):
                (links if mode == _LINK else blobs)[path] = name
        wanted = sorted({*blobs.values(), *links.values()})
        data = dict(zip(wanted, self._contents(wanted), strict=True))
        for path, name in blobs.items():
            _write(folder, path, data[name])
        for path, name in links.items():
            target = _target(path, data[name])
            if target in blobs:
                _write(folder, path, data[blobs[target]])

    def _tree(self, commit: str) -> Iterator[tuple[str, str, str, str]]:
        for row in self._read("ls-tree", "-r", "-z", commit).split(b"\0"):
            head, tab, path = row.partition(b"\t")
            if tab:
                mode, kind, name = head.decode("ascii").split()
                yield mode, kind, name, os.fsdecode(path)

    def _contents(self, names: list[str]) -> Iterator[bytes]:
        """Yield the contents of blobs."""
        request = "".join(f"{name}\n" for name in names).encode("ascii")
        rest = memoryview(self._read("cat-file", "--batch", input=request))
        for name in names:
            end = bytes(rest[:200]).index(b"\n")
            head = bytes(rest[:end]).decode("ascii").split()
            if len(head) != 3:
                raise VersionError(
                    f"the object {name} is missing from the repository",
                    "the clone is partial: fetch what is missing (git fetch --refetch)",
                )
            size = int(head[2])
            yield bytes(rest[end + 1 : end + 1 + size])
            rest = rest[end + 1 + size + 1 :]

    # --- git ------------------------------------------------------------------------------------

    def _read(self, *arguments: str, input: bytes = b"") -> bytes:
        done = self._run(arguments, input)
        if done.returncode:
            reason = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise VersionError(f"git cannot read the plans: {(reason or ['no reason given'])[-1]}")
        return done.stdout

    def _ask(self, *arguments: str) -> str | None:
        """Return git's answer in one line; None when it has none."""
        done = self._run(arguments)
        return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else None

    def _run(
        self, arguments: tuple[str, ...], input: bytes = b""
    ) -> subprocess.CompletedProcess[bytes]:
        command = ["git", *_SAFE, *arguments]
        environment = {k: v for k, v in os.environ.items() if k not in _REDIRECTING} | _QUIET
        try:
            return subprocess.run(
                command, cwd=self.root, env=environment, input=input, capture_output=True
            )
        except FileNotFoundError:
            raise VersionError(
                "git is not installed", "compare two folders instead: planc diff OLD NEW"
            ) from None

    def _complaint(self) -> str:
        done = self._run(("rev-parse", "--is-inside-work-tree"))
        text = done.stderr.decode("utf-8", "replace")
        if "dubious ownership" in text:
            trust = f"git config --global --add safe.directory {self.root}"
            return f"it belongs to somebody else: {trust}"
        return ""


_REDIRECTING = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_EXTERNAL_DIFF", "GIT_PREFIX")
"""What a hook that calls planc would make git look at instead of the project."""


def _write(folder: Path, path: str, data: bytes) -> None:
    place = folder / path
    if ".." in PurePosixPath(path).parts:
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)


def _target(path: str, data: bytes) -> str:
    """Return where a symbolic link leads, if it stays inside."""
    joined = os.path.normpath(os.path.join(os.path.dirname(path), os.fsdecode(data)))
    return joined.replace(os.sep, "/")
