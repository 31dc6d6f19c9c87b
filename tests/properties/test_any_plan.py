"""Whatever the grammar can say: checking it ends in diagnostics, never in an exception."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.plans import plan_texts, sentences

from planc.pipeline import compile

MANY = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
STORE = """plan "x"
service raft { command "raft" ports client 1, peer 2
  status GET "/status" on client returns json
  role leader when status.role == "leader" }
cluster store { nodes 5 of raft }
client kv over http on port client { read(k) GET "/{k}" returns json.value
  write(k, v) PUT "/{k}" json { value: v } }
workload w on store { client kv clients 2 mix read 50%, write 50% }
let foo = 5
""".replace("clients 2 mix", "\n clients 2\n mix").replace('"raft" ports', '"raft"\n ports')


def compiled(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "example.plan")
        path.write_text(text, "utf-8")
        result = compile([path], root=folder, cache=False)

        for each in result.diagnostics:
            assert 0 <= each.span.start <= each.span.end <= len(text)
        assert result.has_errors or result.plans


@MANY
@given(plan_texts())
def test_any_file(text: str) -> None:
    compiled(text)


@MANY
@given(st.lists(sentences("statement"), min_size=1, max_size=4))
def test_any_statements(statements: list[str]) -> None:
    body = "\n".join(statements).replace("store_x", "store").replace("bar", "kv")
    compiled(f'{STORE}scenario "s" {{\n{body}\n}}\n')
