"""One incarnation of a node: from the call of its main to the moment when all of it is gone."""

from __future__ import annotations

import asyncio
import signal
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import IO, Any

from planc_runtime.clusters.sim.callbacks import Callback
from planc_runtime.clusters.sim.loop import SimLoop, exit_code
from planc_runtime.clusters.sim.machine import Machine
from planc_runtime.clusters.sim.process import Process
from planc_runtime.clusters.sim.tasks import SimTask, silence
from planc_runtime.clusters.sim.trouble import ProcessGone
from planc_runtime.protocols.node import NodeInfo

Main = Callable[[NodeInfo], Awaitable[Any]]


class Life(Process):
    """A node's process. `exited` is done when it is gone; its value is the exit status."""

    is_node = True

    def __init__(
        self, name: str, machine: Machine, loop: SimLoop, seed: str, pid: int, log: IO[str]
    ) -> None:
        super().__init__(name, machine, loop, seed, pid)
        self.log = log
        self.exited: asyncio.Future[int] = loop.create_future()
        self.began = loop.now
        self.remains = Remains()
        self.ended_with = (0, 0)
        """Tasks and open connections or ports at the end."""
        self._main: asyncio.Task[int] | None = None

    def begin(self, main: Main, info: NodeInfo) -> None:
        """Schedule main as the first thing that the process does."""
        self.loop.create_task(self._live(main, info), name="planc", context=self.context.copy())

    async def _live(self, main: Main, info: NodeInfo) -> None:
        self._main = self.loop.create_task(self._guard(main, info), name="main")
        # A signal that main raises on its last step cancels the task after it has finished.
        await asyncio.wait([self._main])
        status = 0 if self._main.cancelled() else self._main.result()
        await self._wind_up()
        self.exit(status)

    async def _guard(self, main: Main, info: NodeInfo) -> int:
        """Turn the end of main into an exit status, as an interpreter does."""
        try:
            await main(info)
        except asyncio.CancelledError:
            return 0
        except SystemExit as leaving:
            if isinstance(leaving.code, str):
                self.say(f"{leaving.code}\n")
            return exit_code(leaving)
        except (KeyboardInterrupt, ProcessGone):
            raise
        except BaseException:
            self.say(traceback.format_exc())
            return 1
        return 0

    async def _wind_up(self) -> None:
        """Cancel what main left behind and close its generators, as asyncio.run does."""
        rest = [task for task in self.loop.tasks_of(self) if task is not asyncio.current_task()]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        generators = self.loop.generators_of(self)
        await asyncio.gather(*(one.aclose() for one in generators), return_exceptions=True)

    def deliver(self, number: int) -> None:
        """Take a signal, in a turn of the process's own."""
        handler = self.signals.get(number)
        if handler is not None:
            handler()
        elif number in (signal.SIGTERM, signal.SIGINT) and self._main is not None:
            self._main.cancel()
        else:
            self.exit(-number)

    def signal(self, number: int) -> None:
        """Send a signal from outside; a paused process sees it when it is resumed."""
        self.loop.call_soon(self.deliver, number, context=self.context.copy())

    def say(self, text: str) -> None:
        """Write to the node's log; what a dead process says is lost."""
        if not self.dead:
            self.log.write(text)
            self.log.flush()

    def exit(self, status: int) -> None:
        """Be gone at once, without any cleanup. Idempotent."""
        if self.dead:
            return
        own = (task for task in self.loop.tasks_of(self) if task is not asyncio.current_task())
        self.remains.tasks = list(own)
        self.remains.callbacks = [*self.held, *self.loop.drop(self)]
        self.ended_with = (len(self.remains.tasks), len(self.resources))
        for task in self.remains.tasks:
            silence(task)
        self.end()
        self.log.close()
        if not self.exited.done():
            self.exited.set_result(status)

    def bury(self) -> None:
        """Dispose of the remains after the run, where nothing they do has an effect any more."""
        self.context.copy().run(self.remains.dispose)


@dataclass
class Remains:
    """What a kill left: kept until the run is over, so that none of its cleanup code takes part."""

    tasks: list[SimTask[Any]] = field(default_factory=list)
    callbacks: list[Callback] = field(default_factory=list)

    def dispose(self) -> None:
        for task in self.tasks:
            close: Any = getattr(task.get_coro(), "close", None)
            for _ in range(_PERSISTENCE):
                try:
                    close()
                    break
                except BaseException:
                    continue
        self.tasks.clear()
        self.callbacks.clear()


_PERSISTENCE = 100
"""How often a coroutine may refuse to be closed."""
