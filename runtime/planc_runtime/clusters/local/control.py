"""The test process' end of the line to its warden: requests out, what happened in.

The line is also the life line: when it closes, for whatever reason, the warden ends all nodes.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from planc_runtime.clusters.local.wire import LineBuffer, Message, encode
from planc_runtime.errors import CannotRun

_ROOT = Path(__file__).resolve().parents[3]
"""The folder that holds the package planc_runtime."""

_WARDEN_GONE = "the process that watches over it was ended from outside"

_START = (
    "import sys; sys.path.insert(0, sys.argv.pop(1));"
    "from planc_runtime.clusters.local.warden.main import main; main()"
)


@dataclass(frozen=True, slots=True)
class Started:
    pid: int
    keeper: int


@dataclass(frozen=True, slots=True)
class Exit:
    """The end of an incarnation: nothing that it started is alive any more."""

    status: int
    pids: tuple[int, ...]
    milliseconds: float | None
    """From our asking to the end of the last process; None when it ended before we asked."""
    forced: bool
    """SIGKILL had to follow the polite signal."""
    syncs: Message = field(default_factory=dict)
    """How many calls that sync the keeper saw, delayed and failed."""
    lost: bool = False
    """The warden died; it is known that the processes are ended, not how."""


@dataclass(eq=False)
class Incarnation:
    """One life of a node, from exec to the end of the last of its processes."""

    key: str
    started: asyncio.Future[Started]
    ended: asyncio.Future[Exit]
    replies: dict[int, asyncio.Future[Message | None]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Equipment:
    """What a warden is started with, beside its line to us."""

    kept: socket.socket
    """Held open by warden and keepers: the lease of the addresses, or the lab's channel."""
    rung: str
    """How it comes by a network; see clusters.lab.rungs."""
    names: Path
    """Where the nodes' own files for the resolution of names are to lie."""


class Control:
    """Use `open()`; `close()` ends the warden and with it everything it has started."""

    def __init__(self, warden: subprocess.Popen[bytes], line: socket.socket) -> None:
        self._warden = warden
        """The process that was started: the guard of the warden."""
        self._warden_pid = 0
        self._let_go = False
        self.lost = False
        """Whether the warden ended although nobody here wanted it to."""
        self._line = line
        self._ids = itertools.count(1)
        self._incarnations: dict[str, Incarnation] = {}
        self.abilities: frozenset[str] = frozenset()
        """What the warden found that it can do to processes on this machine."""
        self.missing: dict[str, str] = {}
        """Why it cannot do the rest."""
        self._loop = asyncio.get_running_loop()
        self._ready: asyncio.Future[None] = self._loop.create_future()
        self._reader = self._loop.create_task(self._read())

    @classmethod
    async def open(cls, equipment: Equipment, log: Path) -> Control:
        """Start the warden; raises CannotRun when it does not come up."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with theirs, log.open("ab") as errors:
            warden = _start_warden(theirs, equipment, errors)
        control = cls(warden, ours)
        try:
            await control._ready
        except ConnectionError:
            await control.close()
            raise CannotRun(
                f"the process that watches over the nodes ended at its start (status "
                f"{warden.returncode})",
                help=f"its own words are in {log}",
            ) from None
        except BaseException:
            control.drop()
            raise
        return control

    @property
    def guard_pid(self) -> int:
        return self._warden.pid

    @property
    def warden_pid(self) -> int:
        return self._warden_pid

    async def start(
        self,
        key: str,
        argv: list[str],
        env: Mapping[str, str],
        cwd: Path,
        log: Path,
        save: bool,
        troubles: list[Message],
        files: Message | None = None,
        led: Message | None = None,
    ) -> Incarnation:
        """Start a program under a keeper of its own, with the troubles of its machine in force.

        `files` are those whose every change its keeper is to see; see `Machine.watch`;
        `led` says how its connections are led, if they are; see `Machine.lead`.
        Raises CannotRun with the step that failed when its exec does not succeed.
        """
        if self._reader.done():
            raise CannotRun(_WARDEN_GONE)
        incarnation = Incarnation(key, self._loop.create_future(), self._loop.create_future())
        self._incarnations[key] = incarnation
        await self._send(
            op="start",
            key=key,
            argv=argv,
            env=dict(env),
            cwd=str(cwd),
            log=str(log),
            save=save,
            troubles=troubles,
            files=files,
            led=led,
        )
        await incarnation.started
        return incarnation

    async def tell(self, incarnation: Incarnation, op: str, **arguments: Any) -> None:
        """Ask for something whose answer is the end of the incarnation."""
        if not incarnation.ended.done():
            await self._send(op=op, key=incarnation.key, **arguments)

    async def ask(self, incarnation: Incarnation, op: str, **arguments: Any) -> Message | None:
        """Ask for something and wait for its answer; None when the incarnation ended instead."""
        if incarnation.ended.done():
            return None
        number = next(self._ids)
        reply: asyncio.Future[Message | None] = self._loop.create_future()
        incarnation.replies[number] = reply
        await self._send(op=op, key=incarnation.key, id=number, **arguments)
        return await reply

    def drop(self) -> None:
        """Let go of the warden, which ends everything; for when there is no time to wait.

        Shut down rather than closed: that is an end for whoever else holds the socket as well,
        and leaves the descriptor's number alone while the reader waits on it.
        """
        self._let_go = True
        with contextlib.suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)

    async def close(self, patience: float = 4.0) -> None:
        """End the warden, politely for `patience` seconds and then not, and collect it."""
        self.drop()
        await self._reader
        self._line.close()
        if not await self._gone(patience):
            self._warden.kill()
            await self._gone(1.0)

    async def _gone(self, patience: float) -> bool:
        """Wait for the end of the warden's process; collect it."""
        if self._warden.poll() is not None:
            return True
        try:
            watched = os.pidfd_open(self._warden.pid)
        except OSError:
            # Old kernels and old container filters lack it; then a thread looks now and then.
            # One of our own: those of the loop act from hosts of a lab that is gone.
            with ThreadPoolExecutor(1) as own:
                return await self._loop.run_in_executor(own, _wait, self._warden, patience)
        ended: asyncio.Future[None] = self._loop.create_future()
        self._loop.add_reader(watched, _set, ended)
        try:
            await asyncio.wait_for(ended, patience)
        except TimeoutError:
            return False
        finally:
            self._loop.remove_reader(watched)
            os.close(watched)
        self._warden.wait()
        return True

    async def _send(self, **message: Any) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            await self._loop.sock_sendall(self._line, encode(message))

    async def _read(self) -> None:
        buffer = LineBuffer()
        with contextlib.suppress(ConnectionError):
            while chunk := await self._loop.sock_recv(self._line, 1 << 16):
                for message in buffer.feed(chunk):
                    self._take(message)
        self._lose()

    def _take(self, message: Message) -> None:
        if message.get("event") == "ready":
            self.abilities = frozenset(message["abilities"])
            self.missing = message["missing"]
            self._warden_pid = message["pid"]
            self._ready.set_result(None)
            return
        incarnation = self._incarnations.get(message["key"])
        if incarnation is None:
            return
        match message.get("event"):
            case "started":
                incarnation.started.set_result(Started(message["pid"], message["keeper"]))
            case "refused":
                del self._incarnations[incarnation.key]
                incarnation.started.set_exception(CannotRun(message["reason"]))
            case "exit":
                self._end(
                    incarnation,
                    Exit(
                        message["status"],
                        tuple(message["pids"]),
                        message["ms"],
                        message["forced"],
                        message.get("syncs", {}),
                    ),
                )
            case _:
                incarnation.replies.pop(message["reply"]).set_result(message)

    def _end(self, incarnation: Incarnation, exit: Exit) -> None:
        del self._incarnations[incarnation.key]
        if not incarnation.started.done():
            incarnation.started.set_exception(CannotRun(_WARDEN_GONE))
        incarnation.ended.set_result(exit)
        for reply in incarnation.replies.values():
            reply.set_result(None)
        incarnation.replies.clear()

    def _lose(self) -> None:
        """The line is closed: whatever was running is being ended by the keepers."""
        self.lost = not self._let_go
        if not self._ready.done():
            self._ready.set_exception(ConnectionError("the warden ended"))
        for incarnation in list(self._incarnations.values()):
            self._end(incarnation, Exit(-9, (), None, False, lost=True))


def _start_warden(
    line: socket.socket, equipment: Equipment, errors: BinaryIO
) -> subprocess.Popen[bytes]:
    """Start it isolated and without `site`: in milliseconds, whatever the environment holds.

    Whoever measures planc itself has asked coverage to begin in every process, which it does
    through `site`.
    """
    measured = any(name.startswith("COVERAGE_PROCESS_") for name in os.environ)
    flags = ["-I", "-X", "utf8", *([] if measured else ["-S"])]
    descriptors = (line.fileno(), equipment.kept.fileno())
    arguments = [str(_ROOT), *map(str, descriptors), equipment.rung, str(equipment.names)]
    return subprocess.Popen(
        [sys.executable, *flags, "-c", _START, *arguments],
        pass_fds=descriptors,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=errors,
        start_new_session=True,
    )


def _wait(process: subprocess.Popen[bytes], patience: float) -> bool:
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(patience)
    return process.returncode is not None


def _set(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
