"""A plan in which a word or a line is another one is answered, as is one that was never in order.

Random plans of the grammar seldom get as far as meaning anything. A real one with one thing changed
does, and with it whatever is told about the rest of it.
"""

from __future__ import annotations

import ast
import random
import re
import tempfile
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planc.diagnostics import all_codes
from planc.diff import compare
from planc.emit.allowed import require_allowed
from planc.pipeline import compile
from planc.pipeline.linting import lint_files, mend
from planc.pipeline.snapshots import snapshot

CASES = Path(__file__).parents[1] / "diff" / "cases"
WORDS = re.compile(
    r'"""(?:.|\n)*?"""|"(?:\\.|[^"\\])*"|[A-Za-z_][\w-]*|\d[\w./%]*|[^\s\w]', re.ASCII
)


@cache
def plans() -> list[Path]:
    return sorted(path for path in CASES.rglob("*.plan") if path.stat().st_size < 6000)


@cache
def lines() -> list[str]:
    return sorted({line for path in plans() for line in path.read_text("utf-8").splitlines()})


@cache
def words() -> dict[str, list[str]]:
    """Return all words of all plans by their kinds."""
    found: dict[str, set[str]] = {}
    for path in plans():
        for word in WORDS.findall(path.read_text("utf-8")):
            found.setdefault(kind(word), set()).add(word)
    return {name: sorted(of_kind) for name, of_kind in found.items()}


def kind(word: str) -> str:
    return "text" if word[0] == '"' else "number" if word[0].isdigit() else str(word.isidentifier())


def changed(rng: random.Random, text: str) -> str:
    """Change one thing: lose a line, insert one of anywhere, put a word in the place of another."""
    rows = text.split("\n")
    match rng.randrange(8):
        case 0:
            del rows[rng.randrange(len(rows))]
        case 1 | 2:
            rows.insert(rng.randrange(len(rows) + 1), rng.choice(lines()))
        case _:
            found = list(WORDS.finditer(text))
            old = rng.choice(found)
            same = [each.group() for each in found if kind(each.group()) == kind(old.group())]
            new = rng.choice(same if rng.random() < 0.5 else words()[kind(old.group())])
            return text[: old.start()] + new + text[old.end() :]
    return "\n".join(rows)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_a_plan_with_one_thing_changed_is_answered(seed: int) -> None:
    rng = random.Random(seed)
    path = rng.choice(plans())
    case = next(each for each in path.parents if each.parent.parent == CASES)
    text = changed(rng, path.read_text("utf-8"))
    name = path.relative_to(case).as_posix()
    with tempfile.TemporaryDirectory() as folder:
        for each in case.rglob("*.plan"):
            copy = Path(folder, each.relative_to(case))
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(each.read_bytes())
        Path(folder, name).write_text(text, "utf-8")
        result = compile([Path(folder, name)], root=folder, cache=False)
        lint_files(folder, [name])
        mend(folder, [name])
        now = snapshot(folder, [name])

    assert {each.code for each in result.diagnostics} <= set(all_codes())
    assert not compare(now, now).changes
    for plan in result.plans:
        if plan.text is not None:
            require_allowed(plan.text)
            ast.parse(plan.text)
