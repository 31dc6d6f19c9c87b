"""planc.yaml as one table: the name of each setting with its dots, its value, its line.

It is how two versions of the file are compared: `gates.success-rate`, `profiles.ci.repeat`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from planc.config import CONFIG


@dataclass(frozen=True)
class Flat:
    """What the file says; settings that it does not name are not there."""

    values: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)


def flat(root: str | os.PathLike[str]) -> Flat:
    """Read planc.yaml below `root`, which `load_config` has found good; none is an empty table."""
    from planc.config.reading import places
    from planc.config.schema import File

    path = os.path.join(root, CONFIG)
    if not os.path.isfile(path):
        return Flat()
    import yaml

    with open(path, encoding="utf-8") as file:
        node = yaml.compose(file, Loader=yaml.SafeLoader)
        file.seek(0)
        data = yaml.safe_load(file)
    if node is None or data is None:
        return Flat()
    said = File.model_validate(data).model_dump(by_alias=True, exclude_unset=True)
    lines = {".".join(map(str, place)): line for place, line in places(node)}
    return Flat(dict(_rows("", said)), lines)


def _rows(before: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _rows(f"{before}.{name}" if before else str(name), inner)
    elif before:
        yield before, value
