"""Open a client: the table of protocols, loaded only when one is used."""

from __future__ import annotations

import importlib
import random
from collections.abc import Callable, Sequence
from importlib.metadata import entry_points
from typing import cast

from planc_runtime.clients.route import Routed, Wire
from planc_runtime.clients.spec import ClientSpec, Endpoint
from planc_runtime.errors import CannotRun
from planc_runtime.protocols.client import Connection

WIRES = {
    "http": "planc_runtime.clients.http:HttpWire",
    "redis": "planc_runtime.clients.redis:RedisWire",
    "tcp": "planc_runtime.clients.lines:LineWire",
    "exec": "planc_runtime.clients.programs:ProgramWire",
    "python": "planc_runtime.clients.python:PythonWire",
}
"""Protocol -> class. Others come by the entry point group `planc.clients`."""


def connect(
    spec: ClientSpec,
    endpoints: Sequence[Endpoint],
    *,
    clock: Callable[[], float],
    rng: random.Random,
    start: int = 0,
) -> Connection:
    """Return a connection for one logical client; nothing is sent before its first operation.

    Raises CannotRun when the protocol is unknown or its library is not installed.
    """
    return Routed(spec, endpoints, wire_class(spec.over)(spec), clock=clock, rng=rng, start=start)


def wire_class(over: str) -> Callable[[ClientSpec], Wire]:
    if over in WIRES:
        module, _, name = WIRES[over].partition(":")
        try:
            return cast("Callable[[ClientSpec], Wire]", getattr(load(module), name))
        except ModuleNotFoundError as missing:
            raise CannotRun(
                f"a client over {over} needs the Python package {missing.name!r}",
                help=f"pip install {missing.name}",
            ) from missing
    for point in entry_points(group="planc.clients", name=over):
        return cast("Callable[[ClientSpec], Wire]", point.load())
    raise CannotRun(f"nobody here speaks {over!r}", help=f"known: {', '.join(sorted(WIRES))}")


def load(module: str) -> object:
    return importlib.import_module(module)
