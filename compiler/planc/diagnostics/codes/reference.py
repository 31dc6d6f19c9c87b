"""docs/reference/diagnostics.md: every diagnostic with its long form, made from the table of codes.

A code is its own anchor: `diagnostics.md#plc0301` is permanent, as the code is.

    python -m planc.diagnostics.codes.reference FOLDER
"""

from __future__ import annotations

import argparse
from itertools import groupby
from pathlib import Path

from planc.diagnostics.codes import Code, all_codes

FILE = "diagnostics.md"
_HEAD = """# Diagnostics

<!-- Made from compiler/planc/diagnostics/codes: python -m planc.diagnostics.codes.reference -->

Every mistake that planc finds has a code, which is permanent. `planc explain CODE` prints what
stands here. What `planc check` shows beside it is the place in the plan, what is wrong there, and
what to write instead.
"""
_RANGES = {
    "source": "The file itself",
    "syntax": "The form of a statement",
    "names": "Names",
    "types": "Types and units",
    "declarations": "Declarations",
    "scenarios": "Scenarios, faults, expectations",
    "backends": "What a backend cannot do",
    "compile": "Writing the generated modules",
    "diff": "Comparing plans",
}


def render() -> str:
    codes = list(all_codes().values())
    parts = [_HEAD]
    for name, group in groupby(codes, lambda code: code.range):
        entries = list(group)
        first, last = entries[0].code, entries[-1].code
        parts += [f"## {_RANGES.get(name, name.capitalize())} ({first} to {last})\n"]
        parts += [_entry(code) for code in entries]
    return "\n".join(parts).rstrip() + "\n"


def _entry(code: Code) -> str:
    return f"### {code.code}\n\n**{code.title}** (`{code.name}`)\n\n{code.explain}"


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_text(render(), "utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        "python -m planc.diagnostics.codes.reference",
        description="Write the reference of diagnostics.",
    )
    parser.add_argument("folder", type=Path, help="where the page goes, such as docs/reference")
    main(parser.parse_args().folder)
