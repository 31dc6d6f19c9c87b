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

_TIMELINE = kinds("AT ALWAYS NEVER")
_WIDE = kinds("AT WEIGHT EVENTUALLY STAYS")
"""After their moment or weight two spaces, so that one sees where it ends."""
_NAMED = kinds("PARAM SET ENV PLANT ROLE")
_OPERATORS = kinds("AND OR IN CONTAINS MATCHES")


def in_columns(lines: Sequence[Line]) -> list[str]:
    """Return the words of each line as text; neither margins nor comments are there yet."""
    texts = [""] * len(lines)
    for group in _groups(lines):
        if len(group) == 1 and not lines[group[0]].words:
            continue
        for index, text in zip(group, _columns([lines[each] for each in group]), strict=True):
            texts[index] = text
    return texts


def with_comments(lines: Sequence[Line], texts: Sequence[str]) -> Iterator[str]:
    """Yield the lines whole; comments of lines that follow one another stand in one column."""
    for run in _runs_of_comments(lines, texts):
        width = max((len(texts[index]) for index in run if lines[index].comment), default=0)
        for index in run:
            line, text = lines[index], texts[index]
            if not line.comment:
                yield " " * line.indent + text if text else ""
                continue
            gap = " " * (width - len(text) + 2) if text and len(run) > 1 else "  " if text else ""
            yield f"{' ' * line.indent}{text}{gap}{line.comment}".rstrip()


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
    if not line.begins or _key_length(line) == 0:
        return ""
    if kind in _TIMELINE and line.kind in ("RUN", "OVER"):
        return "timeline"
    if kind in ("AT", "WEIGHT", "EVENTUALLY", "STAYS"):
        return kind
    return "operation" if line.kind == "CLIENT" else "setting"


def _key_length(line: Line) -> int:
    """Return how many words stand in the first column; 0 where there are no columns."""
    words, kind = line.words, line.words[0].kind
    length = 0
    if kind in ("ALWAYS", "NEVER"):
        length = 1 if line.kind in ("RUN", "OVER") else 0
    elif kind in ("EVENTUALLY", "STAYS"):
        length = _moment_end(words)
    elif kind in ("AT", "WEIGHT"):
        simple = len(words) > 2 and words[1].kind in ("QUANTITY", "NUMBER", "NAME")
        length = 2 if simple and _begins_statement(words[2]) else 0
    elif line.kind == "CLIENT" and kind == "NAME":
        length = next(index for index, word in enumerate(words) if word.kind == "RPAR") + 1
    elif line.kind in _SETTING_BLOCKS or kind in _SCENARIO_SETTINGS:
        length = 1
    return length if length < len(words) else 0


def _moment_end(words: Sequence[Word]) -> int:
    """Return the number of words of `eventually within 5s`."""
    end = 3
    depth = int(words[2].kind == "LPAR")
    while depth > 0 and end < len(words):
        depth += (words[end].kind == "LPAR") - (words[end].kind == "RPAR")
        end += 1
    while end + 1 < len(words) and words[end].kind == "DOT":
        end += 2
    return end


def _begins_statement(word: Word) -> bool:
    """Tell `at 5s crash n1` from `at 5s + x crash n1` and `at 5s {`."""
    return word.text[0].isalpha() and word.kind not in _OPERATORS


def _columns(lines: Sequence[Line]) -> list[str]:
    form = _form(lines[0])
    if form == "row":
        return _table([_cells(line.words) for line in lines])
    if form == "":
        return [joined(line.words) for line in lines]
    firsts = [joined(line.words[: _key_length(line)]) for line in lines]
    width = max(map(len, firsts)) if form not in ("EVENTUALLY", "STAYS") else 0
    gap = "  " if form in _WIDE or any(line.words[0].kind == "AT" for line in lines) else " "
    return [
        f"{first:<{width}}{gap}{_rest(line, lines)}"
        for first, line in zip(firsts, lines, strict=True)
    ]


def _rest(line: Line, lines: Sequence[Line]) -> str:
    """Return what follows the first column; the names in `param a = 1` have one width too."""
    words = line.words[_key_length(line) :]
    kind = line.words[0].kind
    if len(words) < 2 or kind not in _NAMED:
        return joined(words)
    width = max(len(each.words[1].text) for each in lines if each.words[0].kind == kind)
    return f"{words[0].text:<{width}} {joined(words[1:])}"


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
