"""The page of all rules, docs/reference/lint.md, made of what stands in their modules.

`python -m planc.lint.reference docs/reference` writes it; a test holds that it is current.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from planc.lint.examples import HEAD, LIBRARY
from planc.lint.registry import all_rules
from planc.lint.rule import Rule

NAME = "lint.md"
_INTRODUCTION = """\
# Lint rules

<!-- Made from compiler/planc/lint/rules: python -m planc.lint.reference docs/reference -->

`planc lint` says what a reviewer who knows distributed systems would ask about plans without
mistakes. Nothing of a plan is run or imported. `planc explain RULE` shows one of the rules.

    planc lint [PATHS]                          every rule
    planc lint --select RULE,... --ignore RULE,...
    planc lint --fix                            mends what it can without a change of meaning
    planc lint --list                           the rules, in a line each

Exit status: 0 nothing found, 1 findings, 2 could not run. Output formats are those of `planc
check`.

A finding that is meant is allowed where it stands, in the scenario or at the top of the file, with
the reason. What is allowed is not mended either. An `allow` that allows nothing is itself found.

    scenario "the vote that was cast twice" {
      allow fixed-seed "the schedule that found it"
      seed  7
    }

For a whole project `planc.yaml` decides:

```yaml
lint:
  ignore: [covers-nothing]        # or select: [...], to have only some
  plugins: [our-rules]            # entry points of installed packages
```

## Rules of your own
A package brings rules as entry points of the group `planc.lint_rules`; a project opts in by the
entry point's name. A rule is a function that is given a resolved plan (`planc.lint.Subject`: the
model, the scenarios laid out in time, the files):

```python
from planc.lint import Finding, rule

@rule("unowned-plan", "A plan that nobody owns", why="...", bad="...", good="...")
def check(plan):
    if not plan.plan.owner:
        yield Finding(plan.file.tree.header.span, "nobody owns this plan", help="add `owner`")
```

"""


def page() -> str:
    """Return the page."""
    rules = list(all_rules().values())
    rows = [f"| [{each.name}](#{each.name}) | {_cell(each.summary)} | {_fix(each)} |"
            for each in rules]  # fmt: skip
    parts = [
        _INTRODUCTION,
        "## All rules",
        "| rule | finds | fix |\n| --- | --- | --- |",
        *rows,
        "",
        "The examples below stand in a plan that begins like this:",
        "",
        _block(HEAD),
        "",
        "with this library beside it:",
        "",
        _block(LIBRARY),
    ]
    return "\n".join([*parts, *map(_section, rules)])


def _section(rule: Rule) -> str:
    lines = ["", f"## {rule.name}", f"{rule.summary}.", "", rule.why, "", "Found:", ""]
    lines += [_block(rule.bad), "", "Not found:", "", _block(rule.good)]
    return "\n".join([*lines, ""])


def _block(text: str) -> str:
    return "```plan\n" + text.strip("\n") + "\n```"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _fix(rule: Rule) -> str:
    return "yes" if rule.fixable else ""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        "python -m planc.lint.reference", description="Write the reference of lint rules."
    )
    parser.add_argument("folder", type=Path, help="where the page goes, such as docs/reference")
    Path(parser.parse_args().folder, NAME).write_text(page(), "utf-8")
