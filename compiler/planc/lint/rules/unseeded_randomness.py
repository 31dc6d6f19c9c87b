"""
Everything that planc draws comes from the scenario's seed, so that a failure can be replayed. A
check, a step, a client or a model in Python that draws from `random`, `uuid4`, `secrets` or
`os.urandom` by itself draws anew each time: the replay is another run.

Use `random.Random(seed)` with a seed that the plan hands over, or hand over what is to be drawn.
The file is read as text; nothing of it is imported. The nodes' own code is not looked at: their
chance is theirs, and simulated on `sim`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path, PurePosixPath

from planc import model as m
from planc.lint.rule import Finding, rule
from planc.lint.subject import Subject
from planc.source import Span

LARGEST = 1024 * 1024
"""Bytes of a module that is still read."""
_DRAWN = frozenset({
    "random", "randint", "randrange", "choice", "choices", "shuffle", "sample", "uniform", "gauss",
    "expovariate", "betavariate", "normalvariate", "getrandbits", "randbytes", "triangular",
})  # fmt: skip
_ALWAYS = frozenset({
    "uuid.uuid1", "uuid.uuid4", "os.urandom", "secrets.token_hex", "secrets.token_bytes",
    "secrets.token_urlsafe", "secrets.choice", "secrets.randbelow", "secrets.randbits",
    "random.SystemRandom",
})  # fmt: skip
_SEEDED_BY_ARGUMENT = frozenset({
    "random.Random", "numpy.random.default_rng", "numpy.random.RandomState",
})  # fmt: skip


@rule(
    "unseeded-randomness",
    "Python of the plan that draws without a seed",
    bad="""
    scenario "some key is there" {
      run registers for 10s
      expect python "drawing:some_key_is_there"(history)
    }
    """,
    good="""
    scenario "some key is there" {
      run registers for 10s
      expect python "checking:every_key_is_there"(history)
    }
    """,
)
def check(plan: Subject) -> Iterator[Finding]:
    for reference, span in _references(plan):
        path = _found(plan, reference, span)
        for line, what in _draws(path) if path is not None else ():
            shown = path.relative_to(plan.root).as_posix() if path is not None else ""
            yield Finding(
                span,
                f"`{what}` in {shown}:{line} draws without a seed: a replay is another run",
                help="draw with `random.Random(seed)`, and hand the seed over from the plan",
            )
            break


def _references(plan: Subject) -> Iterator[tuple[str, Span]]:
    for scene in plan.plan.scenarios:
        for part in m.walk(scene):
            if isinstance(part, m.PythonCall):
                yield part.reference, part.span
            elif isinstance(part, m.ExpectHistory) and ":" in (part.model or ""):
                yield part.model or "", part.span
    for declared in plan.plan.declarations:
        if isinstance(declared, m.Client) and declared.python:
            yield declared.python, declared.span


def _found(plan: Subject, reference: str, span: Span) -> Path | None:
    """Return the module's file where the runtime would look first; None when it is elsewhere."""
    parts = reference.partition(":")[0].split(".")
    folders = [PurePosixPath(span.path).parent, PurePosixPath(plan.plan.path).parent]
    folders += [folder / "systems" for folder in folders]
    root = plan.root.resolve()
    for folder in (*folders, PurePosixPath(".")):
        base = root.joinpath(folder, *parts)
        for path in (base.with_suffix(".py"), base / "__init__.py"):
            if path.is_file() and path.resolve().is_relative_to(root):
                return plan.root.joinpath(path.relative_to(root))
    return None


@lru_cache(maxsize=256)
def _draws(path: Path) -> tuple[tuple[int, str], ...]:
    """Return the lines of a module in which something is drawn without a seed."""
    try:
        if path.stat().st_size > LARGEST:
            return ()
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    names = _imported(tree)
    calls = [
        (node.lineno, _dotted(node.func, names), bool(node.args or node.keywords))
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    ]
    if any(name in ("random.seed", "numpy.random.seed") and given for _, name, given in calls):
        return ()
    return tuple(sorted((line, name) for line, name, given in calls if _unseeded(name, given)))


def _imported(tree: ast.Module) -> dict[str, str]:
    """Return what the names of a module mean that it imports."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                first = each.name.partition(".")[0]
                found[each.asname or first] = each.name if each.asname else first
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for each in node.names:
                found[each.asname or each.name] = f"{node.module}.{each.name}"
    return found


def _dotted(node: ast.expr, names: dict[str, str]) -> str:
    """Return what a call calls, in full, if it is imported."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in names:
        return ""
    return ".".join([names[node.id], *reversed(parts)])


def _unseeded(name: str, given: bool) -> bool:
    module, _, function = name.rpartition(".")
    if name in _SEEDED_BY_ARGUMENT:
        return not given
    drawn = module in ("random", "numpy.random") and function in _DRAWN
    return drawn or name in _ALWAYS
