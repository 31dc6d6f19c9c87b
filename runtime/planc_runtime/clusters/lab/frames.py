"""Frames as they come out of the kernel, with the 10 bytes in front that say what is left to do.

The kernel leaves checksums to the network card, and passes what the sender wrote in one go as one
frame of up to 64 KiB. Both are good for speed: a frame that is only late is passed on as it is. One
that is to be damaged needs its checksum finished first, or the damage would be made good by whoever
finishes it later, and bad bytes would reach the application as good ones.
"""

from __future__ import annotations

import struct
from random import Random

VNET_HEADER = 10
"""Bytes before the frame itself; see struct virtio_net_hdr in the kernel."""
LARGEST = 65536 + 64
_NEEDS_CHECKSUM = 1
_HEADERS = 14 + 20
"""Ethernet and the least that follows: damage begins behind it, so that the frame still arrives."""


def checksum(data: bytes) -> int:
    """Return the Internet checksum, RFC 1071, before it is complemented."""
    total: int = sum(struct.unpack(f">{len(data) // 2}H", data[: len(data) & ~1]))
    if len(data) & 1:
        total += data[-1] << 8
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def damaged(frame: bytes, random: Random) -> bytes | None:
    """Return the frame with one bit changed; None when it is several in one and cannot be.

    The receiver's own checks are what the damage has to get past, as on a real cable.
    """
    flags, several, _, _, start, offset = struct.unpack_from("=BBHHHH", frame)
    if several:
        return None
    changed = bytearray(frame)
    first = VNET_HEADER + _HEADERS
    if flags & _NEEDS_CHECKSUM:
        begin = VNET_HEADER + start
        struct.pack_into(">H", changed, begin + offset, ~checksum(frame[begin:]) & 0xFFFF)
        changed[:VNET_HEADER] = bytes(VNET_HEADER)
        first = begin
    position = random.randrange(min(first, len(frame) - 1), len(frame))
    changed[position] ^= 1 << random.randrange(8)
    return bytes(changed)
