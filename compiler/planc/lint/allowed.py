"""`allow RULE "reason"`: a finding that is meant, said where it stands.

In a scenario it speaks of that scenario, at the top of a file of the whole file. `allow weaker` is
`planc diff`'s and none of our business. A fix never touches what is allowed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from planc.diagnostics import Diagnostic
from planc.lint.subject import File
from planc.source import Span
from planc.syntax import nodes as n

OF_DIFF = "weaker"


@dataclass
class Said:
    """One `allow`, and whether there was anything to allow."""

    rule: str
    reason: str
    span: Span
    name_span: Span
    within: Span | None
    """The scenario it stands in; None for the whole file."""
    used: int = 0


@dataclass
class Allows:
    """All that the files of a run allow."""

    said: list[Said] = field(default_factory=list)

    @classmethod
    def of(cls, files: Iterable[File]) -> Allows:
        found = cls()
        for file in files:
            for node, within in _lines(file.tree):
                if node.rule.id != OF_DIFF:
                    reason = "".join(part for part in node.reason.parts if isinstance(part, str))
                    found.said.append(
                        Said(node.rule.id, reason.strip(), node.span, node.rule.span, within)
                    )
        return found

    def accept(self, diagnostic: Diagnostic) -> bool:
        """Say whether a finding is allowed; the innermost `allow` gets the credit."""
        fitting = [each for each in self.said if _speaks(each, diagnostic)]
        for each in sorted(fitting, key=lambda each: each.within is None)[:1]:
            each.used += 1
        return bool(fitting)


def _lines(tree: n.File) -> Iterator[tuple[n.Allow, Span | None]]:
    for node in tree.declarations:
        if isinstance(node, n.Allow):
            yield node, None
        elif isinstance(node, n.Scenario):
            yield from ((each, node.span) for each in node.body if isinstance(each, n.Allow))


def _speaks(said: Said, of: Diagnostic) -> bool:
    if said.rule != of.code or said.span.path != of.span.path:
        return False
    return said.within is None or _inside(of.span, said.within)


def _inside(span: Span, outer: Span) -> bool:
    return outer.start <= span.start <= outer.end


def unused(said: Sequence[Said], ran: Iterable[str]) -> list[Said]:
    """Return what allowed nothing although its rule looked."""
    rules = set(ran)
    return [each for each in said if not each.used and each.rule in rules]
