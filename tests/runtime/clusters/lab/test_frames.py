"""Damage to a frame: one bit, behind a checksum that was right before."""

import random
import struct

from hypothesis import given
from hypothesis import strategies as st

from planc_runtime.clusters.lab.frames import VNET_HEADER, checksum, damaged

START, OFFSET = 34, 6


def unfinished(body: bytes) -> bytes:
    """A UDP-like frame whose checksum the kernel has left to the card."""
    head = struct.pack("=BBHHHH", 1, 0, 0, 0, START, OFFSET)
    return head + bytes(START) + struct.pack(">HHHH", 1, 2, 8 + len(body), 0) + body


@given(st.binary(min_size=1, max_size=1400), st.integers(0, 1000))
def test_damage_is_what_the_receivers_checksum_finds(body: bytes, seed: int) -> None:
    changed = damaged(unfinished(body), random.Random(seed))
    assert changed is not None
    assert changed[:VNET_HEADER] == bytes(VNET_HEADER)
    # What is right sums to all ones; one flipped bit never does.
    assert checksum(changed[VNET_HEADER + START :]) != 0xFFFF


@given(st.binary(min_size=60, max_size=1500), st.integers(0, 1000))
def test_a_finished_frame_loses_one_bit_and_keeps_its_addresses(body: bytes, seed: int) -> None:
    frame = bytes(VNET_HEADER) + body
    changed = damaged(frame, random.Random(seed))
    assert changed is not None
    different = [bin(a ^ b).count("1") for a, b in zip(frame, changed, strict=True)]
    assert sum(different) == 1
    assert changed[: VNET_HEADER + 14] == frame[: VNET_HEADER + 14]


def test_several_packets_in_one_frame_are_lost_instead() -> None:
    several = struct.pack("=BBHHHH", 1, 1, 54, 1448, START, 16) + bytes(4000)
    assert damaged(several, random.Random(1)) is None


def test_the_checksum_is_that_of_rfc_1071() -> None:
    assert checksum(bytes([0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7])) == 0xDDF2
    assert checksum(b"\x01") == 0x0100
