"""What the language's own documentation says of a word.

The reference is made from comments of the grammar; a word at the cursor is looked up in the same
comments, by the rules that they explain.
"""

from __future__ import annotations

import re
from functools import cache

from planc.vocabulary import (
    BACKENDS,
    FAULTS,
    FUNCTIONS,
    HISTORY_PROPERTIES,
    MEASURES,
    UNITS,
)
from planc_grammar.reference import Entry, read_pages

_FIRST = re.compile(r'(?:^|\||:)\s*"(\w+)"')
_ANY = re.compile(r'"([a-z]\w*)"')


@cache
def _entries() -> dict[str, list[Entry]]:
    """Return the entries by each word that begins one of their rules, then by all others."""
    firsts: dict[str, list[Entry]] = {}
    others: dict[str, list[Entry]] = {}
    for page in read_pages():
        for entry in page.entries:
            for rule in entry.rules:
                for word in _FIRST.findall(rule):
                    firsts.setdefault(word, []).append(entry)
                for word in _ANY.findall(rule):
                    others.setdefault(word, []).append(entry)
    return {word: firsts.get(word) or others[word] for word in {**others, **firsts}}


def about_keyword(word: str, statement: str = "", block: str = "") -> str:
    """Return what the reference says of a keyword, as Markdown; "" for what it does not know.

    `statement` is the word that begins the statement, `block` that of the block around it: a
    `timeout` of a client is another one than that of a scenario.
    """
    found = _entries().get(word, [])
    if not found and statement:
        found = _entries().get(statement, [])
    if not found:
        return ""
    return _shown(next((each for each in found if each.place == block), found[0]))


def about_expectations() -> str:
    """Return what the reference says of all that can be expected."""
    entries = (entry for page in read_pages() for entry in page.entries)
    return next(_shown(entry) for entry in entries if entry.title == "expect")


def _shown(entry: Entry) -> str:
    prose = " ".join(entry.prose)
    return f"**{entry.title}**\n\n{prose}\n\n{fenced(chr(10).join(entry.example))}"


def about_fault(kind: str) -> str:
    fault = FAULTS[kind]
    able = [name for name, backend in BACKENDS.items() if fault.ability in backend.abilities]
    where = (
        "needs a service with a hook for it" if fault.ability == "hooks" else
        f"can be done on {', '.join(able)}" if able else "no backend of ours can do it"
    )  # fmt: skip
    kept = "" if fault.lasts else "; it leaves nothing to be mended"
    return f"{fenced(fault.form)}\n\nA fault of the {fault.category}: {where}{kept}."


def about_function(name: str) -> str:
    function = FUNCTIONS.get(name)
    if function is None:
        return ""
    more = " ..." if function.variadic else ""
    by = " [by FIELD]" if function.by else ""
    listed = ", ".join(function.parameters)
    when = "\n\nIt looks at the running nodes." if function.needs == "world" else ""
    return fenced(f"{name}({listed}{more}{by}) -> {function.returns}") + when


def about_property(name: str) -> str:
    found = HISTORY_PROPERTIES.get(name)
    return f"**history is {name}**: {found.meaning}." if found else ""


def about_measure(name: str) -> str:
    found = MEASURES.get(name)
    if found is None:
        return ""
    unit = f", a {found.type}" if found.type != "any" else ""
    return f"{fenced(found.form)}\n\nA measure of the run{unit}: {found.meaning}."


def about_unit(unit: str) -> str:
    found = UNITS.get(unit)
    return f"a {found.type}" if found else ""


def fenced(text: str) -> str:
    return f"```plan\n{text}\n```"
