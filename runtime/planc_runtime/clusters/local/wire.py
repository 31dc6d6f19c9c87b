"""What the test process and its warden say to each other: JSON objects, one a line.

Lines over a stream socket keep the two sides apart: the warden can be replaced by one that lives in
namespaces of its own, and whoever debugs it can read the conversation with strace.
"""

from __future__ import annotations

import json
from typing import Any

Message = dict[str, Any]


def encode(message: Message) -> bytes:
    return json.dumps(message, separators=(",", ":")).encode() + b"\n"


class LineBuffer:
    """Cut a byte stream into messages, however the kernel has chunked it."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, chunk: bytes) -> list[Message]:
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        return [json.loads(line) for line in lines if line]
