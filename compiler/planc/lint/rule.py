"""What a lint rule is: a permanent name, its documentation, and a check.

The name says what the rule forbids and is what a plan writes after `allow`; there is no number
beside it. Documentation stands where the check does: the module's docstring says why a reviewer
would object, `bad` and `good` are scenarios or declarations that the tests run.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from textwrap import dedent, indent
from typing import TYPE_CHECKING, Any, Literal

from planc.diagnostics import Code, Diagnostic, Edit, Related, Severity
from planc.source import Span

if TYPE_CHECKING:
    from planc.lint.subject import File, Subject

Scope = Literal["plan", "file", "allow"]
"""What a check is given: a resolved plan, the tree of one file (libraries too), or nothing, because
the linter itself knows: whether an `allow` did anything."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule has to say; `message` is a sentence without a final point."""

    span: Span
    message: str
    label: str = ""
    help: str = ""
    notes: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    fix: tuple[Edit, ...] = ()
    """Edits after which the plan means the same and the finding is gone."""


Check = Callable[[Any], Iterable[Finding]]


@dataclass(frozen=True)
class Rule:
    name: str
    """Permanent, lower-case words joined by dashes."""
    summary: str
    """One line: what the rule finds."""
    why: str
    """Markdown: why a reviewer objects, and what to do about it."""
    bad: str
    good: str
    severity: Severity
    fixable: bool
    """Whether some of its findings bring a fix; a fix is always safe."""
    scope: Scope
    check: Check
    origin: str = "planc"
    """The package that brings it."""

    def code(self) -> Code:
        """Return what renderings tell of the rule."""
        return Code(self.name, self.name, self.summary, self.text(), "lint")

    def text(self) -> str:
        """Return the long form, in Markdown, with what is found and what is not."""
        bad, good = (indent(each, "    ") for each in (self.bad, self.good))
        text = f"{self.why}\n\nFound:\n\n{bad}\n\nNot found:\n\n{good}\n"
        if self.scope != "allow":
            text += f'\nWhere it is meant: `allow {self.name} "reason"`.\n'
        return text + ("\n`planc lint --fix` mends it.\n" if self.fixable else "")

    def diagnostic(self, finding: Finding) -> Diagnostic:
        return Diagnostic(
            self.name,
            finding.message,
            finding.span,
            label=finding.label,
            help=finding.help,
            notes=finding.notes,
            related=finding.related,
            fix=finding.fix,
            severity=self.severity,
        )


def rule(
    name: str,
    summary: str,
    *,
    bad: str,
    good: str,
    severity: Severity = Severity.WARNING,
    fixable: bool = False,
    scope: Scope = "plan",
    why: str = "",
) -> Callable[[Check], Rule]:
    """Make a rule of a check; `why` is the docstring of its module if it is not given.

    With the scope "plan" the check is called with a `Subject`, with "file" with a `File`.
    """

    def make(check: Check) -> Rule:
        words = why or sys.modules[check.__module__].__doc__ or ""
        return Rule(
            name=name,
            summary=summary,
            why=dedent(words).strip(),
            bad=dedent(bad).strip("\n"),
            good=dedent(good).strip("\n"),
            severity=severity,
            fixable=fixable,
            scope=scope,
            check=check,
            origin=check.__module__.partition(".")[0],
        )

    return make


if TYPE_CHECKING:
    PlanCheck = Callable[[Subject], Iterable[Finding]]
    FileCheck = Callable[[File], Iterable[Finding]]
