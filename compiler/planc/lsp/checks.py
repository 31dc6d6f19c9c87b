"""The checker's process, as the server sees it: asked, waited for, replaced if it fails.

A check of a large project takes longer than an answer may. In a thread it would hold the
interpreter; in a process of its own it costs requests nothing, and one that does not end can be
ended. The thread here only waits for it.
"""

from __future__ import annotations

import asyncio
import pickle
import struct
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import IO

from planc.lsp.checking import LENGTH, Findings, Request

LONGEST = 120.0
"""Seconds after which a check is given up: a project of a thousand plans takes a tenth of that."""


class Failed(Exception):
    """A check that brought nothing; the next one is tried in a new process."""


class Checks:
    """One process for all projects of a session, started when it is first needed."""

    def __init__(self, longest: float = LONGEST) -> None:
        self.longest = longest
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = ThreadPoolExecutor(1, "check")
        self._turn = asyncio.Lock()
        self._ended = False

    async def check(self, request: Request) -> Findings:
        """Return what a check finds; raise Failed if it does not end, or its process did."""
        loop = asyncio.get_running_loop()
        async with self._turn:
            alarm = loop.call_later(self.longest, self._kill)
            try:
                answer = await loop.run_in_executor(self._thread, self._ask, request)
            except (OSError, EOFError, pickle.UnpicklingError, struct.error) as error:
                raise Failed("its process has ended, or was ended for taking too long") from error
            finally:
                alarm.cancel()
        if isinstance(answer, Findings):
            return answer
        raise Failed(f"{type(answer).__name__}: {answer}")

    def prepare(self) -> None:
        """Start the process before it is needed: it takes a moment."""
        self._thread.submit(self._start)

    def end(self) -> None:
        """End the process, whatever it is doing; nothing can be checked any more."""
        self._ended = True
        self._kill()
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()

    def _start(self) -> subprocess.Popen[bytes]:
        process = self._process
        if process is None or process.poll() is not None:
            # -P: nothing is imported from the folder that the editor has open.
            command = (sys.executable, "-P", "-m", "planc.lsp.checking")
            pipe = subprocess.PIPE
            process = self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe)
            if self._ended:
                process.kill()
        return process

    def _ask(self, request: Request) -> object:
        process = self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        body = pickle.dumps(request)
        try:
            process.stdin.write(LENGTH.pack(len(body)) + body)
            process.stdin.flush()
            (length,) = LENGTH.unpack(_exactly(process.stdout, LENGTH.size))
            return pickle.loads(_exactly(process.stdout, length))
        except Exception:
            process.kill()
            process.wait()
            raise


def _exactly(pipe: IO[bytes], length: int) -> bytes:
    read = pipe.read(length)
    if len(read) < length:
        raise EOFError
    return read
