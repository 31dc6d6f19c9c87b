"""
What stands in a plan stands in git, in the generated module and in every report. A token or a
private key there is everybody's. Read it when the test runs, in a step or a client of Python's,
or from the environment of the service.

Found are the forms of well-known tokens wherever they stand, and values that look drawn (long,
letters and digits mixed) where a secret belongs: `auth`, an Authorization header, an environment
variable called like one. `password` and `hunter2` are nobody's secret.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

from planc.analysis.usage import parts
from planc.lint.rule import Finding, rule
from planc.lint.subject import File
from planc.syntax import nodes as n

_FORMS = {
    "an AWS access key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a GitHub token": r"\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_[A-Za-z0-9_]{50,}\b",
    "a GitLab token": r"\bglpat-[A-Za-z0-9_-]{20,}\b",
    "a Slack token": r"\bxox[abprs]-[A-Za-z0-9-]{10,}\b",
    "a Google API key": r"\bAIza[0-9A-Za-z_-]{35}\b",
    "a Stripe key": r"\b[sr]k_live_[0-9A-Za-z]{16,}\b",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "a JSON web token": r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",
}
_PATTERNS = {name: re.compile(form) for name, form in _FORMS.items()}
_NAMES = re.compile(r"passw(or)?d|secret|token|api_?key|private_?key|credential", re.IGNORECASE)
SHORTEST, LEAST_BITS = 12, 3.0
"""Of what looks drawn: characters, and bits of entropy in each."""


@rule(
    "plain-secret",
    "A secret that stands in the plan",
    scope="file",
    bad="""
    scenario "it is closed to strangers" {
      let address = url(any 1 of store, http)
      let reply = http GET "{address}/a" header Authorization "Bearer 8f3kQz71LmXw90TbVc2R"
      expect reply.status == 200
    }
    """,
    good="""
    scenario "it is closed to strangers" {
      let token = python "tokens:of_the_tester"()
      let address = url(any 1 of store, http)
      let reply = http GET "{address}/a" header Authorization "Bearer {token}"
      expect reply.status == 200
    }
    """,
)
def check(file: File) -> Iterator[Finding]:
    seen: set[int] = set()
    for text, where in _places(file):
        value = _value(text)
        if value is not None and text.span.start not in seen and (what := _secret(value, where)):
            seen.add(text.span.start)
            yield Finding(
                text.span,
                f"this looks like {what}",
                help='read it when the test runs, `python "module:name"()`, or in a Python client; '
                "and take this one for known from now on",
            )


def _places(file: File) -> Iterator[tuple[n.Text, str]]:
    """Yield every text; first those that stand where a secret belongs, with the place's name."""
    for part in parts(file.tree):
        if isinstance(part, n.Setting) and part.word == "auth":
            yield from ((each, "a password") for each in part.arguments[1:2] if _is_text(each))  # type: ignore[misc]
        elif isinstance(part, n.Setting) and part.word in ("env", "header"):
            yield from _named(part.arguments)
        elif isinstance(part, n.HttpCall):
            for pair in part.headers:
                yield from _named(pair)
    for part in parts(file.tree):
        if isinstance(part, n.Text):
            yield part, ""


def _is_text(node: n.Node) -> bool:
    return isinstance(node, n.Text)


def _named(pair: tuple[n.Expr, ...]) -> Iterator[tuple[n.Text, str]]:
    """Yield the value of NAME = VALUE when the name is one of a secret."""
    if len(pair) != 2 or not isinstance(pair[1], n.Text):
        return
    name = pair[0].id if isinstance(pair[0], n.Name) else _value(pair[0]) or ""
    if name.lower() in ("authorization", "proxy-authorization", "x-api-key") or _NAMES.search(name):
        yield pair[1], f"the secret that `{name}` is called after"


def _value(text: n.Node) -> str | None:
    if not isinstance(text, n.Text) or not all(isinstance(part, str) for part in text.parts):
        return None
    return "".join(part for part in text.parts if isinstance(part, str))


def _secret(value: str, where: str) -> str:
    for name, pattern in _PATTERNS.items():
        if pattern.search(value):
            return name
    bare = value.rpartition(" ")[2]
    return where if where and _looks_drawn(bare) else ""


def _looks_drawn(value: str) -> bool:
    if len(value) < SHORTEST or not (re.search(r"\d", value) and re.search(r"[A-Za-z]", value)):
        return False
    counts = Counter(value).values()
    bits = -sum(count / len(value) * math.log2(count / len(value)) for count in counts)
    return bits >= LEAST_BITS and not re.search(r"[\s{}<>]", value)
