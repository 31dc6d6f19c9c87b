"""The warden's loop: pass messages between the test process and the keepers of the nodes.

Started as `python -I -S -c ... main(control, kept, rung, names)`. `control` is the socket to the
test process, whose end means that the test is over, however it ended. Without a lab, `kept` is the
bound socket that reserves the world's addresses: warden and keepers hold it open, so that the
addresses are not given to the next world before the last process of this one is gone. With a lab,
it is the channel on which the test process asks for hosts and troubles; see clusters.lab.station.
"""

from __future__ import annotations

import os
import selectors
import signal
import socket
import sys
from typing import NoReturn

from planc_runtime.clusters.lab.station import LOOPBACK, REDIRECT, Station, enter_lab
from planc_runtime.clusters.local.warden import system, tree
from planc_runtime.clusters.local.warden.guard import stand_guard, watch
from planc_runtime.clusters.local.warden.keeper import Keeper
from planc_runtime.clusters.local.wire import LineBuffer, Message, encode
from planc_runtime.clusters.machine import trial
from planc_runtime.clusters.machine.trial import Findings


class _Line:
    """One keeper as the warden sees it: its process, its channel, what it said last."""

    def __init__(self, key: str, pid: int, channel: socket.socket) -> None:
        self.key = key
        self.pid = pid
        self.channel = channel
        self.lines = LineBuffer()
        self.ended = False


class Warden:
    def __init__(
        self,
        control: socket.socket,
        kept: int,
        station: Station | None = None,
        findings: Findings = trial.NOTHING,
        watched: tuple[int | None, ...] = (),
    ) -> None:
        self._control = control
        self._findings = findings
        self._kept = kept
        self._watched = {descriptor for descriptor in watched if descriptor is not None}
        """Can be read when a process has ended without which there is nothing to do here."""
        self._station = station
        self._lines = LineBuffer()
        self._keepers: dict[str, _Line] = {}
        self._selector = selectors.DefaultSelector()

    def run(self) -> None:
        system.become_subreaper()
        self._selector.register(self._control, selectors.EVENT_READ)
        for descriptor in self._watched:
            self._selector.register(descriptor, selectors.EVENT_READ)
        if self._station is not None:
            self._selector.register(self._station.channel, selectors.EVENT_READ, self._station)
        self._say({"event": "ready", "pid": os.getpid(), **self._findings._asdict()})
        while True:
            for key, _ in self._selector.select():
                if isinstance(key.data, _Line):
                    self._hear(key.data)
                elif key.data is not None and key.data is self._station:
                    self._serve(self._station)
                elif key.fileobj in self._watched or not self._receive():
                    return

    def end(self) -> None:
        """Let go of every keeper, which ends its node, and collect what is left of them."""
        for line in self._keepers.values():
            line.channel.close()
        for line in self._keepers.values():
            os.waitpid(line.pid, 0)
        if self._station is not None:
            self._station.close()
        tree.kill_everything(lambda pid, status: None)

    def _receive(self) -> bool:
        """Obey what has arrived from the test process; False when there is none any more."""
        try:
            chunk = self._control.recv(1 << 20)
        except ConnectionError:
            return False
        for message in self._lines.feed(chunk):
            if message["op"] == "start":
                self._start(message)
            elif (line := self._keepers.get(message["key"])) is not None:
                # A keeper that has just ended has said so; that answers this message as well.
                _send(line.channel, message)
        return bool(chunk)

    def _serve(self, station: Station) -> None:
        if not station.answer():
            self._selector.unregister(station.channel)

    def _start(self, message: Message) -> None:
        try:
            ours, theirs = socket.socketpair()
            pid = os.fork()
        except OSError as trouble:
            reason = f"cannot make a process to watch over it: {trouble.strerror}"
            self._say({"key": message["key"], "event": "refused", "reason": reason})
            return
        if pid == 0:
            message["listen"] = "slow_disk" in self._findings.abilities
            _keep(message, theirs, self._kept, self._station)
        theirs.close()
        line = _Line(message["key"], pid, ours)
        self._keepers[line.key] = line
        self._selector.register(ours, selectors.EVENT_READ, line)

    def _hear(self, line: _Line) -> None:
        try:
            chunk = line.channel.recv(65536)
        except ConnectionError:
            chunk = b""
        for message in line.lines.feed(chunk):
            line.ended = line.ended or message.get("event") in ("exit", "refused")
            self._say(message)
        if not chunk:
            self._forget(line)

    def _forget(self, line: _Line) -> None:
        self._selector.unregister(line.channel)
        line.channel.close()
        del self._keepers[line.key]
        os.waitpid(line.pid, 0)
        if not line.ended:
            killed = self._kill_orphans()
            self._say({"key": line.key, "event": "exit", "status": -signal.SIGKILL, "pids": killed,
                       "ms": None, "forced": False})  # fmt: skip

    def _kill_orphans(self) -> list[int]:
        """A keeper was killed from outside: what it left has come here, and must not live on."""
        own = {line.pid for line in self._keepers.values()}
        if self._station is not None:
            own |= self._station.processes
        return tree.kill_orphans(own)

    def _say(self, message: Message) -> None:
        _send(self._control, message)


def _send(channel: socket.socket, message: Message) -> None:
    try:
        channel.sendall(encode(message))
    except OSError:
        # The other side has ended; its end of file, which is read next, is what counts.
        return


def _settle_in(station: Station, message: Message, channel: socket.socket) -> bool:
    """Move this keeper to its node's host; say so when that is refused."""
    try:
        station.settle_in(message["key"].rpartition("#")[0])
    except OSError as trouble:
        reason = f"cannot enter its host: {trouble.filename or 'setns'}: {trouble.strerror}"
        _send(channel, {"key": message["key"], "event": "refused", "reason": reason})
        return False
    return True


def _keep(
    message: Message, channel: socket.socket, kept: int, station: Station | None = None
) -> NoReturn:
    """Be the keeper: hold nothing but its own channel and the lease of the addresses."""
    status = 1
    try:
        if station is None or _settle_in(station, message, channel):
            system.close_all_but(channel.fileno(), *([kept] if station is None else []))
            system.name_process(f"keep {message['key']}")
            Keeper(message["key"], channel).run(message)
            status = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        tree.kill_everything(lambda pid, status: None)
        os._exit(status)


def main() -> None:
    control, kept = (int(argument) for argument in sys.argv[1:3])
    rung, names = sys.argv[3:5]
    for handle in (control, kept):
        # They came through an exec; they must not go through the nodes' as well.
        os.set_inheritable(handle, False)
    # Ctrl-C and a closing terminal are the test process' affair: it ends the world in its own time.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    # A child that the test process forked may hold the control socket open: watch the process.
    test = watch(os.getppid())
    guard = stand_guard(control, kept)
    system.name_process("planc warden")
    station = None
    if rung not in (REDIRECT, LOOPBACK):
        enter_lab(rung)
        station = Station(socket.socket(fileno=kept), names)
    watched = (test, guard)
    warden = Warden(socket.socket(fileno=control), kept, station, trial.find(), watched)
    try:
        warden.run()
    finally:
        warden.end()
