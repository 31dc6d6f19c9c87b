"""Bits that flip on a disk: changed in the files themselves, whoever has them open."""

from __future__ import annotations

import fnmatch
import os
import random
from pathlib import Path
from typing import NamedTuple

from planc_runtime.protocols.evidence import Evidence, installed, skipped
from planc_runtime.protocols.node import Placement

_SHOWN = 4


class Flip(NamedTuple):
    file: str
    """Relative to the data directory."""
    offset: int
    bit: int


class Flips:
    """Flips bits of nodes' files; the seed of the run decides which."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._asked = 0

    def flip(self, placement: Placement, pattern: str, count: int) -> Evidence:
        """Flip bits of the files below a node's data; the proof is where, as read back."""
        name = placement.name
        self._asked += 1
        draw = random.Random(f"{self._seed}/{name}/bits/{self._asked}")
        flipped = flip(placement.data, pattern, count, draw)
        if not flipped:
            return skipped(f"no file with content matches {pattern!r} below the data of {name}")
        places = ", ".join(f"{f.file} byte {f.offset} bit {f.bit}" for f in flipped[:_SHOWN])
        more = f" and {len(flipped) - _SHOWN} more" if len(flipped) > _SHOWN else ""
        return installed(
            f"{len(flipped)} bits flipped on {name} and read back: {places}{more}",
            flipped=[list(place) for place in flipped],
        )


def flip(data: Path, pattern: str, count: int, draw: random.Random) -> list[Flip]:
    """Flip `count` bits in files below `data` whose relative path matches; none twice.

    Return what was flipped, as read back; nothing when no such file has content.
    """
    sizes = {
        name: path.stat().st_size
        for path in sorted(data.rglob("*"))
        if path.is_file()
        and not path.is_symlink()
        and fnmatch.fnmatch(name := path.relative_to(data).as_posix(), pattern)
    }
    total = sum(sizes.values()) * 8
    chosen = [_place(sizes, bit) for bit in draw.sample(range(total), min(count, total))]
    return [place for place in chosen if _flip(data, place)]


def _place(sizes: dict[str, int], bit: int) -> Flip:
    """Return where the bit of that number lies when all files are laid end to end."""
    for name, size in sizes.items():
        if bit < size * 8:
            return Flip(name, bit // 8, bit % 8)
        bit -= size * 8
    raise AssertionError("the number is below the sum of the sizes")


def _flip(data: Path, place: Flip) -> bool:
    handle = os.open(data / place.file, os.O_RDWR | os.O_CLOEXEC)
    try:
        byte = os.pread(handle, 1, place.offset)
        if not byte:
            # The file has become shorter since it was measured.
            return False
        changed = bytes([byte[0] ^ 1 << place.bit])
        os.pwrite(handle, changed, place.offset)
        return os.pread(handle, 1, place.offset) == changed
    finally:
        os.close(handle)
