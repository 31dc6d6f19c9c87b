"""What planc.yaml says about this backend: which image a service's nodes are made of.

    backends:
      docker:
        image: debian:12            # of every service; without it, this machine's own files
        images:
          etcd: quay.io/coreos/etcd:v3.5.17   # of one service

The runtime reads the file itself, so that `pytest generated` finds the same images as `planc run`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from planc_runtime.errors import CannotRun

_FILE = "planc.yaml"
_WORDS = ("image", "images")


@dataclass(frozen=True, slots=True)
class Options:
    image: str | None = None
    images: Mapping[str, str] = field(default_factory=dict)

    def image_of(self, service: str) -> str | None:
        """Return the image of a service's nodes; None is a root of this machine's own files."""
        return self.images.get(service, self.image)


def read(start: Path) -> Options:
    """Read the nearest planc.yaml at or above a folder; raises CannotRun for a mistake in it."""
    for folder in (start, *start.parents):
        if (file := folder / _FILE).is_file():
            return _parse(file)
    return Options()


def _parse(file: Path) -> Options:
    import yaml

    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
        found = (content.get("backends") or {}).get("docker") or {}
    except (OSError, yaml.YAMLError, AttributeError) as trouble:
        raise CannotRun(f"{_FILE} cannot be read: {trouble}") from None
    return _checked(found)


def _checked(found: Any) -> Options:
    if not isinstance(found, dict):
        raise CannotRun(f"{_FILE}: backends: `docker` must hold settings by their names")
    for name in found:
        if name not in _WORDS:
            raise _mistake(str(name), f"is no setting of it; there are {', '.join(_WORDS)}")
    image, images = found.get("image"), found.get("images") or {}
    if not isinstance(image, str | None):
        raise _mistake("image", "must be the name of an image")
    words = (*images, *images.values()) if isinstance(images, dict) else (None,)
    if not all(isinstance(word, str) for word in words):
        raise _mistake("images", "must hold names of images by the services they are for")
    return Options(image, images)


def _mistake(name: str, what: str) -> CannotRun:
    return CannotRun(f"{_FILE}: backends: docker: `{name}` {what}")
