"""docs/reference/backends.md: the table of backends and abilities, made from the vocabulary.

python -m planc.vocabulary.backends.reference FOLDER
"""

from __future__ import annotations

import argparse
from itertools import groupby
from pathlib import Path

from planc.vocabulary.backends import ABILITIES, BACKENDS, Rung
from planc.vocabulary.faults import FAULTS

FILE = "backends.md"
BESIDE_FAULTS = {
    "probe": "expectations on `memory`, `files`, ...",
    "ipv6": "`{node.ip6}`",
    "multicast": "datagrams to many",
    "retransmit": "`retransmit D` of a cluster",
}
"""What needs an ability that no fault does."""
_MARKS = {"exact": "exact", "approximate": "approx.", "not possible": "-"}
_HEAD = """# Backends: what can be done on which

<!-- Made from compiler/planc/vocabulary/backends: python -m planc.vocabulary.backends.reference -->

*exact*: to the system it is the real thing. *approx.*: it has the effect, with the difference that
stands below. *-*: not possible there; `planc check --on BACKEND` says so, and scenarios that need
it are skipped with the reason. Every entry is held against the conformance suite, which
exercises each ability on each backend and rung.

`planc doctor` tells on which rung this machine stands, and what would lift it.
"""


def render() -> str:
    columns = [(_title(name, rung), rung) for name, rung in _rungs()]
    lines = [_HEAD, _row(["ability", "statements", *(title for title, _ in columns)])]
    lines.append(_row(["---"] * (len(columns) + 2)))
    for ability in ABILITIES:
        fits = [_MARKS[rung.ways[ability].fit] for _, rung in columns]
        lines.append(_row([f"`{ability}`", _statements(ability), *fits]))
    for name, backend in BACKENDS.items():
        lines += ["", f"## {name}: {backend.title}", ""]
        if len(backend.rungs) > 1:
            lines += ["| rung | what | needs |", "| --- | --- | --- |"]
            lines += [_row([f"`{r.name}`", r.title, r.needs]) for r in backend.rungs]
            lines.append("")
        lines += [line for ability in ABILITIES for line in _means(ability, backend.rungs)]
    return "\n".join(lines) + "\n"


def _rungs() -> list[tuple[str, Rung]]:
    return [(name, rung) for name, backend in BACKENDS.items() for rung in backend.rungs]


def _title(backend: str, rung: Rung) -> str:
    return backend if rung.name == backend else f"{backend}: {rung.name}"


def _statements(ability: str) -> str:
    forms = [word.form.replace("|", "\\|") for word in FAULTS.values() if word.ability == ability]
    return "; ".join(f"`{form}`" for form in forms) or BESIDE_FAULTS[ability]


def _means(ability: str, rungs: tuple[Rung, ...]) -> list[str]:
    """Return a line for each group of neighbouring rungs that do it alike."""
    groups = [(way, [*alike]) for way, alike in groupby(rungs, lambda rung: rung.ways[ability])]
    if len(groups) == 1:
        way = groups[0][0]
        return [f"- `{ability}`, {way.fit}: {way.means}"]
    return [
        f"- `{ability}` on {', '.join(rung.name for rung in alike)}, {way.fit}: {way.means}"
        for way, alike in groups
    ]


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_text(render(), "utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        "python -m planc.vocabulary.backends.reference", description="Write the table of backends."
    )
    parser.add_argument("folder", type=Path, help="where the page goes, such as docs/reference")
    main(parser.parse_args().folder)
