"""From a line of a generated module back to the line of the plan.

Every statement of a generated module ends with a comment such as `# first.plan:27`; these comments
are the whole source map. It is read when a line has to be shown, never while modules are imported:
the statement around the line is found with `ast`, its comment with `tokenize`.
"""

from __future__ import annotations

import ast
import io
import linecache
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from planc_runtime.plan.spot import Spot

_COMMENT = re.compile(r"#\s*(?P<file>\S.*\.plan):(?P<line>\d+)\s*(# fmt: skip\s*)?$")


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A line of a plan; `text` is empty where the plan's file cannot be read."""

    file: str
    number: int
    text: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.number}"


@dataclass(frozen=True, slots=True)
class ModuleMap:
    """The comments of one module, and which lines its statements and expressions cover."""

    comments: dict[int, tuple[str, int]] = field(default_factory=dict)
    spans: tuple[tuple[int, int], ...] = ()
    parts: tuple[tuple[int, int], ...] = ()
    """First and last line of whatever ends in a line with a comment: an action inside a statement
    may have one of its own."""
    functions: tuple[tuple[int, int], ...] = ()
    blocks: dict[int, int] = field(default_factory=dict)
    """First and last line of each `async with`, whose statements run when it is left."""
    names: dict[int, str] = field(default_factory=dict)
    """First line of an assignment -> the name it binds."""

    def comment_for(self, line: int) -> tuple[str, int] | None:
        """Return file and line of the plan, from the comment behind what stands in a line.

        That is the largest part that begins there, or else the smallest one around it.
        """
        around = [(start, end) for start, end in self.parts if start <= line <= end]
        begun = [end for start, end in around if start == line]
        if begun:
            return self.comments[max(begun)]
        inner = min(around, key=lambda part: part[1] - part[0], default=None)
        return self.comments[inner[1]] if inner else None

    def end_of(self, line: int) -> int:
        """Return the last line of the statement around `line`, all of a block included."""
        span = max(
            (span for span in self.spans if span[0] <= line <= span[1]), default=(line, line)
        )
        return self.blocks.get(span[0], span[1])

    def function_at(self, line: int) -> tuple[int, int]:
        """Return first and last line of the function around `line`, its decorators included."""
        return next(((a, b) for a, b in self.functions if a <= line <= b), (line, line))

    def name_for(self, line: int) -> str | None:
        """Return the name that the statement around `line` assigns to, if it is an assignment."""
        start = max((s for s, end in self.spans if s <= line <= end), default=line)
        return self.names.get(start)


def locate(spot: Spot, plan: str = "") -> PlanLine:
    """Return the plan's line for a line of a generated module.

    `plan` is the plan's path as the module gives it (`source=`); the plan's files are looked for
    beside it. Without a comment the module's own line is returned.
    """
    found = module_map(spot.file).comment_for(spot.line)
    if found is None:
        text = linecache.getline(spot.file, spot.line).strip()
        return PlanLine(Path(spot.file).name, spot.line, text)
    file, number = found
    return PlanLine(file, number, plan_text(Path(spot.file), plan, file, number))


def statements_after(spot: Spot, plan: str) -> list[PlanLine]:
    """Return the plan's lines of the statements that come after one, to its function's end."""
    found = module_map(spot.file)
    begin, end = found.end_of(spot.line), found.function_at(spot.line)[1]
    lines = dict.fromkeys(
        comment for line, comment in sorted(found.comments.items()) if begin < line <= end
    )
    return [PlanLine(file, n, plan_text(Path(spot.file), plan, file, n)) for file, n in lines]


def statements_of(spot: Spot, plan: str) -> list[PlanLine]:
    """Return the plan's lines of the statements of the function at a line, in their order.

    What stands before the body, the decorators, is no statement.
    """
    found = module_map(spot.file)
    begin, end = found.function_at(spot.line)
    header = next((line for line in sorted(found.comments) if line >= begin), begin)
    own = found.comments.get(header)
    lines = {comment for line, comment in found.comments.items() if begin < line <= end} - {own}
    return [
        PlanLine(file, n, plan_text(Path(spot.file), plan, file, n)) for file, n in sorted(lines)
    ]


def assigned_name(spot: Spot) -> str | None:
    """Return the name that a statement gives to its result: `reply` in `reply = await ...`."""
    return module_map(spot.file).name_for(spot.line)


@lru_cache(maxsize=64)
def module_map(file: str) -> ModuleMap:
    """Read a module's map; empty when there is no readable source."""
    source = "".join(linecache.getlines(file))
    try:
        tree = ast.parse(source)
        comments = dict(_comments(source))
    except (SyntaxError, ValueError, tokenize.TokenError):
        return ModuleMap()
    names = {
        node.lineno: node.targets[0].id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    spans = tuple(_spans(tree))
    parts = tuple(part for part in {*spans, *_expressions(tree)} if part[1] in comments)
    blocks = {
        node.lineno: node.end_lineno or node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncWith)
    }
    return ModuleMap(comments, spans, parts, tuple(_functions(tree)), blocks, names)


def _comments(source: str) -> Iterator[tuple[int, tuple[str, int]]]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and (match := _COMMENT.match(token.string)):
            yield token.start[0], (match["file"], int(match["line"]))


def _functions(tree: ast.Module) -> Iterator[tuple[int, int]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            yield first, node.end_lineno or node.lineno


def _spans(tree: ast.Module) -> Iterator[tuple[int, int]]:
    """Yield first and last line of every statement; of a block only its header."""
    for node in ast.walk(tree):
        for decorator in getattr(node, "decorator_list", ()):
            yield decorator.lineno, decorator.end_lineno
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            last = body[0].lineno - 1 if body else node.end_lineno
            yield node.lineno, max(node.lineno, last or node.lineno)


def _expressions(tree: ast.Module) -> Iterator[tuple[int, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.expr):
            yield node.lineno, node.end_lineno or node.lineno


def plan_text(module: Path, plan: str, file: str, number: int) -> str:
    """Return the text of a plan's line, without its indentation; empty if it is not there."""
    path = find_plan(module, plan, file)
    return linecache.getline(str(path), number).strip() if path else ""


def find_plan(module: Path, plan: str, file: str) -> Path | None:
    """Return the file that a comment names, which is relative to the plan or to the project."""
    root = project_root(module, plan)
    folders = (root / Path(plan).parent, root, root / Path(plan).parent.parent)
    return next((f / file for f in folders if (f / file).is_file()), None)


@lru_cache(maxsize=256)
def project_root(module: Path, plan: str) -> Path:
    """Return the folder that the plan's path starts from: above the module, or the current."""
    for folder in (*module.absolute().parents, Path.cwd(), *Path.cwd().parents):
        if plan and (folder / plan).is_file():
            return folder
    return Path.cwd()
