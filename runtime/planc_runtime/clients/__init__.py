"""Clients: how an operation of a plan becomes a request, and an answer becomes an outcome.

One file a protocol. What every protocol shares is in `spec` (operations with everything bound),
`route` (which node is asked) and `outcome` (what an answer means).
"""

from planc_runtime.clients.connect import connect
from planc_runtime.clients.spec import (
    ClientSpec,
    Command,
    Endpoint,
    HttpRequest,
    Line,
    OperationSpec,
    Words,
)

__all__ = [
    "ClientSpec",
    "Command",
    "Endpoint",
    "HttpRequest",
    "Line",
    "OperationSpec",
    "Words",
    "connect",
]
