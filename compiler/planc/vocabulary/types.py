"""The names of the types an expression can have."""

from typing import Literal

TypeName = Literal[
    "any",
    "number",
    "duration",
    "size",
    "rate",
    "bandwidth",
    "percent",
    "text",
    "bool",
    "none",
    "list",
    "record",
    "nodes",
    "workload",
    "history",
]
"""`any` is what comes from outside (a reply, a status): its type is known when the test runs."""
