"""What a reviewer who knows distributed systems would ask about a plan that has no mistakes.

    subjects (resolved plans, trees, texts) -> every rule that is wanted -> allowed? -> diagnostics

A rule is one module of `rules`: its documentation, its examples, its check. The model is read, and
sometimes the text; nothing that a plan names is run or imported.
"""

from planc.lint.linter import RuleFailed, lint
from planc.lint.registry import Selection, UnknownRule, all_rules
from planc.lint.rule import Finding, Rule, rule
from planc.lint.scene import Scene
from planc.lint.subject import File, Subject

__all__ = [
    "File",
    "Finding",
    "Rule",
    "RuleFailed",
    "Scene",
    "Selection",
    "Subject",
    "UnknownRule",
    "all_rules",
    "lint",
    "rule",
]
