"""The names that a small ELF image exports: just enough to find functions in the vDSO."""

from __future__ import annotations

import struct

_DYNAMIC = 2
_STRINGS, _SYMBOLS = 5, 6
_PROGRAM_HEADER = 56
_SYMBOL = struct.Struct("<IBBHQQ")


def functions(image: bytes) -> dict[str, int]:
    """Return where each named symbol of a 64-bit image lies, in bytes from its beginning.

    Raises ValueError when it is no such image.
    """
    if image[:6] != b"\x7fELF\x02\x01":
        raise ValueError("no 64-bit little-endian ELF image")
    try:
        return _functions(image)
    except (KeyError, struct.error):
        raise ValueError("an image that is cut off or damaged") from None


def _functions(image: bytes) -> dict[str, int]:
    table = _dynamic(image)
    strings, offset = table[_STRINGS], table[_SYMBOLS]
    # The table does not tell its length. In the vDSO the names follow the symbols.
    found = {}
    while offset + _SYMBOL.size <= strings:
        name, _, _, _, value, _ = _SYMBOL.unpack_from(image, offset)
        offset += _SYMBOL.size
        if value:
            begin = strings + name
            end = image.find(b"\0", begin)
            if end < 0:
                raise ValueError("an image whose names are cut off")
            found[image[begin:end].decode(errors="replace")] = value
    return found


def _dynamic(image: bytes) -> dict[int, int]:
    (headers,) = struct.unpack_from("<Q", image, 32)
    (count,) = struct.unpack_from("<H", image, 56)
    for number in range(count):
        header = headers + number * _PROGRAM_HEADER
        kind, _, offset = struct.unpack_from("<IIQ", image, header)
        if kind == _DYNAMIC:
            return _entries(image, offset)
    raise ValueError("the image has no dynamic section")


def _entries(image: bytes, offset: int) -> dict[int, int]:
    entries: dict[int, int] = {}
    while True:
        tag, value = struct.unpack_from("<QQ", image, offset)
        if tag == 0:
            return entries
        entries[tag] = value
        offset += 16
