"""The reference of the language, made from the grammar's own comments.

In plan.lark a comment `// doc: TITLE [PLACE]` explains the rules below it: prose, and an example
that is indented. A line `// --- NAME ---` begins a page. PLACE says where the example could stand,
so that a test can parse it. What the pages show is what the parser is made from.

    python -m planc_grammar.reference FOLDER
"""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass, field
from pathlib import Path

_SECTION = re.compile(r"// --- (.+?) -+$")
_DOC = re.compile(r"// doc: (.+?) \[(\w+)\]$")
_ALIAS = re.compile(r"\s*->\s*\w+\s*$")

CONTEXTS = {
    "file": "{}\n",
    "declaration": 'plan "example"\n{}\n',
    "service": 'plan "example"\nservice example {{\n{}\n}}\n',
    "scenario": 'plan "example"\nscenario "example" {{\n{}\n}}\n',
    "statement": 'plan "example"\nscenario "example" {{\n{}\n}}\n',
    "expression": 'plan "example"\nscenario "example" {{\n{}\n}}\n',
}
"""By PLACE, the file an example becomes a part of."""


@dataclass(slots=True)
class Entry:
    title: str
    place: str
    prose: list[str] = field(default_factory=list)
    example: list[str] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    """The lines of the grammar it explains."""

    @property
    def plan(self) -> str:
        """The example as a whole file."""
        lines = self.example
        if self.place == "expression":
            joined = "\n".join(lines)
            starts = [line for line in lines if not line.startswith((" ", 'lines"'))]
            for number, start in enumerate(starts):
                joined = joined.replace(start, f"let example{number} = {start}", 1)
            lines = joined.split("\n")
        return CONTEXTS[self.place].format("\n".join(lines))


@dataclass(slots=True)
class Page:
    name: str
    entries: list[Entry] = field(default_factory=list)

    @property
    def file_name(self) -> str:
        return re.sub(r"\W+", "-", self.name) + ".md"


def read_pages(grammar: str | None = None) -> list[Page]:
    """Return the pages of the reference, in the order of the grammar."""
    if grammar is None:
        grammar = Path(__file__).with_name("plan.lark").read_text("utf-8")
    pages: list[Page] = []
    entry: Entry | None = None
    for line in grammar.splitlines():
        bare = line.strip()
        if section := _SECTION.match(bare):
            pages.append(Page(section[1]))
            entry = None
        elif doc := _DOC.match(bare):
            entry = Entry(doc[1], doc[2])
            pages[-1].entries.append(entry)
        elif entry is not None:
            _add(entry, bare)
    return [page for page in pages if page.entries]


def _add(entry: Entry, line: str) -> None:
    if line.startswith("//     "):
        entry.example.append(line.removeprefix("//     "))
    elif line.startswith("//"):
        entry.prose.append(line.removeprefix("//").strip())
    elif line:
        entry.rules.append(line)


def render(page: Page) -> str:
    """Return a page as Markdown."""
    parts = [f"# {page.name[0].upper()}{page.name[1:]}", ""]
    parts += [
        "<!-- Made from grammar/planc_grammar/plan.lark: python -m planc_grammar.reference -->",
        "",
    ]
    for entry in page.entries:
        parts += [f"## {entry.title}", "", *_without_edges(entry.prose), ""]
        parts += ["```plan", *entry.example, "```", ""]
        forms = [] if entry.place == "expression" else _forms(entry.rules)
        if forms:
            parts += ["Forms:", "", "```text", *forms, "```", ""]
    return "\n".join(parts).rstrip() + "\n"


def _without_edges(lines: list[str]) -> list[str]:
    return "\n".join(lines).strip().split("\n")


def _forms(rules: list[str]) -> list[str]:
    """Return the alternatives of the rules as a reader can use them: keywords bare, parts in <>."""
    forms = []
    for line in rules:
        body = re.sub(r"^\??_?\w+(\{\w+\})?:\s*", "", line)
        body = _ALIAS.sub("", re.sub(r"^\|\s*", "", body))
        if not line.startswith(("?", "|", "_")) and not re.match(r"\w+(\{\w+\})?:", line):
            continue
        form = _readable(body)
        if form and form != "<BROKEN>":
            forms.append(form)
    return forms


def _readable(body: str) -> str:
    def word(match: re.Match[str]) -> str:
        if match[1] is not None:
            return match[1]
        return _PARTS.get(match[2], f"<{match[2].lower().strip('_').replace('_', ' ')}>")

    body = re.sub(r"_items\{(\w+)\}", r"\1*", body)
    return re.sub(r'"([^"]*)"|(\w+)', word, body)


_PARTS = {
    "BROKEN": "<BROKEN>",
    "expr": "<value>",
    "name": "<name>",
    "NAME": "<name>",
    "TEXT": "<text>",
    "id": "<name>",
    "ids": "<names>",
    "dotted": "<name>",
    "plain": "<name>",
    "_RECORD": "{",
    "_ROW": "|",
}


def render_index(pages: list[Page]) -> str:
    """Return the page that lists the others."""
    parts = ["# The language, construct by construct", ""]
    parts += [
        "<!-- Made from grammar/planc_grammar/plan.lark: python -m planc_grammar.reference -->",
        "",
    ]
    parts += [
        f"- [{page.name}]({page.file_name}): {'; '.join(entry.title for entry in page.entries)}"
        for page in pages
    ]
    return "\n".join(parts) + "\n"


def render_all() -> dict[str, str]:
    """Return every file of the reference by its name."""
    pages = read_pages()
    return {"README.md": render_index(pages)} | {page.file_name: render(page) for page in pages}


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in render_all().items():
        (folder / name).write_text(text, "utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        "python -m planc_grammar.reference", description="Write the reference of the language."
    )
    parser.add_argument("folder", type=Path, help="where the pages go, such as docs/reference")
    main(parser.parse_args().folder)
