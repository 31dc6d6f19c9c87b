"""The keywords by their role, for those who show plans and do not parse them.

`words.json` is made from the grammar: `python -m planc_grammar.editors`.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path


@cache
def load_words() -> dict[str, tuple[str, ...]]:
    """Return the keywords of each role; see `planc_grammar.editors.lexicon`."""
    raw = json.loads(Path(__file__).with_name("words.json").read_text("utf-8"))
    return {role: tuple(words) for role, words in raw.items()}
