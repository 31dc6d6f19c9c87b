"""One run of the linter: every wanted rule over every subject, less what is allowed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from planc.diagnostics import Diagnostic, Diagnostics, Edit, did_you_mean
from planc.lint.allowed import OF_DIFF, Allows, Said, unused
from planc.lint.names import without
from planc.lint.registry import Selection
from planc.lint.rule import Finding, Rule
from planc.lint.subject import File, Subject

UNUSED, UNKNOWN, EMPTY = "unused-allow", "unknown-rule", "allow-without-reason"


class RuleFailed(Exception):
    """A rule that a package brought has raised an exception."""

    def __init__(self, rule: Rule, error: Exception) -> None:
        self.message = f"the lint rule `{rule.name}` failed: {type(error).__name__}: {error}"
        self.help = f"it comes from `{rule.origin}`; --ignore {rule.name} goes on without it"
        super().__init__(self.message)


def lint(
    plans: Iterable[Subject], files: Iterable[File], selection: Selection | None = None
) -> Diagnostics:
    """Look at plans, and at files for themselves (libraries too); raises UnknownRule.

    A finding in a library that no file of the run is stays unsaid: it is for those who own it.
    """
    chosen = selection or Selection()
    rules = chosen.rules()
    files, plans = list(files), list(plans)
    own = {file.path for file in files}
    allows = Allows.of(files)
    found = [
        each
        for each in Diagnostics(_findings(rules, plans, files))
        if each.span.path in own and not allows.accept(each)
    ]
    found += _of_allows(rules, chosen, allows, {each.path: each for each in files})
    return Diagnostics(found)


def _findings(rules: list[Rule], plans: list[Subject], files: list[File]) -> Iterator[Diagnostic]:
    for rule in rules:
        subjects: list[Subject] | list[File] = plans if rule.scope == "plan" else files
        if rule.scope == "allow":
            continue
        for subject in subjects:
            yield from _findings_of(rule, subject)


def _findings_of(rule: Rule, subject: Subject | File) -> list[Diagnostic]:
    """Call a rule; one that somebody else brought may be wrong itself, and is named then."""
    try:
        return [rule.diagnostic(finding) for finding in rule.check(subject)]
    except Exception as error:
        if rule.origin == "planc":
            raise
        raise RuleFailed(rule, error) from error


# --- what the plans allow -----------------------------------------------------------------------


def _of_allows(
    rules: list[Rule], selection: Selection, allows: Allows, files: dict[str, File]
) -> Iterator[Diagnostic]:
    """Yield what is wrong with the `allow`s themselves; nothing allows that."""
    known = selection.known()
    ran = {each.name: each for each in rules}
    idle = unused(allows.said, ran)
    for said in allows.said:
        if said.rule not in known and UNKNOWN in ran:
            yield ran[UNKNOWN].diagnostic(_unknown(said, known))
        elif not said.reason and EMPTY in ran:
            yield ran[EMPTY].diagnostic(_reasonless(said))
        if said in idle and UNUSED in ran:
            yield ran[UNUSED].diagnostic(_unused(said, files[said.span.path]))


def _unknown(said: Said, known: Iterable[str]) -> Finding:
    meant = did_you_mean(said.rule, [*known, OF_DIFF])
    return Finding(
        said.name_span,
        f"there is no lint rule `{said.rule}`",
        help=meant or "`planc lint --list` shows all rules",
        fix=(Edit(said.name_span, meant.split("`")[1]),) if meant else (),
    )


def _unused(said: Said, file: File) -> Finding:
    where = "scenario" if said.within else "file"
    return Finding(
        said.span,
        f"`allow {said.rule}` allows nothing: the rule finds nothing in this {where}",
        help="remove the line",
        fix=(Edit(without(file, said.span), ""),),
    )


def _reasonless(said: Said) -> Finding:
    return Finding(
        said.span,
        f"`allow {said.rule}` gives no reason",
        help="say to the next reader why this is meant",
    )
