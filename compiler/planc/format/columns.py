"""Lines become text: settings, tables and comments that follow one another stand in columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from planc.format.layout import Line
from planc.format.spacing import joined
from planc.syntax.words import Word
from planc_grammar.tables import kinds

_SETTING_BLOCKS = frozenset({"PLAN", "SERVICE", "CLUSTER", "WORKLOAD"})
_SCENARIO_SETTINGS = kinds("COVERS CATCHES TAGS SEVERITY TIMEOUT SEED")


def align(lines: Sequence[Line]) -> str:
    """Return the text of a file."""
    texts = [""] * len(lines)
    for group in _groups(lines):
        for index, text in zip(group, _columns([lines[each] for each in group]), strict=True):
            texts[index] = text
    output: list[str] = []
    for run in _runs_of_comments(lines, texts):
        width = max((len(texts[index]) for index in run if lines[index].comment), default=0)
        for index in run:
            line, text = lines[index], texts[index]
            if line.blank_before:
                output.append("")
            gap = " " * (width - len(text) + 2) if text and len(run) > 1 else "  " if text else ""
            margin = " " * line.indent
            output.append((margin + text + (gap + line.comment if line.comment else "")).rstrip())
    return "\n".join(output) + "\n"


def _groups(lines: Sequence[Line]) -> Iterator[list[int]]:
    """Return the indices of lines that share columns; most lines stand for themselves.

    A group is a run of statements of one form in one block. Blank lines part groups; what goes on
    over several lines, or holds a block, does not.
    """
    groups: dict[int, list[int]] = {}
    for index, line in enumerate(lines):
        form = _form(line)
        group = groups.get(line.block)
        if line.blank_before and group:
            yield groups.pop(line.block)
            group = None
        if not form:
            yield [index]
            if line.begins and group:
                yield groups.pop(line.block)
        elif group and _form(lines[group[-1]]) == form:
            group.append(index)
        else:
            if group:
                yield group
            groups[line.block] = [index]
    yield from groups.values()


def _form(line: Line) -> str:
    """Return what kind of columns a line has: only lines of one kind are aligned."""
    if not line.words:
        return ""
    kind = line.words[0].kind
    if kind == "_ROW":
        return "row"
    if not line.begins or _key_length(line.words, line.kind) == 0:
        return ""
    if line.kind == "CLIENT" or kind in ("AT", "WEIGHT"):
        return kind
    return "setting"


def _key_length(words: Sequence[Word], block: str) -> int:
    """Return how many words stand in the first column; 0 where there are no columns."""
    kind = words[0].kind
    length = 0
    if block == "CLIENT" and kind == "NAME":
        length = next(index for index, word in enumerate(words) if word.kind == "RPAR") + 1
    elif kind in ("AT", "WEIGHT") and len(words) > 2 and words[2].kind not in ("LBRACE", "DOT"):
        length = 2 if words[1].kind in ("QUANTITY", "NUMBER", "NAME") and _is_word(words[2]) else 0
    elif block in _SETTING_BLOCKS or kind in _SCENARIO_SETTINGS:
        length = 1
    return length if length < len(words) and words[length - 1].kind != "LBRACE" else 0


def _is_word(word: Word) -> bool:
    """Say whether a statement begins with this word: `at 5s crash`, not `at 5s + x crash`."""
    return word.text[0].isalpha() and word.text not in ("and", "or", "in", "contains", "matches")


def _columns(lines: Sequence[Line]) -> list[str]:
    if len(lines) == 1 and _form(lines[0]) != "row":
        return [joined(lines[0].words)]
    if _form(lines[0]) == "row":
        return _table([_cells(line.words) for line in lines])
    keys = [_key_length(line.words, line.kind) for line in lines]
    firsts = [joined(line.words[:key]) for line, key in zip(lines, keys, strict=True)]
    width = max(map(len, firsts))
    return [
        f"{first:<{width}} {joined(line.words[key:])}"
        for first, line, key in zip(firsts, lines, keys, strict=True)
    ]


def _cells(words: Sequence[Word]) -> list[str]:
    cells: list[list[Word]] = [[]]
    depth = 0
    for word in words[1:]:
        depth += word.kind in ("LPAR", "LSQB", "_RECORD")
        depth -= word.kind in ("RPAR", "RSQB", "RBRACE")
        if word.kind == "BAR" and depth == 0:
            cells.append([])
        else:
            cells[-1].append(word)
    return [joined(cell) for cell in cells[:-1]]


def _table(rows: list[list[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "| "
        + " | ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        + " |"
        for row in rows
    ]


def _runs_of_comments(lines: Sequence[Line], texts: Sequence[str]) -> Iterator[list[int]]:
    """Return runs of lines; those of a run that end in comments have them in one column."""

    def key(index: int) -> tuple[int, bool, int]:
        line = lines[index]
        shared = bool(line.comment and texts[index] and "\n" not in texts[index])
        return (line.block if shared else -index, shared, line.indent if shared else 0)

    for _, run in groupby(range(len(lines)), key):
        yield list(run)
