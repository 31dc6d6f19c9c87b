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
    return _parse(text) if text.strip() else Config()


def _parse(text: str) -> Config:
    import yaml
    from pydantic import ValidationError

    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigError(f"{CONFIG} is not YAML: {error}") from error
    if data is None:
        return Config()
    if not isinstance(data, dict):
        raise ConfigError(f"{CONFIG} must hold settings such as `backend: sim`")
    try:
        return _checked(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{CONFIG}: `{place}`: {first['msg']}") from error


def _checked(data: dict[Any, Any]) -> Config:
    from typing import Annotated

    from pydantic import AfterValidator, BaseModel, ConfigDict

    Folder = Annotated[str, AfterValidator(_inside)]

    class Settings(BaseModel):
        model_config = ConfigDict(extra="forbid", strict=True)

        plans: Folder = "plans"
        generated: Folder = "generated"
        reports: Folder = "reports"
        backend: str = "sim"
        backends: dict[str, dict[str, Any]] = {}

    return Config(**dict(Settings.model_validate(data)))


def _inside(text: str) -> str:
    """Refuse a folder outside the project."""
    parts = text.replace("\\", "/").split("/")
    if os.path.isabs(text) or ".." in parts or not text.strip("./"):
        raise ValueError("must be a folder below the project's root")
    return "/".join(part for part in parts if part not in ("", "."))
