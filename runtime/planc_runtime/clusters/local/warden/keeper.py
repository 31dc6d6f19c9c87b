"""The parent of one incarnation of one node: starts it, ends it, and knows all that it forked.

A keeper lives exactly as long as its incarnation. It answers on the channel to the warden; when
that channel ends, the warden is gone and so is every process here a moment later.

What ends an incarnation: its main process ending other than with status 0 takes the rest of the
tree along, as a service manager does; a main process that ends with 0 while others live has
daemonized, and the last of those ends the incarnation.
"""

from __future__ import annotations

import os
import selectors
import signal
import socket
import time

from planc_runtime.clusters.local import proc
from planc_runtime.clusters.local.warden import saving, system, tree
from planc_runtime.clusters.local.warden.log import BoundedLog
from planc_runtime.clusters.local.warden.spawn import Program, Refused, spawn
from planc_runtime.clusters.local.wire import LineBuffer, Message, encode
from planc_runtime.clusters.machine import calls
from planc_runtime.clusters.machine.calls import Watched
from planc_runtime.clusters.machine.machine import Machine


class Keeper:
    def __init__(self, key: str, channel: socket.socket) -> None:
        self._key = key
        self._channel = channel
        self._lines = LineBuffer()
        self._children = system.ChildSignals()
        self._saver: saving.Saver | None = None
        self._log = BoundedLog(os.devnull)
        self._main = 0
        self._main_status: int | None = None
        self._last_status = -int(signal.SIGKILL)
        self._ended: set[int] = set()
        """The pids that went away since the end was asked for, as far as they were seen."""
        self._stop_signal: int | None = None
        self._signalled: set[int] = set()
        self._deadline: float | None = None
        self._asked_at: float | None = None
        self._forced = False

    def run(self, start: Message) -> None:
        system.become_subreaper()
        with selectors.DefaultSelector() as selector:
            self._machine = Machine(selector)
            if not self._start(start):
                return
            selector.register(self._channel, selectors.EVENT_READ)
            selector.register(self._children, selectors.EVENT_READ)
            if self._saver is not None:
                selector.register(self._saver, selectors.EVENT_READ)
            alive = True
            while alive:
                ready = {key.fileobj for key, _ in selector.select(self._patience())}
                if self._channel in ready and not self._receive():
                    return
                self._children.drain()
                if self._saver is not None:
                    self._saver.drain()
                self._machine.attend(ready)
                self._log.look()
                alive = self._look()
        self._machine.end()
        self._log.end()
        self._say_exit()

    def _start(self, start: Message) -> bool:
        env = dict(start["env"])
        self._log = BoundedLog(start["log"])
        if start["save"]:
            self._saver = saving.Saver()
            env[saving.ADDRESS_VARIABLE] = self._saver.address
        states = start.get("troubles", [])
        program = Program(
            start["argv"],
            env,
            start["cwd"],
            start["log"],
            _watched(start),
            (lambda pid: self._machine.prepare(pid, states)) if states else None,
        )
        try:
            self._main, listener = spawn(program)
        except Refused as trouble:
            self._say(event="refused", reason=str(trouble))
            return False
        if listener is not None:
            self._machine.watch(listener, start.get("files"))
            if start.get("led") is not None:
                self._machine.lead(**start["led"])
        self._say(event="started", pid=self._main, keeper=os.getpid())
        return True

    def _receive(self) -> bool:
        """Obey what has arrived; False when the warden is gone, and everything here with it."""
        try:
            chunk = self._channel.recv(65536)
        except ConnectionError:
            # The warden died before it had read what we said last.
            chunk = b""
        if not chunk:
            tree.kill_everything(self._collect)
            return False
        for message in self._lines.feed(chunk):
            self._obey(message)
        return True

    def _obey(self, message: Message) -> None:
        match message["op"]:
            case "stop":
                self._deadline = self._asked() + message["kill_after"]
                self._stop_signal = message["signal"]
            case "kill":
                self._kill(save=message["save"])
            case "machine":
                self._say(reply=message["id"], **self._machine.obey(message["state"]))
            case "pause":
                self._machine.paused(True)
                pids, stopped = tree.pause(message["within"])
                self._say(reply=message["id"], pids=pids, done=stopped)
            case "resume":
                pids, running = tree.resume(message["within"])
                self._machine.paused(False)
                self._say(reply=message["id"], pids=pids, done=running)

    def _look(self) -> bool:
        """Collect who has ended and go on with what was asked; False when nobody is left."""
        alive = system.reap(self._collect)
        if alive and self._main_status not in (None, 0) and self._stop_signal is None:
            tree.kill_everything(self._collect)
            alive = False
        elif alive and self._deadline is not None and time.monotonic() >= self._deadline:
            self._forced = True
            self._kill(save=saving.PATIENCE)
            alive = False
        elif alive and self._stop_signal is not None:
            self._pass_on(self._stop_signal)
        return alive

    def _pass_on(self, number: int) -> None:
        """Send the stop signal to the top of the tree, once each.

        The main process tells its children itself; those that it leaves behind come to the top.
        """
        for process in proc.descendants(os.getpid()):
            if process.parent == os.getpid() and process.pid not in self._signalled:
                self._signalled.add(process.pid)
                tree.send(process.pid, number)

    def _kill(self, *, save: float) -> None:
        if self._saver is not None and save > 0:
            self._saver.save([p.pid for p in proc.descendants(os.getpid())], save)
        self._asked()
        # Once the main process is collected its number may be somebody else's.
        group = self._main if self._main_status is None else None
        self._ended.update(tree.kill_everything(self._collect, group))

    def _asked(self) -> float:
        """Return when the end was first asked for: now, unless it was before."""
        if self._asked_at is None:
            self._asked_at = time.monotonic()
            self._ended.clear()
        return self._asked_at

    def _collect(self, pid: int, status: int) -> None:
        self._ended.add(pid)
        self._last_status = status
        if pid == self._main:
            self._main_status = status

    def _patience(self) -> float | None:
        """Return in how many seconds there is something to do, whether or not somebody says so."""
        waits = [self._machine.patience(), self._log.patience()]
        if self._deadline is not None:
            waits.append(max(0.0, self._deadline - time.monotonic()))
        return min((wait for wait in waits if wait is not None), default=None)

    def _say_exit(self) -> None:
        began = self._asked_at
        self._say(
            event="exit",
            status=self._main_status or self._last_status,
            pids=sorted(self._ended),
            ms=None if began is None else round((time.monotonic() - began) * 1000, 1),
            forced=self._forced,
            syncs=self._machine.syncs(),
        )

    def _say(self, **message: object) -> None:
        try:
            self._channel.sendall(encode({"key": self._key, **message}))
        except OSError:
            # The warden is gone: the end of the channel, which is read next, says the same.
            return


def _watched(start: Message) -> tuple[Watched, ...]:
    """Return the calls of a node that are to wait for our answer."""
    if not start.get("listen", False):
        return ()
    files = () if start.get("files") is None else calls.FILES
    return calls.SYNCS + files + (() if start.get("led") is None else calls.CONNECTIONS)
