"""One container of a node: how it is made, what it says, and how it ends."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planc_runtime.clusters.docker.engine import Engine, told
from planc_runtime.clusters.local.warden.log import BoundedLog
from planc_runtime.errors import CannotRun

_SIGNALS = range(129, 129 + 64)
_LOG_WITHIN = 10.0
"""Seconds after the end of a container in which its last words must have come."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a container is made from; the same recipe needs no other container."""

    name: str
    image: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    folder: Path
    mounts: tuple[Any, ...]
    labels: Mapping[str, str]
    network: str
    """The container whose network it shares."""
    watched: bool = False
    """Its system calls that concern disks wait for an answer of the lab."""


class Container:
    """Use `make()`; it may be started again and again, as a machine's files outlive a crash."""

    def __init__(self, engine: Engine, recipe: Recipe, made: Any) -> None:
        self._engine = engine
        self.recipe = recipe
        self._made = made
        self._listener: threading.Thread | None = None

    @classmethod
    async def make(cls, engine: Engine, recipe: Recipe) -> Container:
        """Raises CannotRun with the engine's reason."""
        from docker.errors import DockerException, ImageNotFound

        try:
            made = await engine.ask(_create, engine, recipe)
        except ImageNotFound:
            raise CannotRun(
                f"node {recipe.name!r}: the engine has no image {recipe.image!r}",
                help=f"docker pull {recipe.image}, or docker build",
            ) from None
        except DockerException as trouble:
            raise CannotRun(f"node {recipe.name!r}: no container: {told(trouble)}") from None
        return cls(engine, recipe, made)

    @property
    def id(self) -> str:
        found: str = self._made.id
        return found

    async def start(self, log: Path) -> int:
        """Start its program, output appended to the log; return the number of its first process."""
        from docker.errors import DockerException

        try:
            return await self._engine.ask(self._start, log)
        except (DockerException, OSError) as trouble:
            raise CannotRun(f"node {self.recipe.name!r} does not start: {told(trouble)}") from None

    def _start(self, log: Path) -> int:
        # Attached before the start, or its first words would be lost.
        said = self._made.attach(stdout=True, stderr=True, stream=True, logs=False)
        self._listener = threading.Thread(target=_write, args=(said, log), daemon=True)
        self._listener.start()
        self._made.start()
        pid: int = self._inspect()["State"]["Pid"]
        return pid

    def _inspect(self) -> dict[str, Any]:
        found: dict[str, Any] = self._engine.client.api.inspect_container(self.id)
        return found

    async def look(self) -> dict[str, Any]:
        """Return all that the engine knows about it."""
        return await self._engine.ask(self._inspect)

    async def state(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.look())["State"]
        return found

    async def signal(self, name: str) -> bool:
        """Send a signal to its first process; False when it does not run any more."""
        return await self._tried(self._made.kill, name)

    async def pause(self) -> bool:
        return await self._tried(self._made.pause)

    async def unpause(self) -> bool:
        return await self._tried(self._made.unpause)

    async def update(self, **limits: int) -> bool:
        return await self._tried(self._made.update, **limits)

    async def stats(self) -> dict[str, Any]:
        api = self._engine.client.api
        found: dict[str, Any] = await self._engine.ask(
            api.stats, self.id, stream=False, one_shot=True
        )
        return found

    async def remove(self) -> None:
        with contextlib.suppress(Exception):
            await self._engine.ask(self._made.remove, force=True, v=True)

    async def heard(self) -> None:
        """Wait until all that it has said is in the log."""
        if self._listener is not None:
            await self._engine.ask(self._listener.join, _LOG_WITHIN)

    async def _tried(self, request: Any, *arguments: Any, **named: Any) -> bool:
        from docker.errors import APIError

        try:
            await self._engine.ask(request, *arguments, **named)
        except APIError:
            if (await self.state())["Running"]:
                raise
            return False
        return True


def status_of(code: int) -> int:
    """Return minus the signal's number for a status that a signal gives, as a shell has it."""
    return -(code - 128) if code in _SIGNALS else code


def _create(engine: Engine, recipe: Recipe) -> Any:
    from docker.types import LogConfig

    return engine.client.containers.create(
        recipe.image,
        entrypoint=[recipe.argv[0]],
        command=list(recipe.argv[1:]),
        environment=dict(recipe.env),
        # Somebody has to collect orphans and pass signals on: few programs expect to be process 1.
        init=True,
        labels=dict(recipe.labels),
        log_config=LogConfig(type="none"),
        mounts=list(recipe.mounts),
        network_mode=f"container:{recipe.network}",
        user=f"{os.getuid()}:{os.getgid()}",
        working_dir=str(recipe.folder),
    )


def _write(said: Any, log: Path) -> None:
    """Write down what a container says, as much of it as a log may hold."""
    bounded, due = BoundedLog(str(log)), 0.0
    with contextlib.suppress(Exception), log.open("ab", buffering=0) as file:
        for words in said:
            file.write(words)
            if time.monotonic() >= due:
                bounded.look()
                due = time.monotonic() + bounded.patience()
    bounded.end()
