"""Statements and declarations as they are first written, with places to fill in."""

from __future__ import annotations

import re
from functools import cache

from planc.vocabulary import FAULTS

_PARTS = {
    "T": "{n1}", "LINKS": "links of {n1}", "D": "{50ms}", "P%": "{10%}", "R": "{1Mbit/s}",
    "SIZE": "{64MiB}", "S": '"{wal/*}"', "[N]": "{3}",
}  # fmt: skip

STATEMENTS: dict[str, tuple[str, str]] = {
    "run": ("run WORKLOAD for D { }", "run {workload} for {30s} {{\n  at {5s} {}\n}}"),
    "over": ("over D { }", "over {10s} {{\n  at {1s} {}\n}}"),
    "at": ("at D STATEMENT", "at {5s} {}"),
    "repeat": ("repeat every D { }", "repeat every {5s} {{\n  {}\n}}"),
    "pick": ("pick one { }", "pick one {{\n  weight {3} {crash n1}\n  weight {1} {}\n}}"),
    "for": ("for NAME in LIST { }", "for {n} in {nodes(store)} {{\n  {}\n}}"),
    "when": ("when CONDITION { }", "when {condition} {{\n  {}\n}}"),
    "wait": ("wait until CONDITION within D", "wait until {condition} within {5s}"),
    "together": ("together { }", "together {{\n  {}\n}}"),
    "eventually": ("eventually within D CONDITION", "eventually within {5s} {condition}"),
    "always": ("always CONDITION", "always {condition}"),
    "never": ("never CONDITION", "never {condition}"),
    "stays": ("stays for D CONDITION", "stays for {2s} {condition}"),
    "mark": ("mark TEXT", 'mark "{name}"'),
    "let": ("let NAME = VALUE", "let {name} = {value}"),
    "call": ("call CLIENT.OPERATION()", "call {client}.{operation}({})"),
    "http": ('http GET "URL"', 'http {GET} "{http://}"'),
    "exec": ('exec "COMMAND" on T', 'exec "{command}" on {n1}'),
    "explore": ("explore MACHINE for N steps", "explore {machine} for {200} steps"),
}

EXPECTATIONS: tuple[str, ...] = (
    "history is {linearizable}",
    "no acknowledged write is lost",
    "availability >= {95%}",
    "availability over time >= {99%}",
    "error rate < {1%}",
    "p99 latency outside faults < {100ms}",
    "recovery after each fault < {3s}",
    "goodput >= {90/s}",
    "every illegal transition is refused",
    'no log line matches "{panic|DATA RACE}"',
    'increase of metric "{errors_total}" of {store} <= {0}',
)

DECLARATIONS: dict[str, str] = {
    "plan": 'plan "{what it shows}" {{\n  owner    "{team}"\n  tags     {tag}\n'
    "  severity {high}\n}}",
    "library": 'library "{name}"',
    "use": 'use "{systems/x.plan}"',
    "cluster": "cluster {store} {{\n  nodes {3} of {service}\n}}",
    "service": 'service {name} {{\n  command "{command}"\n  ports   {http} {8000}\n'
    '  ready   {GET} "{/health}" within {5s}\n}}',
    "client": "client {kv} over {http} on port {http} {{\n"
    '  read(k)     GET "/kv/{{k}}" returns json.value or none\n'
    '  write(k, v) PUT "/kv/{{k}}" json {{ value: v }}\n'
    "  unknown on timeout, connection lost, 5xx\n}}",
    "workload": "workload {registers} on {store} {{\n  client  {kv}\n  clients {8}\n"
    "  rate    {100/s}\n  mix     read {50%}, write {50%}\n  keys    {20} uniform\n}}",
    "fault": "fault {name}({target}) {{\n  {}\n}}",
    "mock": 'mock {name} {{\n  GET "{/path}" -> {200} json {{ {} }}\n}}',
    "machine": "machine {name} of {service} {{\n  client  {client}\n  state   status.state\n"
    "  initial {created}\n  {created} -> {running} by {start}\n}}",
    "scenario": 'scenario "{what must hold}" {{\n  covers  {id}\n  timeout {60s}\n\n'
    "  run {workload} for {20s} {{\n    at {5s} {}\n  }}\n\n"
    "  expect no acknowledged write is lost\n}}",
}

_PLACE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")


def filled(pattern: str, *, snippets: bool) -> str:
    """Return a pattern as an editor's snippet, or as plain text for editors without snippets.

    `{word}` is a place to fill in, `{{` a brace.
    """
    number = 0

    def place(match: re.Match[str]) -> str:
        nonlocal number
        if match.group() in ("{{", "}}"):
            sign = match.group()[0]
            return f"\\{sign}" if snippets and sign == "}" else sign
        if not snippets:
            return match[1]
        number += 1
        inside = match[1].replace("\\", "\\\\").replace("$", "\\$")
        return f"${{{number}:{inside}}}" if inside else "$0"

    return _PLACE.sub(place, pattern)


@cache
def fault_patterns() -> dict[str, tuple[str, str]]:
    """Return (form, pattern) of every fault of the list, by its kind."""
    found = {}
    for kind, fault in FAULTS.items():
        words = [word for word in fault.form.split() if word not in ("[from", "T]")]
        pattern = " ".join(_PARTS.get(word, word) for word in words)
        if fault.lasts and kind != "flap":
            pattern += " for {5s}"
        found[kind] = fault.form, pattern.replace("{n1} | {n1}", "{n1} | {others}")
    return found
