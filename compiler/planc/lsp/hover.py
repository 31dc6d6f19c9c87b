"""Hover: what a name stands for, what a value comes to, what the language says of a word."""

from __future__ import annotations

from planc import model as m
from planc.lsp.documentation import (
    about_expectations,
    about_fault,
    about_function,
    about_keyword,
    about_measure,
    about_property,
    about_unit,
    fenced,
)
from planc.lsp.linting import about_rule
from planc.lsp.navigation import meaning_at
from planc.lsp.project import Meaning, Project
from planc.lsp.values import Values, scalar, shown
from planc.lsp.view import Placed, View
from planc.syntax.words import Word
from planc.vocabulary import FAULTS, MEASURES, UNITS

_FACTS = 12
"""Lines of a declaration that are shown."""


def hover(project: Project, path: str, offset: int) -> tuple[str, int, int] | None:
    """Return Markdown for a place, and the stretch that it is about."""
    found = meaning_at(project, path, offset)
    if found is not None:
        site, meaning = found
        if text := about_name(project, site.view, site.placed, meaning):
            return text, site.start, site.end
    view = project.view(path)
    placed = view.at(offset)
    word = _word_at(placed, offset - placed.start)
    if word is None:
        return None
    text = about_word(placed, word)
    return (text, placed.start + word.start, placed.start + word.end) if text else None


def _word_at(placed: Placed, offset: int) -> Word | None:
    words = placed.piece.words
    return next((each for each in words if each.start <= offset <= each.end
                 and each.kind not in ("_NL", "_ROW", "TEXT")), None)  # fmt: skip


# --- names --------------------------------------------------------------------------------------


def about_name(project: Project, view: View, placed: Placed, meaning: Meaning) -> str:
    """Describe what a name stands for; "" when there is nothing to say."""
    match meaning.kind:
        case "function":
            return about_function(meaning.name)
        case "backend" | "outcome" | "word" | "field" | "severity" | "route" | "hook":
            return ""
        case "rule":
            return about_rule(meaning.name)
        case "tag" | "cover" | "label":
            return f"{meaning.kind} `{meaning.name}`"
    if ":" in meaning.owner:
        return _local(project, view, placed, meaning)
    if meaning.owner:
        return _member(project, meaning)
    return _declared(project, meaning)


def _local(project: Project, view: View, placed: Placed, meaning: Meaning) -> str:
    start = int(meaning.owner.partition(":")[2])
    local = view.local(placed, start)
    if local is None:
        return ""
    line = placed.piece.source.line(placed.piece.source.line_and_column(start)[0]).strip()
    parts = [f"{meaning.kind} `{meaning.name}`", fenced(line)]
    if meaning.kind == "variable" and (value := _bound(project, view, placed, meaning.name)):
        parts.append(value)
    return "\n\n".join(parts)


def _bound(project: Project, view: View, placed: Placed, name: str) -> str:
    """Say what a `let` of a scenario comes to, where the plan fixes it."""
    found = Values(project, view).scenario(placed)
    for each in m.walk(found[0]) if found else ():
        if isinstance(each, m.Bind) and each.name == name and each.value is not None:
            return _valued(each.value)
    return ""


def _valued(value: m.Expression) -> str:
    text = shown(value)
    return f"= {text} ({value.type})" if text else f"a {value.type}" * (value.type != "any")


def _member(project: Project, meaning: Meaning) -> str:
    place = project.defined_at(meaning)
    if place is None:
        return ""
    view, start, _ = place
    line = view.source.line(view.source.line_and_column(start)[0]).strip()
    return f"{meaning.kind} of `{meaning.owner}` ({view.path})\n\n{fenced(line)}"


def _declared(project: Project, meaning: Meaning) -> str:
    view = project.view(meaning.path)
    found = view.symbols.get(meaning.name)
    if meaning.kind == "alias" or found is None:
        paths = [path for path, alias in project.used(view).items() if alias == meaning.name]
        return f"library `{paths[0]}`" if paths else ""
    parts = [f"{meaning.kind} `{meaning.name}` ({view.path})"]
    if comment := comment_above(view.source.text, found.start):
        parts.append(comment)
    node = found.declaration.node
    text = found.placed.piece.text[node.span.start : node.span.end].splitlines()
    more = ["  ..."] if len(text) > _FACTS else []
    parts.append(fenced("\n".join([*text[:_FACTS], *more])))
    model = Values(project, view).declaration(meaning.name)
    if fact := _fact(model):
        parts.append(fact)
    return "\n\n".join(parts)


def _fact(model: m.Declaration | None) -> str:
    """Say what the compiler has found out about a declaration."""
    match model:
        case m.Let(value=value):
            return _valued(value)
        case m.Cluster(node_names=names) if names:
            many = len(names) > 8
            return f"nodes: {', '.join(names[:8])}{', ...' if many else ''} ({len(names)})"
        case m.Workload(rate=m.Rate(start=start)):
            return f"an open loop at {shown(start)}" if shown(start) else "an open loop"
        case m.Workload():
            return "a closed loop: each client waits for its answer"
    return ""


def comment_above(text: str, start: int) -> str:
    """Return the comment lines directly above the line in which `start` lies."""
    lines: list[str] = []
    end = text.rfind("\n", 0, start)
    while end > 0:
        begin = text.rfind("\n", 0, end) + 1
        line = text[begin:end].strip()
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("# "))
        end = begin - 1
    return "\n".join(reversed(lines))


# --- words of the language ----------------------------------------------------------------------


def about_word(placed: Placed, word: Word) -> str:
    """Describe a keyword, a quantity, or a word of one of the closed sets."""
    if word.kind == "QUANTITY":
        return _quantity(word.text)
    if not word.text[0].isalpha():
        return ""
    statement = _statement_of(placed, word)
    if statement and word.kind in ("DASHED", "NAME"):
        return about_property(word.text)
    first = statement[0].text if statement else ""
    if text := _fault(statement, word):
        return text
    if text := _measure(statement, word):
        return text
    return about_keyword(word.text, first, _block_of(placed, word))


def _measure(statement: list[Word], word: Word) -> str:
    """Describe an expectation by the words that it has to itself."""
    if not any(each.kind == "EXPECT" for each in statement) or word not in statement:
        return ""
    texts, at = [each.text for each in statement], statement.index(word)
    if word.text in (*_OF_METRICS, "metric") and "metric" in texts[at : at + 3]:
        return about_measure("metric")
    for name in sorted(MEASURES, key=len, reverse=True):
        said = name.split()
        starts = range(max(at - len(said) + 1, 0), at + 1)
        if any(texts[start : start + len(said)] == said for start in starts):
            return about_measure(name)
    return about_expectations() if texts[2:4] == ["log", "line"] and at < 5 else ""


_OF_METRICS = ("increase", "rate", "max", "min", "mean")


def _fault(statement: list[Word], word: Word) -> str:
    """Describe a fault by the first words of its form."""
    index = statement.index(word) if word in statement else -1
    after = statement[index + 1].text if 0 <= index < len(statement) - 1 else ""
    for kind in (f"{word.text}_{after}", word.text, f"{word.text}_{after}s"):
        if kind in FAULTS and FAULTS[kind].form.startswith(word.text):
            return about_fault(kind)
    return ""


def _statement_of(placed: Placed, word: Word) -> list[Word]:
    found: list[Word] = []
    for each in placed.piece.words:
        if each.kind in ("_NL", "LBRACE"):
            if each.start > word.start:
                break
            found = []
        else:
            found.append(each)
    return found


def _block_of(placed: Placed, word: Word) -> str:
    """Return the kind of the outermost block in which a word stands."""
    item = next((each for each in placed.piece.items
                 if each.span.start <= word.start < each.span.end), None)  # fmt: skip
    is_head = item is None or word.start == item.span.start
    return "declaration" if is_head else type(item).__name__.lower()


def _quantity(text: str) -> str:
    digits = text.rstrip("".join(set("".join(UNITS))))
    unit = text[len(digits) :]
    found = UNITS.get(unit)
    if found is None:
        return ""
    try:
        value = float(digits.replace("_", "")) * found.factor
    except ValueError:
        return ""
    same = scalar(value, found.type)
    more = f" = {value:.9g} s" if found.type == "duration" and same == text else f" = {same}"
    return f"`{text}`{more}: {about_unit(unit)}"
