"""Shares as people write them: `99.5%`. A number without a unit is refused, as in plans."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator

_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%")


def _share(value: Any) -> float:
    if isinstance(value, str) and (found := _PERCENT.fullmatch(value.strip())):
        share = float(found.group(1)) / 100
        if share <= 1:
            return share
        raise ValueError(f"`{value}` is more than all; write at most 100%")
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise ValueError(f"{value:g} has no unit; write {value * (100 if value <= 1 else 1):g}%")
    raise ValueError(f"`{value}` is no share; write a percentage such as 98%")


Share = Annotated[float, BeforeValidator(_share)]
