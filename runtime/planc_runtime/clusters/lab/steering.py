"""Lead the packets of troubled pairs, and no others, out of the bridge and through the switch."""

from __future__ import annotations

import errno
from collections.abc import Iterable
from typing import Any

from planc_runtime.clusters.lab.hub import Hub, Pair


class Steering:
    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def shape(self, rules: Iterable[tuple[Pair, dict[str, Any] | None]], seed: str) -> None:
        raise OSError(errno.EOPNOTSUPP, "not supported", "the switch")

    def counts(self) -> list[tuple[str, str, dict[str, int]]]:
        return []
