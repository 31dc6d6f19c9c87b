"""Plans with anything at all in their strings, names and paths."""

from __future__ import annotations

import re

from hypothesis import strategies as st

NASTY = (
    '"',
    '"""',
    "'''",
    "\\",
    '\\"',
    "\n",
    "\r\n",
    "\0",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "{# x #}",
    "{}",
    "{",
    "\u202e",
    "\u2066",
    "\u200b",
    "\u2028",
    "\x1b[31m",
    "\ufeff",
    "\U000e0041",
    "# fmt: off",
    "# type: ignore",
    '")\nimport os\nplanc.let("x',
    '""")\nimport os\n"""',
    "__import__('os').system('true')",
    "%s %(x)s ${x} $(x) `x`",
    "x" * 200,
    "é\u0301😀漢字",
)

nasty_texts = st.lists(
    st.one_of(st.sampled_from(NASTY), st.text(max_size=12)), min_size=1, max_size=5
).map("".join)

nasty_names = st.one_of(
    st.sampled_from(
        [
            "class_", "lambda", "print", "eval", "exec", "planc", "s", "PLAN", "test_x", "testing",
            "setup_module", "teardown", "pytest_plugins", "__import__", "__builtins__", "_", "__",
            "None", "True", "type", "str", "object", "x_2", "x", "len", "Expr", "async", "await",
        ]
    ),
    st.from_regex(re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,20}", re.ASCII), fullmatch=True),
)  # fmt: skip

file_names = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "\n", "'", '"', '"""', "\\", "coding: utf-7", "coding=latin-1", " ", "#", "{{x}}",
                "\u202e", "\r", "\t", ":", "fmt: off", "é", "-", ".x", "\x1b", "noqa", "type: x",
            ]
        ),
        st.text("abc_-.", min_size=1, max_size=5),
    ),
    min_size=1,
    max_size=4,
).map("".join)  # fmt: skip


def quoted(text: str) -> str:
    """Write a text as a plan does."""
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in "{}":
        return character * 2
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    return f"\\U{ord(character):08x}"


def plan_with(texts: list[str], names: list[str]) -> str:
    """Put every text and name somewhere in a plan; ten texts and six names."""
    q = [quoted(text) for text in texts]
    service, cluster, client, workload, fault, variable = names
    return f"""\
plan {q[0]} {{
  owner {q[1]}
  about {q[2]}
}}
service {service} {{
  command {q[3]}
  ports http 8000
  env VALUE = {q[4]}
  plant bug {q[5]}
}}
cluster {cluster} {{
  nodes 3 of {service}
}}
client {client} over http on port http {{
  read(k) GET "/{{k}}" header {q[6]} {q[7]} returns json.value
}}
workload {workload} on {cluster} {{
  client {client}
  rate 10/s
}}
fault {fault}(target) {{
  crash any 1 of target for 2s
}}
scenario {q[8]} {{
  skip on local {q[9]}
  run {workload} for 5s {{
    at 1s {fault}({cluster})
  }}
  let {variable} = call {client}.read({q[3]})
  expect {variable} == {q[4]}
  expect {variable}.value contains {q[5]}
  mark {q[6]}
  let body = http POST "http://example.org/" json {{ {q[7]}: {q[8]} }}
  expect body.text matches "x"
}}
"""
