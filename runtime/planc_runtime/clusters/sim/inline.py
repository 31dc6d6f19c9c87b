"""The part of the loop's interface that leaves the loop: threads, signals, children, descriptors.

Threads become calls in place, signals belong to their process. What a simulation has no equivalent
for is refused with a message that says what to do instead.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from planc_runtime.clusters.sim.process import PROCESS, Process
from planc_runtime.errors import NotSupported

if TYPE_CHECKING:

    class _Base(asyncio.BaseEventLoop):
        controller: Process
else:
    _Base = object


class Inline(_Base):
    """Mixed into SimLoop."""

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Call now; the result is there when the time that the call spent has passed.

        The time is virtual: that of `time.sleep` or of a slow disk. It does not hold up the
        process, as it would not with a real thread.
        """
        process = PROCESS.get() or self.controller
        blocked, busy, start = process.blocked, process.busy_until, process.now()
        future = self.create_future()
        deliver: Callable[[Any], None]
        try:
            result, deliver = func(*args), future.set_result
        except (KeyboardInterrupt, SystemExit):
            raise
        except Exception as trouble:
            result, deliver = trouble, future.set_exception
        spent = process.now() - start
        process.blocked, process.busy_until = blocked, busy

        def finish() -> None:
            if not future.done():
                deliver(result)

        self.call_later(spent, finish)
        return future

    def add_signal_handler(  # type: ignore[override]
        self, sig: int, callback: Callable[..., object], *args: Any
    ) -> None:
        context = copy_context()
        process = PROCESS.get() or self.controller
        process.signals[int(sig)] = lambda: context.run(callback, *args)

    def remove_signal_handler(self, sig: int) -> bool:
        process = PROCESS.get() or self.controller
        return process.signals.pop(int(sig), None) is not None


def _refusing(what: str, help: str) -> Callable[..., Any]:
    def refuse(*_: Any, **__: Any) -> Any:
        raise NotSupported("sim", what, help=help)

    return refuse


_STREAMS = "open it with asyncio.open_connection, start_server or create_datagram_endpoint"
_LOCAL = "run the plan with --on local, or give the service a `python` entry that does it inline"
_ABSENT = {
    "start a subprocess": (_LOCAL, ("subprocess_exec", "subprocess_shell")),
    "watch a file descriptor": (
        _STREAMS,
        ("add_reader", "add_writer", "remove_reader", "remove_writer"),
    ),
    "use sockets below asyncio's transports": (
        _STREAMS,
        ("sock_accept", "sock_recv", "sock_recv_into", "sock_recvfrom",
         "sock_sendall", "sock_sendto", "sock_sendfile", "connect_accepted_socket"),
    ),
    "connect pipes": (_STREAMS, ("connect_read_pipe", "connect_write_pipe")),
    "use Unix sockets": (_STREAMS, ("create_unix_connection", "create_unix_server")),
}  # fmt: skip
for _what, (_help, _methods) in _ABSENT.items():
    for _method in _methods:
        setattr(Inline, _method, _refusing(_what, _help))
