"""The small closed sets of words."""

from __future__ import annotations

SEVERITIES = ("low", "medium", "high", "critical")

CLIENT_PROTOCOLS = ("http", "redis", "tcp", "exec", "python")

ROUTES = ("any", "sticky", "leader", "each")

DISTRIBUTIONS = ("uniform", "zipf", "latest", "sequential")
"""Of keys; only `zipf` takes a parameter."""

OUTCOME_WORDS = ("timeout", "connection lost", "connection refused", "4xx", "5xx")
"""After `unknown on` and `fail on`, beside HTTP status codes."""

HTTP_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")

HOOKS = ("lie", "equivocate", "replay", "silence", "corrupt_messages")

SIGNALS = ("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGKILL", "SIGUSR1", "SIGUSR2")

OPERATIONS = (
    "read",
    "write",
    "cas",
    "delete",
    "append",
    "add",
    "remove",
    "contains",
    "increment",
    "enqueue",
    "dequeue",
    "acquire",
    "release",
    "txn",
)
"""Names of client operations that mean something to the checkers."""
