"""What is offered at a place: a table from the words before the cursor to kinds of names.

The first line whose block and statement fit decides; a place that no line describes takes what the
parser accepts: names of values in an expression, and keywords everywhere.
"""

from __future__ import annotations

import re

_TABLE: tuple[tuple[str, str, str], ...] = (
    ("", r"^CLIENT NAME OVER$", "protocol"),
    ("", r"^CLIENT NAME OVER NAME.* PORT$", "any port"),
    ("", r"^WORKLOAD NAME ON$", "cluster"),
    ("", r"^MACHINE NAME OF$", "service"),
    ("", r"^MACHINE NAME ON$", "cluster"),
    ("WORKLOAD MACHINE", r"^CLIENT$", "client"),
    ("WORKLOAD", r"^MIX(?: .* COMMA)?$", "operation of client"),
    ("WORKLOAD", r"^KEYS \S+$", "distribution"),
    ("CLUSTER", r"^(?:NODES|SPARE) .*OF$", "service"),
    ("CLUSTER", r"^SET$", "parameter of services"),
    ("CLIENT", r"^ROUTE$", "route"),
    ("CLIENT", r"^(?:UNKNOWN|FAIL) ON(?: .*COMMA)?$", "outcome"),
    ("CLIENT", r"^NAME LPAR .*RPAR$|^NAME LPAR RPAR$", "method"),
    ("SERVICE", r"^(?:READY|STATUS|HOOK NAME)$", "method"),
    ("SERVICE", r"TEXT ON$|^READY TCP ON$", "own port"),
    ("SERVICE", r"^STOP$|THEN$", "signal"),
    ("MOCK", r"^$", "method"),
    ("MACHINE", r"BY$", "operation of client"),
    ("MACHINE", r"^INITIAL$|ARROW$|^(?:NAME COMMA )*$", "state"),
    ("", r"^SEVERITY$", "severity"),
    ("", r"^COVERS(?: .*COMMA)?$", "cover"),
    ("", r"^CATCHES(?: .*COMMA)?$", "plant"),
    ("", r"^TAGS(?: .*COMMA)?$", "tag"),
    ("", r"^(?:ONLY|SKIP) ON(?: .*COMMA)?$", "backend"),
    ("", r"^ALLOW$", "rule"),
    ("", r"HTTP$", "method"),
    ("", r"(?:^|\s)RUN(?: NAME COMMA| NAME DOT NAME COMMA)*$", "workload"),
    ("", r"EXPLORE$", "machine"),
    ("", r"CALL$", "client"),
    ("", r"^EXPECT HISTORY OF$", "workload"),
    ("", r"^EXPECT HISTORY .*IS(?: NOT)?$", "property"),
    ("", r"^EXPECT HISTORY .*AS$", "model"),
    ("", r"^EXPECT (?:PERCENTILE|MEAN|MAX) LATENCY OF$", "operation"),
    ("", r"^EXPECT (?:THROUGHPUT|GOODPUT|ERROR RATE|AVAILABILITY) OF$", "operation"),
    ("", r"^EXPECT (?:(?:PERCENTILE|MEAN|MAX) LATENCY|THROUGHPUT|GOODPUT|ERROR RATE"
         r"|AVAILABILITY|DOWNTIME)(?: OF \w+)? ON$", "workload"),
    ("", r"ZONE$", "zone"),
    ("", r"CUT CONNECTIONS OF$|REFUSE CONNECTIONS (?:TO|FROM)$", "value"),
)  # fmt: skip

_COMPILED = [(blocks.split(), re.compile(pattern), what) for blocks, pattern, what in _TABLE]

PREFERRED_UNITS: tuple[tuple[str, str], ...] = (
    (r"(?:DROP|DUPLICATE|REORDER|CORRUPT|LOSS|AVAILABILITY.*|ERROR RATE.*|CPU.*TO)$", "percent"),
    (r"DRIFT .*BY$", "percent"),
    (r"(?:RATE|GOODPUT.*|THROUGHPUT.*)$", "rate"),
    (r"LIMIT LINKS .*TO$", "bandwidth"),
    (r"(?:SIZE|MEMORY .*)$", "size"),
    (r"(?:AT|FOR|WITHIN|BY|EVERY|WAIT|OVER|TIMEOUT|THINK|AFTER|RETRANSMIT)$", "duration"),
)


def offered(block: str, statement: str) -> str:
    """Return what kind of names a place takes; "" where the grammar alone decides."""
    for blocks, pattern, what in _COMPILED:
        if (not blocks or block in blocks) and pattern.search(statement):
            return what
    return ""


def likely_unit(statement: str) -> str:
    """Return the type of a number that most likely stands here; "" when nothing tells."""
    found = (kind for pattern, kind in PREFERRED_UNITS if re.search(pattern, statement))
    return next(found, "")
