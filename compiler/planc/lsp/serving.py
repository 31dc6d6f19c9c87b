"""The server's life: it speaks over standard input and output until the editor ends the session.

pygls reads its input in a thread, three steps for each message; where the system can tell that
input has come, none is needed, and a keystroke and the questions after it are read at once.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from asyncio import IncompleteReadError, StreamReader, StreamReaderProtocol
from threading import Event
from typing import Any, BinaryIO

from pygls.io_ import StdinAsyncReader, StdoutWriter, run_async

from planc.lsp.server import Server, make

UNASKED = 1
"""The status of a server whose editor went away, or ended it without `shutdown`."""
_LONGEST_HEADER = 64 * 1024
log = logging.getLogger("planc.lsp")


def serve(version: str) -> int:
    """Serve on standard input and output; return the exit status that the protocol asks for."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="planc: %(message)s")
    # It warns of every answer that came before it was cancelled.
    logging.getLogger("pygls").setLevel(logging.ERROR)
    # What anything prints must not come between the answers.
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        asyncio.run(_serve(make(version), sys.stdin.buffer, output))
    except SystemExit as end:
        return int(end.code or 0)
    except (BrokenPipeError, IncompleteReadError, KeyboardInterrupt):
        log.warning("the editor is gone")
    return UNASKED


async def _serve(server: Server, source: BinaryIO, output: BinaryIO) -> None:
    server.protocol.set_writer(StdoutWriter(output))
    try:
        await run_async(
            stop_event=Event(),
            reader=await _reader(source, output, server),
            protocol=server.protocol,
            error_handler=server.report_server_error,
        )
    finally:
        server.session.end()


async def _reader(source: BinaryIO, output: BinaryIO, server: Server) -> Any:
    """Return what reads the input; a thread does where the system has no better way."""
    loop = asyncio.get_running_loop()
    if not _are_one(source, output):
        reader = StreamReader(_LONGEST_HEADER)
        try:
            await loop.connect_read_pipe(lambda: StreamReaderProtocol(reader), source)
            return reader
        except (NotImplementedError, OSError, ValueError):
            log.debug("input that cannot be waited for is read by a thread")
    return StdinAsyncReader(source, server.thread_pool)


def _are_one(source: BinaryIO, output: BinaryIO) -> bool:
    """Say whether both are one socket or terminal: what waits for input would not wait to write."""
    return os.path.sameopenfile(source.fileno(), output.fileno())
