"""A comparison as Markdown: the comment under a pull request, folded plan by plan.

Plans that are weaker come first, and a handful of them is unfolded. Text of a plan is text here:
whatever Markdown or HTML would make of it is escaped, because a plan may come from a stranger's
fork. GitHub takes comments of up to 65,536 characters; what is longer ends with a count of what is
left out.
"""

from __future__ import annotations

import re

from planc.diff.change import Change, Verdict
from planc.diff.compare import Comparison
from planc.diff.render import Context
from planc.diff.render.words import by_plan, places, reach, summary

_LONGEST = 60_000
_UNFOLDED = 5
"""Weaker plans that a reader sees whole at once; of more than that the heads are told first."""
_SIGNS = {
    Verdict.WEAKER: "🔴 weaker",
    Verdict.DIFFERENT: "🟡 different",
    Verdict.STRONGER: "🟢 stronger",
    Verdict.NEUTRAL: "⚪ neutral",
}
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~@$:<>&-])")
_LEGEND = (
    "<sub>Weaker: some system passes now that did not pass before. One that is meant says so where "
    'it is made, <code>allow weaker "reason"</code>; a plan that is gone, under '
    "<code>removed</code> in planc.yaml.</sub>\n"
)
MARK = "<!-- planc diff -->"
"""By which the next run finds its own comment."""


def render(comparison: Comparison, context: Context) -> str:
    head = [MARK, "### What has changed in the plans", ""]
    plans = by_plan(comparison)
    spread = f" in {len(plans)} files" if len(plans) > 1 else ""
    sentence = f"**{summary(comparison)}**{spread} against {code(context.against)}"
    open_ = sum(each.counts for each in comparison.changes)
    allowed = comparison.count(Verdict.WEAKER) - open_
    if allowed:
        sentence += f"; {allowed} of the weaker ones allowed by their author"
    head += [f"{sentence}.", "", *(f"> {escape(note)}\n" for note in context.notes)]
    blocks = _broken(comparison)
    weaker = [plan for plan, changes in plans.items() if any(each.counts for each in changes)]
    for plan in dict.fromkeys([*weaker, *plans]):
        shown = plan in weaker and len(weaker) <= _UNFOLDED
        blocks.append(_plan(comparison, plan, plans[plan], shown))
    return _fitted(head, blocks) + (f"\n{_LEGEND}" if weaker else "")


def _fitted(head: list[str], blocks: list[str]) -> str:
    text = "\n".join(head)
    for number, block in enumerate(blocks):
        if len(text) + len(block) > _LONGEST:
            return f"{text}\n... and {len(blocks) - number} further plans: run `planc diff`.\n"
        text += f"\n{block}"
    return text


def _plan(comparison: Comparison, plan: str, changes: list[Change], unfolded: bool) -> str:
    title = dict(comparison.titles).get(plan, "")
    counts = summary(Comparison(tuple(changes)))
    head = f"<code>{html(plan)}</code> {html(title)}: {counts}"
    lines = [f"<details{' open' if unfolded else ''}><summary>{head}</summary>", ""]
    lines += ["| | lines | what |", "| --- | --- | --- |"]
    lines += [_row(each) for each in changes]
    return "\n".join([*lines, "", "</details>", ""])


def _row(change: Change) -> str:
    words = [worded(change.subject)]
    if change.old and change.old == change.new:
        words[0] += f": {code(change.new)}"
    elif change.old and change.new:
        words[0] += f": {code(change.old)} → {code(change.new)}"
    elif change.old or change.new:
        gone = "removed" if change.old else "added"
        words[0] += f": {gone} {code(change.old or change.new)}"
    if change.scenario is not None:
        words.insert(0, f"*{escape(change.scenario)}*")
    if reached := reach(change, all=True):
        words.append(escape(reached))
    if change.allowed is not None:
        words.append(f"allowed: “{escape(change.allowed.reason)}”")
    return f"| {_SIGNS[change.verdict]} | {_lines(change)} | {'<br>'.join(words)} |"


def _lines(change: Change) -> str:
    """Return the lines of both sides, once where they are the same."""
    old, new = places(change).split(" -> ")
    if old == new:
        return escape(new)
    before, after = ("–" if each == "-" else escape(each) for each in (old, new))
    return f"{before} → {after}"


def _broken(comparison: Comparison) -> list[str]:
    rows = [
        f"- {code(each.path)} has errors in its {each.side} form: "
        f"{worded(each.diagnostics[0].message)} (line {each.diagnostics[0].span.line})"
        for each in comparison.broken
    ]
    return ["\n".join(["Not compared:", "", *rows, ""])] if rows else []


# --- text of a stranger -------------------------------------------------------------------------


def plain(text: str) -> str:
    """Return a text in one line, with everything visible that would not be."""
    return "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in " ".join(text.split()))


def escape(text: str) -> str:
    return _escaped(plain(text))


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text).replace("\\<", "&lt;").replace("\\&", "&amp;")


def worded(text: str) -> str:
    """Return one of planc's own sentences; what it has in back quotes is code."""
    parts = plain(text).split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return "".join(code(each) if n % 2 else _escaped(each) for n, each in enumerate(parts) if each)


def html(text: str) -> str:
    shown = plain(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return shown.replace("@", "&#64;")


def code(text: str) -> str:
    """Return a text as code, whatever back quotes and bars are in it."""
    shown = plain(text).replace("|", "\\|")
    longest = max((len(each) for each in re.findall("`+", shown)), default=0)
    fence = "`" * (longest + 1)
    space = " " if "`" in shown else ""
    return f"{fence}{space}{shown}{space}{fence}"
