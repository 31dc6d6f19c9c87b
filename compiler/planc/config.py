"""The project: where its root is, and what planc.yaml says about its folders.

A project needs no configuration. Its root is the nearest folder upwards that has a planc.yaml, a
pyproject.toml or a .git; planc.yaml may say otherwise about folders and backends. The libraries
that read and validate it are imported only where there is one.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

CONFIG = "planc.yaml"
_MARKERS = (CONFIG, "pyproject.toml", ".git")
_FOLDERS = ("plans", "generated", "reports")
_WORDS = (*_FOLDERS, "backend")


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
    ) -> None:
        self.plans = plans
        self.generated = generated
        self.reports = reports
        self.backend = backend
        self.backends = backends or {}
        """Options of single backends, by name."""


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
    """Read planc.yaml below `root`; raises ConfigError when it cannot be used."""
    try:
        with open(os.path.join(root, CONFIG), encoding="utf-8") as file:
            text = file.read()
    except FileNotFoundError:
        return Config()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{CONFIG} cannot be read: {error}") from error
    return _plain(text) or _parse(text)


def _plain(text: str) -> Config | None:
    """Read the usual file, `name: word` lines and comments, without a library for YAML.

    None when there is anything else in it: importing the library takes longer than checking a plan.
    """
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, colon, word = line.partition(": ")
        word = word.strip()
        if not line.strip() or line.startswith("#"):
            continue
        if not colon or name not in _WORDS or name in found or not _is_word(word):
            return None
        found[name] = word
    return _checked(found)


def _is_word(text: str) -> bool:
    """Say whether YAML takes this for a string, and for this string."""
    letters = text.replace("/", "").replace("_", "").replace("-", "")
    special = text.lower() in ("yes", "no", "on", "off", "true", "false", "null", "y", "n")
    return letters.isascii() and letters.isalpha() and text[0].isalpha() and not special


def _parse(text: str) -> Config:
    import yaml

    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigError(f"{CONFIG} is not YAML: {error}") from error
    if data is None:
        return Config()
    if not isinstance(data, dict):
        raise ConfigError(f"{CONFIG} must hold settings such as `backend: sim`")
    return _checked(data)


def _checked(data: Mapping[Any, Any]) -> Config:
    """Make a configuration of what stands in the file; raises ConfigError for the first mistake."""
    for name, value in data.items():
        if name not in _WORDS and name != "backends":
            raise _mistake(str(name), _unknown(str(name)))
        if name in _WORDS and not isinstance(value, str):
            raise _mistake(name, "must be a word")
        if name in _FOLDERS and not _inside(value):
            raise _mistake(name, "must be a folder below the project's root")
    backends = data.get("backends") or {}
    options = backends.values() if isinstance(backends, dict) else [backends]
    if not all(isinstance(each, dict) for each in options):
        raise _mistake("backends", "must hold settings of backends, by their names")
    folders = {name: _normal(data[name]) for name in _FOLDERS if name in data}
    return Config(**folders, backend=data.get("backend", "sim"), backends=backends)


def _mistake(name: str, what: str) -> ConfigError:
    return ConfigError(f"{CONFIG}: `{name}`: {what}")


def _unknown(name: str) -> str:
    from planc.diagnostics.nearest import did_you_mean

    known = (*_WORDS, "backends")
    return f"is no setting; {did_you_mean(name, known) or 'there are ' + ', '.join(known)}"


def _inside(text: str) -> bool:
    parts = text.replace("\\", "/").split("/")
    return not os.path.isabs(text) and ".." not in parts and bool(text.strip("./"))


def _normal(text: str) -> str:
    return "/".join(part for part in text.replace("\\", "/").split("/") if part not in ("", "."))
