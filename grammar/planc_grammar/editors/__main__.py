"""`python -m planc_grammar.editors`: write what is made from the grammar, and say what is left."""

from __future__ import annotations

import argparse
import sys

from planc_grammar.editors.files import files, make_parser


def main() -> int:
    parser = argparse.ArgumentParser(
        "python -m planc_grammar.editors",
        description="Write what editors know of the language, from its grammar.",
    )
    parser.parse_args()
    for path, text in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    missing = make_parser()
    if missing:
        print(missing, file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
