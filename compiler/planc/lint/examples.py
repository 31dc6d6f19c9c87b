"""What the examples of the rules stand on: a small library and the head of a plan.

An example is what comes behind this head. The tests run every one of them, and the documentation
shows the head once.
"""

from __future__ import annotations

LIBRARY = """\
library "kv"

service kv {
  command "kv-server --data {node.data} --listen {node.ip}:{port.http}"
  ports   http 8000
  param   election_timeout = 1s
  ready   GET "/health" on http within 5s
  status  GET "/status" on http returns json
  role    leader when status.role == "leader"
  plant   stale_read "serves reads without confirming leadership"
}

client kv_client over http on port http {
  read(k)          GET "/kv/{k}" returns json.value
  write(k, v)      PUT "/kv/{k}" json { value: v }
  cas(k, old, new) POST "/cas/{k}" json { old: old, new: new } fails when code == 409
  unknown on timeout, connection lost, 5xx
  timeout 2s
}
"""

HEAD = """\
plan "An example"

use "kv.plan"

cluster store {
  nodes 5 of kv
}

workload registers on store {
  client  kv_client
  clients 8
  rate    100/s
  mix     read 60%, write 30%, cas 10%
  keys    20 uniform
}
"""

CATALOGUE = ("con-linear", "con-failover", "con-partition")
"""Rows of the catalogue of these examples."""

FILES = {"kv.plan": LIBRARY}


def plan_of(example: str) -> str:
    """Return the plan that an example is the rest of."""
    if example.startswith(("plan ", "library ")):
        return example + "\n"
    return f"{HEAD}\n{example}\n"
