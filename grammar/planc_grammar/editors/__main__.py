"""`python -m planc_grammar.editors`: write what is made from the grammar, and say what is left."""

from __future__ import annotations

import sys

from planc_grammar.editors.files import files, make_parser


def main() -> int:
    for path, text in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    missing = make_parser()
    if missing:
        print(missing, file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
