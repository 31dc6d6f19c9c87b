"""The engine of containers on this machine, asked through the docker SDK.

The SDK waits for its answers, so it is asked from threads of its own: the event loop goes on, and
these threads know nothing of the lab that sockets of the scenario are led into. The engine has to
run on this machine: nodes share folders with the tester, and the tester's sockets are made beside
the containers.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from planc_runtime.errors import CannotRun

T = TypeVar("T")

VARIABLE = "DOCKER_HOST"
DEFAULT = "unix:///var/run/docker.sock"
_INSTALL_SDK = "install it with: pip install 'planc[docker]'"
_START_ENGINE = (
    f"install docker and start it (systemctl start docker), or let {VARIABLE} name its socket; in"
    ' planc\'s own folder, root may say: eval "$(tests/docker/engine start)"'
)
_PATIENCE = 60
"""Seconds for one answer; an engine that starts many containers at once takes its time."""
_THREADS = 16


class Engine:
    """Use `connect()`; `close()` lets go of the connection and of the threads."""

    def __init__(self, client: Any, socket: str) -> None:
        self.client = client
        self.socket = socket
        """Path of the socket that it listens on."""
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="planc-docker")

    @classmethod
    def connect(cls) -> Engine:
        """Find the engine that the environment names; raises CannotRun with the way to one."""
        address = os.environ.get(VARIABLE) or DEFAULT
        if not address.startswith("unix://"):
            raise CannotRun(
                f"the engine of containers at {address} is not on this machine",
                help=f"let {VARIABLE} name a local socket: unix:///PATH",
            )
        try:
            import docker
        except ImportError:
            raise CannotRun("the docker SDK is not installed", help=_INSTALL_SDK) from None
        try:
            client = docker.DockerClient(
                base_url=address, version="auto", timeout=_PATIENCE, max_pool_size=_THREADS
            )
        except docker.errors.DockerException as trouble:
            raise CannotRun(
                f"no engine of containers answers at {address}: {_reason(trouble)}",
                help=_START_ENGINE,
            ) from None
        return cls(client, address.removeprefix("unix://"))

    async def ask(self, request: Callable[..., T], *arguments: Any, **named: Any) -> T:
        """Call something of the SDK in a thread of ours; what it raises comes back as it is."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: request(*arguments, **named))

    def info(self) -> dict[str, Any]:
        found: dict[str, Any] = self.client.info()
        return found

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self.client.close()


def told(trouble: Exception) -> str:
    """Return what the engine has to say about a failure, without the URL that it was asked at."""
    return str(getattr(trouble, "explanation", None) or trouble).strip()


def _reason(trouble: Exception) -> str:
    """Return the innermost reason: the SDK wraps it several times."""
    inner: BaseException = trouble
    while (below := inner.__cause__ or inner.__context__) is not None:
        inner = below
    return os.strerror(inner.errno) if isinstance(inner, OSError) and inner.errno else str(trouble)
