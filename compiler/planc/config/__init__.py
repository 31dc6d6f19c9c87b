"""The project: where its root is, and what planc.yaml says.

A project needs no configuration. Its root is the nearest folder upwards that has a planc.yaml, a
pyproject.toml or a .git; planc.yaml may say otherwise about folders and backends, and has profiles
and gates for runs. The libraries that read and validate it are imported only where a file says more
than the usual words, and then once for each content: what was found good is kept in `.planc`.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from planc.config.schema import Gates, Profile

CONFIG = "planc.yaml"
FOLDERS = ("plans", "generated", "reports")
PLAIN = (*FOLDERS, "backend")
"""Settings that are a word."""
MOST = 1024 * 1024
"""Bytes of a planc.yaml; nobody writes more settings."""
_MARKERS = (CONFIG, "pyproject.toml", ".git")


class ConfigError(Exception):
    """planc.yaml cannot be used; the message is for its author."""


class Config:
    """What planc.yaml may say; folders are relative to the root, with forward slashes."""

    def __init__(
        self,
        plans: str = "plans",
        generated: str = "generated",
        reports: str = "reports",
        backend: str = "sim",
        backends: Mapping[str, Mapping[str, Any]] | None = None,
        running: Mapping[str, Any] | None = None,
        lint: Mapping[str, Sequence[str]] | None = None,
        removed: Mapping[str, tuple[int, str]] | None = None,
    ) -> None:
        self.plans = plans
        self.generated = generated
        self.reports = reports
        self.backend = backend
        self.backends = backends or {}
        """Options of single backends, by name."""
        self.running = running or {}
        """`profiles`, `gates` and `catalogue` as they stand in the file, found good."""
        self.removed = removed or {}
        """Plans and folders of plans that are gone, each with its line and the reason."""
        self.lint = lint or {}
        """`select`, `ignore`, `plugins`: names of rules, and of entry points with more of them."""

    @property
    def profiles(self) -> Mapping[str, Profile]:
        from planc.config.schema import Running

        return Running.model_validate(self.running).profiles

    @property
    def gates(self) -> Gates:
        """What every run is held to; a profile may say otherwise gate by gate."""
        from planc.config.schema import Running

        return Running.model_validate(self.running).gates

    @property
    def catalogue(self) -> str | None:
        """The file that names all rows that plans should cover, relative to the root."""
        found: str | None = self.running.get("catalogue")
        return found


def find_root(start: str | os.PathLike[str] = ".") -> str:
    """Return the project's root at or above `start`.

    When nothing marks one it is the current folder, or `start`'s where that lies elsewhere.
    """
    start = os.path.abspath(start)
    first = folder = start if os.path.isdir(start) else os.path.dirname(start)
    while True:
        if any(os.path.exists(os.path.join(folder, marker)) for marker in _MARKERS):
            return folder
        above = os.path.dirname(folder)
        if above == folder:
            here = os.getcwd()
            return here if os.path.join(first, "").startswith(os.path.join(here, "")) else first
        folder = above


def load_config(root: str | os.PathLike[str]) -> Config:
    """Read planc.yaml below `root`; raises ConfigError with all that is wrong with it."""
    path = os.path.join(root, CONFIG)
    try:
        size = os.path.getsize(path)
        # A pipe or a device would be read for ever.
        if size > MOST or not os.path.isfile(path):
            raise ConfigError(f"{CONFIG} is no file of settings: it is none, or far too large")
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except FileNotFoundError:
        return Config()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{CONFIG} cannot be read: {error}") from error
    plain = read_plain(text)
    if plain is not None:
        return _made_of(plain)
    from planc.config.kept import keep, remembered

    settings = remembered(root, text)
    if settings is None:
        from planc.config.reading import read

        settings = read(text)
        keep(root, text, settings)
    return _made_of(settings)


def _made_of(settings: Mapping[str, Any]) -> Config:
    return Config(**settings)


def read_plain(text: str) -> dict[str, str] | None:
    """Read the usual file, `name: word` lines and comments, without a library for YAML.

    None when there is anything else in it: importing the library takes longer than checking a plan.
    """
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, colon, word = line.partition(": ")
        word = word.strip()
        if not line.strip() or line.startswith("#"):
            continue
        if not colon or name not in PLAIN or name in found or not _is_word(word):
            return None
        found[name] = word
    return found


def _is_word(text: str) -> bool:
    """Say whether YAML takes this for a string, and for this string."""
    letters = text.replace("/", "").replace("_", "").replace("-", "")
    special = text.lower() in ("yes", "no", "on", "off", "true", "false", "null", "y", "n")
    ends = text[:1].isalpha() and text[-1:].isalpha() and "//" not in text
    return letters.isascii() and letters.isalpha() and ends and not special
