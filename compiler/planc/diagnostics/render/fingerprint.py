"""What a finding is known by from one run to the next, while lines above it come and go.

Not its place, which moves, but its code, its file, its words and the text of its line; findings
that share all of that are numbered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256

from planc.diagnostics.diagnostic import Diagnostic
from planc.source.file import SourceFile


def fingerprints(
    diagnostics: Iterable[Diagnostic], sources: Mapping[str, SourceFile]
) -> list[tuple[Diagnostic, str]]:
    """Return every diagnostic with its fingerprint, unique among them."""
    seen: dict[tuple[str, ...], int] = {}
    found = []
    for item in diagnostics:
        source = sources.get(item.span.path)
        line = source.line(item.span.line).strip() if source else ""
        words = (item.code, item.span.path, item.message, line)
        seen[words] = seen.get(words, 0) + 1
        text = "\0".join((*words, str(seen[words])))
        found.append((item, sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:32]))
    return found
